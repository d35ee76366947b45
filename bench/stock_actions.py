"""The stock bot's custom action: quotes the guidance, as ours does."""

from typing import Any, Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.guidance import find_section, phrase


class ActionAnswer(Action):
    """The main section on the topic."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]) -> List[Any]:
        """Says it."""
        section = find_section(tracker.latest_message["intent"]["name"])
        dispatcher.utter_message(text=section.short if section else phrase("unsure"))
        return []
