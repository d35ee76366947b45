"""What an action knows of the turn it answers, and how it speaks."""

from abc import ABC, abstractmethod
from typing import Any, Dict, List, Sequence, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot.guidance import find_section, numbers_for, phrase
from bot.guidance.flows import Flow, Question
from bot.guidance.phrases import COMPLETE

Button = Dict[Text, Text]


class Turn:
    """The latest message as it was understood, and the replies to it."""

    def __init__(self, tracker: Tracker, dispatcher: CollectingDispatcher):
        message = tracker.latest_message
        self.slots: Dict[Text, Any] = tracker.slots
        self.intent: Text = message["intent"]["name"]
        self.entities: Dict[Text, Text] = {e["entity"]: e["value"] for e in message["entities"]}
        self.assessment: Dict[Text, Any] = message.get("assessment") or {}
        read = self.assessment.get("language", self.slots["language"])
        self.language = read if read in COMPLETE else "en"
        self.flow: Text = message["metadata"].get("flow") or ""
        self.told: bool = bool(message["metadata"].get("told"))
        self.numbers = numbers_for(message["metadata"].get("country") or "", self.language)
        self._dispatcher = dispatcher

    @property
    def urgent(self) -> bool:
        """Whether the prescriber should hear of it today."""
        return self.assessment.get("urgency") == "urgent"

    @property
    def said(self) -> List[Text]:
        """What the message said of circumstances and signs, by their names in data/red_flags."""
        signs = [e["source"].partition(":")[2] for e in self.assessment["evidence"] if e["standing"] == "present"]
        return [*self.assessment["facts"], *signs]

    @property
    def topics(self) -> List[Text]:
        """Names of the likeliest topics that the guidance covers, best first."""
        return [t["name"] for t in self.assessment.get("topics", ()) if find_section(t["name"])]

    def phrase(self, key: Text, **values: Text) -> Text:
        """The phrase in the patient's language with the numbers of their country."""
        return phrase(key, self.language, **self.numbers.values, **values)

    def say(self, text: Text, buttons: Sequence[Button] = ()) -> None:
        """Adds a reply."""
        self._dispatcher.utter_message(text=text, buttons=list(buttons))

    def quote(self, section: Text, text: Text, buttons: Sequence[Button] = ()) -> None:
        """Adds a reply, and tells the front, not the patient, which section it quotes."""
        cited = {"sections": [section], "asks": f"{self.flow}." if self.flow else ""}
        self._dispatcher.utter_message(text=text, buttons=list(buttons), json_message=cited)

    def ask(self, flow: Flow, question: Question) -> None:
        """Adds a question of a protocol with its buttons, and tells the front which it is."""
        buttons = [{"title": option.title, "payload": f"tell:{option.tell}"} for option in question.options]
        asked = {"asks": f"{flow.name}.{question.id}"}
        self._dispatcher.utter_message(text=question.asks, buttons=buttons, json_message=asked)

    def remember(self, **slots: Any) -> List[EventType]:
        """The events that set the slots; none for those that hold their value already."""
        return [SlotSet(name, value) for name, value in slots.items() if self.slots[name] != value]

    def button(self, key: Text, payload: Text) -> Button:
        """A button titled with the phrase."""
        return {"title": self.phrase(key), "payload": payload}

    def topic_buttons(self, topics: Sequence[Text]) -> List[Button]:
        """A button for each topic."""
        return [self.button(f"topic_{topic}", f"topic:{topic}") for topic in topics]


class Reply(Action, ABC):
    """An action that answers the latest message; subclasses say how in `reply`.

    It ends its turn by itself. To have the policies predict that takes as long as the answer, and
    where no rule fits the slots that it has just set they would answer again.
    """

    ends_turn = True

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """The replies go to the dispatcher, what is to be remembered comes back."""
        turn = Turn(tracker, dispatcher)
        events = turn.remember(language=turn.language) + self.reply(turn)
        return [*events, FollowupAction("action_listen")] if self.ends_turn else events

    @abstractmethod
    def reply(self, turn: Turn) -> List[EventType]:
        """Speaks through the turn and returns what is to be remembered."""
