"""Small talk: its words stand in domain.yml, with what they need in slots."""

from typing import List, Text

from rasa_sdk.events import EventType

from actions.turn import Reply, Turn


class ActionPrepareTalk(Reply):
    """Sets what the responses of the domain depend on, before one is said."""

    ends_turn = False

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_prepare_talk"

    def reply(self, turn: Turn) -> List[EventType]:
        """Number to call, and whether the same was said just before."""
        if turn.urgent:
            turn.say(turn.phrase("urgent_signs"))
        again = turn.slots["talk"] == turn.intent and not turn.slots["again"]
        return turn.remember(number=turn.numbers.emergency, talk=turn.intent, again=again, unsure_turns=0)
