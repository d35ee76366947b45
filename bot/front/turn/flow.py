"""Reads what a message tells in a protocol (data/flows), and what follows from it."""

from dataclasses import replace
from functools import lru_cache
from typing import Dict, FrozenSet, Iterable, Optional, Pattern, Sequence, Tuple

from bot.guidance.flows import Flow, Option, Question, load_flows
from bot.triage import course
from bot.triage.assessment import CHECK, DANGER, EMERGENCY, ROUTINE, URGENT, Assessment, Topic, by_danger
from bot.triage.gate import updated
from bot.triage.rules import compiled, word_lists
from bot.triage.text import ASK, plain_text

UNSURE = "unsure"
SHORT = 14  # words; an answer to a question is no longer, and no question itself


@lru_cache(maxsize=1)
def _patterns() -> Dict[Tuple[str, str], Pattern[str]]:
    lists = word_lists()
    return {
        (flow.name, option.tell): compiled(list(option.says), lists, f"{flow.name}: {option.tell}")
        for flow in load_flows().values()
        for question in flow.questions
        for option in question.options
        if option.says
    }


def told(flow: Flow, asked: str, typed: str, said: Iterable[str]) -> Tuple[Option, ...]:
    """The options that a message tells: an answer to the question `asked`, and what else it says of the
    flow's questions by itself. `said` are the circumstances found in this message.

    Where nothing is asked, or the answer is to something else, only a correction counts.
    """
    plain, answers, facts = plain_text(typed).plain, course.answers_in(typed), frozenset(said)
    question = flow.question(asked)
    first = _answer(flow, question, plain, answers, facts) if question else None
    if first is None and not (asked or "correction" in answers):
        return ()
    others = [q for q in flow.questions if q is not question]
    besides = [_besides(flow, other, plain, facts, first is None and "correction" in answers) for other in others]
    return tuple(option for option in (first, *besides) if option)


def _answer(flow: Flow, question: Question, plain: str, answers: FrozenSet[str], facts: FrozenSet[str]):
    if len(plain.split()) > SHORT or ASK.search(plain):
        return _named(question.options, facts)
    direct = next((option for option in question.options if option.answer and option.answer in answers), None)
    in_words = _matching(flow, question.options, plain)
    direct = None if direct and direct.answer == "no" and course.denies_one_sign(plain) else direct
    plainly = course.begins_with_yes_or_no(plain) and UNSURE not in answers
    return _named(question.options, facts) or (direct or in_words if plainly else in_words or direct)


def _besides(flow: Flow, question: Question, plain: str, facts: FrozenSet[str], correcting: bool):
    """What a message says on a question that it was not asked: never taken for danger."""
    calm = [option for option in question.options if option.raises not in DANGER]
    by_words = _matching(flow, calm, plain) if correcting and len(plain.split()) <= SHORT else None
    return _named(calm, facts) or by_words


def _named(options: Sequence[Option], facts: FrozenSet[str]) -> Optional[Option]:
    return next((option for option in options if option.tell in facts), None)


def _matching(flow: Flow, options: Iterable[Option], plain: str) -> Optional[Option]:
    """The option that the message names: one that is dangerous, else the one named first."""
    patterns = [(option, _patterns().get((flow.name, option.tell))) for option in options]
    found = [(hit.start(), option) for option, says in patterns if says and (hit := says.search(plain))]
    return min(found, key=lambda hit: (hit[1].raises not in DANGER, hit[0]))[1] if found else None


def after_telling(flow: Flow, about: str, urgent: bool, options: Sequence[Option], assessed: Assessment) -> Assessment:
    """The assessment after the options were told: with their facts, and the worst that they raise.

    `about` is the topic that the flow began with, `urgent` whether it was urgent so far.
    """
    raised = {option.raises for option in options}
    alternatives = [tuple(question.tells) for question in flow.questions]
    flags = by_danger([option.flag for option in options if option.raises in DANGER])
    return replace(
        assessed,
        urgency=_urgency(raised, urgent),
        red_flags=flags,
        about_other=assessed.about_other or any(option.about_other for option in options),
        topics=(Topic(about if about in flow.topics else flow.topics[0], 1.0),),
        facts=tuple(
            sorted(updated(frozenset(assessed.facts), frozenset(option.tell for option in options), alternatives))
        ),
    )


def _urgency(raised: Iterable[str], urgent: bool) -> str:
    worst = [urgency for urgency in (EMERGENCY, CHECK, URGENT) if urgency in set(raised)]
    return worst[0] if worst else URGENT if urgent and ROUTINE not in set(raised) else ROUTINE
