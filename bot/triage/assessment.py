"""What the gate says about one message."""

from dataclasses import asdict, dataclass, field
from typing import Any, Dict, FrozenSet, Mapping, Tuple

EMERGENCY, CHECK, URGENT, ROUTINE = "emergency", "check", "urgent", "routine"
URGENCIES = (EMERGENCY, CHECK, URGENT, ROUTINE)
DANGER = (EMERGENCY, CHECK)  # answered at once, by the front

# Most dangerous first: this order decides whose first steps an emergency script gives.
RED_FLAGS = (
    "breathing",
    "unconscious",
    "seizure",
    "allergic",
    "overdose",
    "self_harm",
    "chest_heart",
    "stroke",
    "rigidity",
    "fever",
    "confusion",
    "hallucination",
)

PRESENT, NEGATED, HYPOTHETICAL, PAST, FIGURE = "present", "negated", "hypothetical", "past", "figure"


@dataclass(frozen=True)
class Evidence:
    """The words that point to a red flag, and how the message speaks of them.

    `start` and `end` count characters of the message as it was typed. `source` names the
    rule ("rule:cannot-breathe"), the reading ("vital:temperature"), the combination
    ("combination:fever-after-stop") or the classifier ("score:0.97") that found them.
    `topic` is what an answer should be about where the sign stands alone and the topic is unclear.
    `firm` evidence is not overruled by a low score: where the words are mild and only their
    combination is dangerous, the score is no judge.
    `standing` is present, negated, hypothetical, past or figure; `cues` are the words that say so.
    """

    flag: str
    start: int
    end: int
    words: str
    source: str
    standing: str = PRESENT
    cues: Tuple[str, ...] = ()
    raises: str = EMERGENCY
    topic: str = ""
    firm: bool = False


@dataclass(frozen=True)
class Topic:
    """An everyday topic (names in data/nlu) with the classifier's probability."""

    name: str
    score: float


@dataclass(frozen=True)
class Assessment:
    """The gate's verdict on one message.

    `red_flags` holds the names that the urgency rests on, most dangerous first. `facts` are the
    circumstances that lower the bar (pump, stopped, kidney ...), `told` those of them that this
    message tells by itself. `about_other` is true where
    the message is about somebody else than its writer.
    """

    urgency: str = ROUTINE
    red_flags: Tuple[str, ...] = ()
    evidence: Tuple[Evidence, ...] = ()
    topics: Tuple[Topic, ...] = ()
    language: str = "en"
    facts: Tuple[str, ...] = ()
    about_other: bool = False
    scores: Mapping[str, float] = field(default_factory=dict)
    told: Tuple[str, ...] = ()

    @property
    def danger(self) -> bool:
        """Whether there is danger, or there may be."""
        return self.urgency in DANGER

    @property
    def said(self) -> FrozenSet[str]:
        """What this message itself says: its signs and circumstances."""
        return self.signs | frozenset(self.told)

    @property
    def signs(self) -> FrozenSet[str]:
        """Names of the signs that are there (data/red_flags)."""
        return frozenset(e.source.partition(":")[2] for e in self.evidence if e.standing == PRESENT)

    @property
    def raised(self) -> FrozenSet[str]:
        """The urgencies that the signs which are there call for."""
        return frozenset(e.raises for e in self.evidence if e.standing == PRESENT)

    def as_dict(self) -> Dict[str, Any]:
        """The assessment as plain JSON types, as it travels to Rasa."""
        return asdict(self)


def by_danger(flags) -> Tuple[str, ...]:
    """The red flag names without repeats, most dangerous first."""
    return tuple(flag for flag in RED_FLAGS if flag in set(flags))
