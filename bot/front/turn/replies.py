"""The replies that the front gives itself, at once: scripts, questions, what follows them."""

from typing import Callable, Dict, Tuple

from bot.front.reply import Button, Reply
from bot.guidance import Numbers, check_question, emergency_script, other_language, phrase
from bot.guidance.flows import ANSWERS, Question
from bot.guidance.phrases import COMPLETE
from bot.triage import course
from bot.triage.assessment import Assessment

Replies = Tuple[Reply, ...]


def spoken(assessed: Assessment) -> str:
    """The language to answer in."""
    return assessed.language if assessed.language in COMPLETE else "en"


def said(key: str, assessed: Assessment, known: Numbers, buttons: Tuple[Button, ...] = ()) -> Replies:
    """A phrase with the numbers of the country."""
    return (Reply(phrase(key, spoken(assessed), **known.values), buttons),)


def asked_again(question: Question, assessed: Assessment, known: Numbers) -> Replies:
    """The question of a protocol once more, with whom to ask where it cannot be answered."""
    text = phrase("flow_unclear", spoken(assessed), **known.values)
    buttons = tuple(Button(option.title, f"tell:{option.tell}") for option in question.options)
    return (Reply(f"{text}\n{question.asks}", buttons),)


def _script(assessed: Assessment, known: Numbers) -> Replies:
    script = Reply(emergency_script(assessed.red_flags, assessed.about_other, spoken(assessed), known))
    return (*_foreign(assessed, known), script) if other_language(assessed.language) else (script,)


def _question(assessed: Assessment, known: Numbers) -> Replies:
    text = check_question(assessed.red_flags[0], assessed.about_other, spoken(assessed), known)
    return (Reply(text, _check_buttons(spoken(assessed))),)


def _unclear(assessed: Assessment, known: Numbers) -> Replies:
    return said("check_unclear", assessed, known, _check_buttons(spoken(assessed)))


def _check_buttons(language: str) -> Tuple[Button, ...]:
    return tuple(Button(phrase(f"check_{answer}", language), f"check:{answer}") for answer in ANSWERS)


def _after_thanks(assessed: Assessment, known: Numbers) -> Replies:
    language = spoken(assessed)
    buttons = (
        Button(phrase("after_called", language), "after:called"),
        Button(phrase("after_not_yet", language), "after:not-yet"),
    )
    return said("after_script_thanks", assessed, known, buttons)


def _foreign(assessed: Assessment, known: Numbers) -> Replies:
    return (Reply(other_language(assessed.language, number=known.short)),)


def _phrase(key: str) -> Callable[[Assessment, Numbers], Replies]:
    return lambda assessed, known: said(key, assessed, known)


AT_ONCE: Dict[str, Callable[[Assessment, Numbers], Replies]] = {
    course.SCRIPT: _script,
    course.ASK: _question,
    course.UNCLEAR: _unclear,
    course.UNCLEAR_AGAIN: _phrase("check_left"),
    course.FOREIGN: _foreign,
    course.LEFT: _phrase("flow_left"),
    course.AFTER_THANKS: _after_thanks,
    course.AFTER_CALLED: _phrase("after_script_help_called"),
    course.AFTER_STAY: _phrase("after_script_stay"),
    course.AFTER_OVER: _phrase("after_script_over"),
    course.AFTER_OVER_SELF_HARM: _phrase("after_script_over_self_harm"),
}


def instead_of_the_same(replies: Replies, kind: str, assessed: Assessment, known: Numbers) -> Tuple[Replies, ...]:
    """What can be said instead of a reply that was given twice: a person, never a loop.

    A script is given each time that danger is told.
    """
    if kind in (course.SCRIPT, course.ASK):
        return (replies,)
    standing = kind in (course.AFTER_THANKS, course.AFTER_STAY, course.UNCLEAR)
    keys = (
        ("after_script_again", "after_script_stay")
        if standing
        else ("same_again", "same_again_short", "same_again_person")
    )
    return tuple(said(key, assessed, known, replies[-1].buttons) for key in keys)
