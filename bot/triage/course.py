"""From message to conversation: what an open check question or a given script makes of the next message."""

from dataclasses import replace
from functools import lru_cache
from typing import FrozenSet, Mapping, Pattern, Tuple

from bot.paths import RED_FLAGS as FOLDER
from bot.triage.assessment import CHECK, EMERGENCY, NEGATED, ROUTINE, URGENT, Assessment, Topic
from bot.triage.rules import compiled, read, word_lists
from bot.triage.text import plain_text

ORDINARY, FOREIGN, SCRIPT, ASK, CLEARED, UNCLEAR = "ordinary", "foreign", "script", "ask", "cleared", "unclear"
AFTER_THANKS, AFTER_CALLED, AFTER_STAY = "thanks", "called", "stay"
UNCLEAR_AGAIN = "unclear_again"
LEFT, TOLD, ASKED_AGAIN, RECALL = "left", "told", "asked_again", "recall"
FOLLOW_UP, READ_ON = "follow_up", "read_on"
AFTER_OVER, AFTER_OVER_SELF_HARM = "over", "over_self_harm"
CLEAR = 0.6  # score from which a topic stands by itself
STAYS = 3  # turns for which a script holds a conversation that speaks of other things


@lru_cache(maxsize=None)
def _patterns_of(key: str) -> Mapping[str, Pattern[str]]:
    """The patterns under a key of the answers, by name where they have names."""
    content = read(FOLDER / "answers.yml")[key]
    named = content if isinstance(content, dict) else {key: content}
    return {name: compiled(says, word_lists(), name) for name, says in named.items()}


@lru_cache(maxsize=1)
def _never_over() -> FrozenSet[str]:
    return frozenset(read(FOLDER / "answers.yml")["never_over_by_itself"])


def answers_in(typed: str) -> FrozenSet[str]:
    """Which of yes, no, unsure, over, called, thanks the message says."""
    plain = plain_text(typed).plain
    patterns = _patterns_of("answers")
    said = {name for name, pattern in patterns.items() if pattern.search(plain)}
    starts = {name: m.end() for name in ("yes", "no") if (m := patterns[name].match(plain))}
    first = {max(starts, key=lambda name: starts[name])} if starts else said & {"yes", "no"}
    return frozenset(said - {"yes", "no"} | first)


def answers_to(asked: str, typed: str, assessed: Assessment) -> FrozenSet[str]:
    """What a message says to the question about the red flag `asked`: a no to another sign is no answer,
    and some words mean yes to this question alone."""
    said, plain = answers_in(typed), plain_text(typed).plain
    denied = any(e.flag == asked and e.standing == NEGATED for e in assessed.evidence)
    said -= {"no"} if denies_one_sign(plain) and not denied else set()
    means_yes = _patterns_of("means_yes").get(asked)
    return said | {"yes"} if means_yes and means_yes.search(plain) and not said & {"no", "over"} else said


def denies_one_sign(plain: str) -> bool:
    """Whether the plain text says no to one sign by its name."""
    return bool(_patterns_of("partly")["partly"].search(plain))


def begins_with_yes_or_no(plain: str) -> bool:
    """Whether the plain text begins with a yes or no that stands by itself: 'I am fine' does not."""
    return bool(_patterns_of("plainly")["plainly"].match(plain))


def opening(assessed: Assessment) -> Tuple[str, Assessment]:
    """What to do when no question is open and no script stands."""
    if assessed.urgency == EMERGENCY:
        return SCRIPT, assessed
    return (ASK if assessed.urgency == CHECK else ORDINARY), assessed


def still_about(urgent_about: str, assessed: Assessment) -> Assessment:
    """A message that is clear about nothing else goes on about the urgent matter of the turn before."""
    if not urgent_about or elsewhere(assessed, ()) or assessed.urgency not in (ROUTINE, URGENT):
        return assessed
    others = tuple(topic for topic in assessed.topics if topic.name != urgent_about)
    return replace(assessed, urgency=URGENT, topics=(Topic(urgent_about, 1.0), *others))


def elsewhere(assessed: Assessment, topics: Tuple[str, ...]) -> bool:
    """Whether a message is clearly about something else than the topics. To deny signs is not."""
    denied = [e.standing == NEGATED for e in assessed.evidence]
    return not (denied and all(denied)) and any(
        topic.score >= CLEAR and topic.name not in topics for topic in assessed.topics[:1]
    )


def after_question(asked: str, unclear: int, assessed: Assessment, said: FrozenSet[str]) -> Tuple[str, Assessment]:
    """What to do when the red flag `asked` was asked about; 'unclear' turns have gone before.

    Returns the kind of reply and the assessment it rests on. Not knowing counts as yes; what is
    no answer is asked about once more, and then taken for what it says or for urgent. A wish to die
    that is taken back was not answered, and is heard as it was said.
    """
    if assessed.urgency == EMERGENCY:
        return SCRIPT, assessed
    if "unsure" in said or "yes" in said:
        return SCRIPT, replace(assessed, urgency=EMERGENCY, red_flags=(asked,))
    if "over" in said and asked == "self_harm":
        return AFTER_OVER_SELF_HARM, replace(assessed, urgency=EMERGENCY, red_flags=(asked,))
    if "no" in said or "over" in said:
        return CLEARED, assessed
    if unclear and (assessed.urgency == CHECK or elsewhere(assessed, ())):
        return opening(assessed)
    if unclear:
        return UNCLEAR_AGAIN, replace(assessed, urgency=URGENT, red_flags=())
    return UNCLEAR, replace(assessed, urgency=CHECK, red_flags=(asked,))


def by_rule(assessed: Assessment) -> bool:
    """Whether a rule found a red flag, as against a score alone."""
    return EMERGENCY in assessed.raised


def after_script(
    script: Tuple[str, ...], stays: int, assessed: Assessment, said: FrozenSet[str]
) -> Tuple[str, Assessment]:
    """What to do when a script for the flags `script` was given and help is not yet known to come.

    Red flags raise it again (a mere doubt of the classifier does not), 'called' ends it, 'over' steps
    it down to urgent unless the flag is one that feeling better does not end; a wish to die that is
    taken back is heard as it was said; all else leaves the script standing, for a few turns.
    """
    answered = said & {"called", "over", "thanks"}
    if by_rule(assessed) or (assessed.urgency == EMERGENCY and not answered):
        return SCRIPT, replace(assessed, urgency=EMERGENCY)
    standing = replace(assessed, urgency=EMERGENCY, red_flags=script)
    if "called" in said:
        return AFTER_CALLED, replace(assessed, urgency=ROUTINE, red_flags=())
    if "over" in said and "self_harm" in script:
        return AFTER_OVER_SELF_HARM, standing
    if "over" in said and not set(script) & _never_over():
        return AFTER_OVER, replace(assessed, urgency=URGENT, red_flags=())
    if "thanks" in said and stays < STAYS:
        return AFTER_THANKS, standing
    return (AFTER_STAY, standing) if stays < STAYS else (ORDINARY, assessed)
