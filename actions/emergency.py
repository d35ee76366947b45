"""Red flags: the script and the check question. In the bot the front says both; this is for a Rasa without it."""

from typing import List, Text

from rasa_sdk.events import EventType

from actions.turn import Button, Reply, Turn
from bot.guidance import check_question, emergency_script
from bot.guidance.flows import ANSWERS


class ActionEmergency(Reply):
    """The script for the red flags of the message."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_emergency"

    def reply(self, turn: Turn) -> List[EventType]:
        """Says the script."""
        found = turn.assessment
        turn.say(emergency_script(found["red_flags"], found["about_other"], turn.language, turn.numbers))
        return []


class ActionCheck(Reply):
    """The emergency number and one question about the likeliest red flag."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_check"

    def reply(self, turn: Turn) -> List[EventType]:
        """Asks. What the answer means is the front's to say."""
        flag, about_other = turn.assessment["red_flags"][0], turn.assessment["about_other"]
        turn.say(check_question(flag, about_other, turn.language, turn.numbers), _answers(turn))
        return []


def _answers(turn: Turn) -> List[Button]:
    return [turn.button(f"check_{answer}", f"check:{answer}") for answer in ANSWERS]
