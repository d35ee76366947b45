"""From message to conversation: what an open check question or a given script makes of the next message."""

from dataclasses import replace
from functools import lru_cache
from typing import FrozenSet, Mapping, Pattern, Tuple

from bot.paths import RED_FLAGS as FOLDER
from bot.triage.assessment import CHECK, EMERGENCY, PRESENT, ROUTINE, URGENT, Assessment, Topic
from bot.triage.rules import compiled, read
from bot.triage.text import plain_text

ORDINARY, FOREIGN, SCRIPT, ASK, CLEARED, UNCLEAR = "ordinary", "foreign", "script", "ask", "cleared", "unclear"
AFTER_THANKS, AFTER_CALLED, AFTER_STAY = "thanks", "called", "stay"
LEFT, TOLD, ASKED_AGAIN, FOLLOW_UP, RECALL = "left", "told", "asked_again", "follow_up", "recall"
AFTER_OVER, AFTER_OVER_SELF_HARM = "over", "over_self_harm"
CLEAR = 0.6  # score from which a topic stands by itself
STAYS = 3  # turns for which a script holds a conversation that speaks of other things


@lru_cache(maxsize=1)
def _answers() -> Tuple[Mapping[str, Pattern[str]], FrozenSet[str]]:
    content, lists = read(FOLDER / "answers.yml"), read(FOLDER / "words.yml")["lists"]
    patterns = {name: compiled(says, lists, name) for name, says in content["answers"].items()}
    return patterns, frozenset(content["never_over_by_itself"])


@lru_cache(maxsize=1)
def _plainly() -> Pattern[str]:
    content, lists = read(FOLDER / "answers.yml"), read(FOLDER / "words.yml")["lists"]
    return compiled(content["plainly"], lists, "plainly")


def answers_in(typed: str) -> FrozenSet[str]:
    """Which of yes, no, unsure, over, called, thanks the message says."""
    plain = plain_text(typed).plain
    said = {name for name, pattern in _answers()[0].items() if pattern.search(plain)}
    starts = {name: m.end() for name in ("yes", "no") if (m := _answers()[0][name].match(plain))}
    first = {max(starts, key=lambda name: starts[name])} if starts else said & {"yes", "no"}
    return frozenset(said - {"yes", "no"} | first)


def begins_with_yes_or_no(plain: str) -> bool:
    """Whether the plain text begins with a yes or no that stands by itself: 'I am fine' does not."""
    return bool(_plainly().match(plain))


def opening(assessed: Assessment) -> Tuple[str, Assessment]:
    """What to do when no question is open and no script stands."""
    if assessed.urgency == EMERGENCY:
        return SCRIPT, assessed
    return (ASK if assessed.urgency == CHECK else ORDINARY), assessed


def follow_up(urgent_about: str, assessed: Assessment) -> Assessment:
    """A message that is clear about nothing else goes on about the urgent matter of the turn before."""
    clear = assessed.topics and assessed.topics[0].score >= CLEAR
    if not urgent_about or clear or assessed.urgency not in (ROUTINE, URGENT):
        return assessed
    others = tuple(topic for topic in assessed.topics if topic.name != urgent_about)
    return replace(assessed, urgency=URGENT, topics=(Topic(urgent_about, 1.0), *others))


def elsewhere(assessed: Assessment, topics: Tuple[str, ...]) -> bool:
    """Whether a message is clearly about something else than the topics."""
    return any(topic.score >= CLEAR and topic.name not in topics for topic in assessed.topics[:1])


def after_question(asked: str, unclear: int, assessed: Assessment, said: FrozenSet[str]) -> Tuple[str, Assessment]:
    """What to do when the red flag `asked` was asked about; 'unclear' turns have gone before.

    Returns the kind of reply and the assessment it rests on. Not knowing counts as yes; what is
    no answer is asked about once more and then taken for what it says.
    """
    if assessed.urgency == EMERGENCY:
        return SCRIPT, assessed
    if "unsure" in said or "yes" in said:
        return SCRIPT, replace(assessed, urgency=EMERGENCY, red_flags=(asked,))
    if "over" in said and asked == "self_harm":
        return AFTER_OVER_SELF_HARM, replace(assessed, urgency=URGENT, red_flags=())
    if "no" in said or "over" in said:
        return CLEARED, assessed
    if unclear:
        return opening(assessed)
    return UNCLEAR, replace(assessed, urgency=CHECK, red_flags=(asked,))


def by_rule(assessed: Assessment) -> bool:
    """Whether a rule found a red flag, as against a score alone."""
    return any(e.standing == PRESENT and e.raises == EMERGENCY for e in assessed.evidence)


def after_script(
    script: Tuple[str, ...], stays: int, assessed: Assessment, said: FrozenSet[str]
) -> Tuple[str, Assessment]:
    """What to do when a script for the flags `script` was given and help is not yet known to come.

    Red flags raise it again, 'called' ends it, 'over' steps it down to urgent unless the flag is
    one that feeling better does not end; all else leaves it standing, for a few turns.
    """
    answered = said & {"called", "over", "thanks"}
    if assessed.urgency in (EMERGENCY, CHECK) and (by_rule(assessed) or not answered):
        return SCRIPT, replace(assessed, urgency=EMERGENCY)
    standing = replace(assessed, urgency=EMERGENCY, red_flags=script)
    if "called" in said:
        return AFTER_CALLED, replace(assessed, urgency=ROUTINE, red_flags=())
    if "over" in said and not set(script) & _answers()[1]:
        over = AFTER_OVER_SELF_HARM if "self_harm" in script else AFTER_OVER
        return over, replace(assessed, urgency=URGENT, red_flags=())
    if "thanks" in said and stays < STAYS:
        return AFTER_THANKS, standing
    return (AFTER_STAY, standing) if stays < STAYS else (ORDINARY, assessed)
