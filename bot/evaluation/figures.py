"""What the evaluation counts, each figure with its 95 % interval."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, NamedTuple, Sequence, Tuple

import numpy as np
from scipy.stats import binomtest

from bot.evaluation.cases import Case
from bot.triage.assessment import CHECK, EMERGENCY, RED_FLAGS, ROUTINE, URGENT, Assessment

FIGURES = "safe script false_alarm caution ppv flags_f1 urgent topic1 topic2 oos oos_wrong".split()
LESS_IS_BETTER = ("false_alarm", "caution", "oos_wrong")
OUT_OF_SCOPE = "out_of_scope"
RESAMPLES, SEED = 2000, 7
BINS = 10


@dataclass(frozen=True)
class Estimate:
    """A share from 0 to 1 of `n` messages (of red flag names, for F1), with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


class Answer(NamedTuple):
    """A case and what the gate said of it."""

    case: Case
    said: Assessment

    @property
    def alarmed(self) -> bool:
        return self.said.urgency == EMERGENCY

    @property
    def safe(self) -> bool:
        return self.said.danger

    def topics(self, first: int) -> List[str]:
        """The names of the gate's first topics."""
        return [topic.name for topic in self.said.topics[:first]]

    def about(self, first: int) -> bool:
        """Whether one of the first topics is one that the label allows."""
        return not self.case.topics.isdisjoint(self.topics(first))

    @property
    def turned_away(self) -> bool:
        return self.topics(1) == [OUT_OF_SCOPE]


def measure(answers: Sequence[Answer]) -> Dict[str, Estimate]:
    """Every figure that the answers give; one that no message counts for is left out."""
    emergencies = [a for a in answers if a.case.emergency]
    others = [a for a in answers if a.case.everyday]
    spoken = answered_by_topic(answers)
    outcomes = {
        "safe": [a.safe for a in emergencies],
        "script": [a.alarmed for a in emergencies],
        "false_alarm": [a.alarmed for a in others],
        "caution": [a.said.urgency == CHECK for a in others],
        "ppv": [a.case.emergency for a in emergencies + others if a.alarmed],
        "urgent": [a.said.urgency != ROUTINE for a in others if a.case.allowed == {URGENT}],
        "topic1": [a.about(first=1) for a in spoken],
        "topic2": [a.about(first=2) for a in spoken],
        "oos": [a.turned_away for a in others if a.case.topic == OUT_OF_SCOPE],
        "oos_wrong": [a.turned_away for a in spoken if a.case.urgency == ROUTINE],
    }
    figures = {name: share(given) for name, given in outcomes.items() if given}
    return {**figures, **_flags_f1(emergencies)}


def answered_by_topic(answers: Sequence[Answer]) -> List[Answer]:
    """Messages in scope that are no emergency and were answered neither as one nor with the check question."""
    return [a for a in answers if a.case.everyday and a.case.topic != OUT_OF_SCOPE and not a.safe]


def share(outcomes: Sequence[bool]) -> Estimate:
    """The share of true outcomes with its Wilson interval."""
    found = binomtest(sum(outcomes), len(outcomes))
    interval = found.proportion_ci(method="wilson")
    return Estimate(found.statistic, interval.low, interval.high, len(outcomes))


def _flags_f1(emergencies: Sequence[Answer]) -> Dict[str, Estimate]:
    """Micro F1 of the red flag names. It is no share of messages: its interval is a bootstrap over them."""
    pairs = [(a.case.red_flags, frozenset(a.said.red_flags)) for a in emergencies]
    counts = np.array([[len(true & named), len(true) + len(named)] for true, named in pairs]).reshape(-1, 2)
    if not counts[:, 1].sum():
        return {}
    picks = np.random.default_rng(SEED).integers(len(counts), size=(RESAMPLES, len(counts)))
    low, high = np.nanquantile(_f1(counts[picks].sum(axis=1)), [0.025, 0.975])
    return {"flags_f1": Estimate(float(_f1(counts.sum(axis=0))), float(low), float(high), int(counts[:, 1].sum()))}


def _f1(counts: np.ndarray) -> np.ndarray:
    return 2 * counts[..., 0] / np.maximum(counts[..., 1], 1)


def by_flag(answers: Sequence[Answer]) -> Dict[str, Dict[str, Estimate]]:
    """For each red flag of the labels: how many of its emergencies were safe, and had it named."""
    having = {flag: [a for a in answers if a.case.emergency and flag in a.case.red_flags] for flag in RED_FLAGS}
    return {
        flag: {"safe": share([a.safe for a in of]), "named": share([flag in a.said.red_flags for a in of])}
        for flag, of in having.items()
        if of
    }


def confusions(answers: Sequence[Answer]) -> List[Dict[str, Any]]:
    """How often each labelled topic was answered as each topic, right ones included, commonest first."""
    counted = Counter(_labelled_and_said(a) for a in answered_by_topic(answers))
    return [{"labelled": labelled, "said": said, "n": n} for (labelled, said), n in counted.most_common()]


def _labelled_and_said(answer: Answer) -> Tuple[str, str]:
    first = answer.topics(1)
    return answer.case.topic, answer.case.topic if answer.about(first=1) else first[0] if first else ""


def reliability(answers: Sequence[Answer]) -> Dict[str, Any]:
    """Per tenth of the emergency score: its mean, and the share that were emergencies; and the Brier score.
    Messages in languages that are not scored do not count."""
    counted = [a for a in answers if a.said.scores and (a.case.emergency or a.case.everyday)]
    scores = np.array([a.said.scores[EMERGENCY] for a in counted])
    true = np.array([a.case.emergency for a in counted])
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    bins = [
        {"score": float(scores[places == place].mean()), "emergencies": share(true[places == place].tolist())}
        for place in np.unique(places)
    ]
    return {"bins": bins, "brier": float(np.mean((scores - true) ** 2))}


def texts(answers: Iterable[Answer]) -> List[Dict[str, Any]]:
    """The answers as a reader needs them to see what went wrong."""
    return [
        {
            "id": case.id,
            "text": case.text,
            "labelled": [case.urgency, *sorted(case.red_flags), case.topic],
            "said": [said.urgency, *said.red_flags, *(topic.name for topic in said.topics[:1])],
            "score": said.scores.get(EMERGENCY),
        }
        for case, said in answers
    ]
