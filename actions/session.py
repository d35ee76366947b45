"""The start of a session."""

from typing import List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

METADATA = "session_started_metadata"  # Rasa keeps the first message's metadata here, the patient's words too


class ActionSessionStart(Action):
    """Carries each slot over once. Rasa's own repeats every change of every slot so far."""

    def name(self) -> Text:
        """Rasa's own name for it."""
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """The first events of the session."""
        kept = {name: value for name, value in tracker.slots.items() if value is not None and name != METADATA}
        slots = [SlotSet(name, value) for name, value in kept.items()]
        return [SessionStarted(), *slots, ActionExecuted("action_listen")]
