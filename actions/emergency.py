"""Red flags: the script, the check question before it, and what is said after them."""

from typing import List, Text

from rasa_sdk.events import ActiveLoop, EventType

from actions.turn import Button, Reply, Turn
from bot.guidance import check_question, emergency_script

AFTER_SCRIPT = {
    "affirm": "after_script_help_called",
    "deny": "after_script_stay",
    "unsure": "after_script_stay",
}


class ActionEmergency(Reply):
    """The script for the red flags of the message."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_emergency"

    def reply(self, turn: Turn) -> List[EventType]:
        """Says the script; any form that was open is over."""
        found = turn.assessment
        turn.say(emergency_script(found["red_flags"], found["about_other"], turn.language, turn.numbers))
        return [ActiveLoop(None), *turn.remember(check_open=False, after_script=True)]


class ActionCheck(Reply):
    """The emergency number and one yes-or-no question about the likeliest red flag."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_check"

    def reply(self, turn: Turn) -> List[EventType]:
        """Asks, and remembers what was asked about whom."""
        flag, about_other = turn.assessment["red_flags"][0], turn.assessment["about_other"]
        turn.say(check_question(flag, about_other, turn.language, turn.numbers), _yes_no(turn))
        asked = turn.remember(check_open=True, check_flag=flag, check_about_other=about_other)
        return [ActiveLoop(None), *asked]


class ActionCheckAgain(Reply):
    """The answer to the check question was neither yes nor no."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_check_again"

    def reply(self, turn: Turn) -> List[EventType]:
        """Stays on the safe side and asks once more."""
        turn.say(turn.phrase("check_unclear"), _yes_no(turn))
        return []


class ActionCheckYes(Reply):
    """The red flag that was asked about is there."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_check_yes"

    def reply(self, turn: Turn) -> List[EventType]:
        """Says the script."""
        flags, about_other = [turn.slots["check_flag"]], turn.slots["check_about_other"]
        turn.say(emergency_script(flags, about_other, turn.language, turn.numbers))
        return turn.remember(check_open=False, after_script=True)


class ActionCheckNo(Reply):
    """The red flag that was asked about is not there."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_check_no"

    def reply(self, turn: Turn) -> List[EventType]:
        """Says what to watch for."""
        turn.say(turn.phrase("check_cleared"))
        return turn.remember(check_open=False)


class ActionAfterScript(Reply):
    """Small talk after a script comes back to the call for help."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_after_script"

    def reply(self, turn: Turn) -> List[EventType]:
        """Says whether the first step still stands."""
        turn.say(turn.phrase(AFTER_SCRIPT.get(turn.intent, "after_script_thanks")))
        return []


def _yes_no(turn: Turn) -> List[Button]:
    return [turn.button(f"check_{answer}", f"check:{answer}") for answer in ("yes", "no")]
