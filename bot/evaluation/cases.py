"""Labelled cases: the project's own test sets, or files of the same kind."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Mapping, Sequence

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from bot.paths import ROOT
from bot.training.messages import Message, load_messages
from bot.triage.assessment import EMERGENCY, ROUTINE, URGENT

OWN_SETS = ROOT / "tests" / "messages"
CLEARLY_SPANISH = 0.2  # how far the detector must be from even odds


class BadCases(ValueError):
    """A file of cases cannot be read; the message says which line and why."""


@dataclass(frozen=True)
class Case:
    """One message with its labels.

    `allowed` holds every urgency that its readers gave: a message that only some of them held for an
    emergency counts neither as one nor as a false alarm. `topics` are those that an answer may be about.
    """

    id: str
    text: str
    urgency: str
    allowed: FrozenSet[str]
    red_flags: FrozenSet[str]
    topic: str
    topics: FrozenSet[str]
    spanish: bool

    @property
    def emergency(self) -> bool:
        return self.allowed == {EMERGENCY}

    @property
    def everyday(self) -> bool:
        return EMERGENCY not in self.allowed


def own_sets() -> Dict[str, List[Case]]:
    """The sets of tests/messages by the name of the hand that wrote them."""
    sets: Dict[str, List[Case]] = {}
    for message in load_messages(OWN_SETS):
        cases = sets.setdefault(message.hand, [])
        cases.append(_of_message(f"{message.hand}-{len(cases) + 1:04}", message))
    return sets


def read_sets(paths: Sequence[Path]) -> Dict[str, List[Case]]:
    """The cases of each JSONL file. Raises BadCases for a wrong line, OSError for a missing file."""
    return {str(path): _read(path) for path in paths}


def _read(path: Path) -> List[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    cases = [_of_line(f"{path}, line {number}", line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not cases:
        raise BadCases(f"{path}: no cases")
    return cases


def _of_line(where: str, line: str) -> Case:
    try:
        return _of_labels(json.loads(line))
    except (ValueError, KeyError, TypeError) as error:
        raise BadCases(f"{where}: needs JSON with id, text, urgency and topic ({error!r})") from error


def _of_labels(labels: Mapping[str, Any]) -> Case:
    allowed = frozenset(labels.get("urgency_ok") or [labels["urgency"]])
    if not allowed <= {EMERGENCY, URGENT, ROUTINE}:
        raise ValueError(f"urgency {sorted(allowed)}")
    return Case(
        id=labels["id"],
        text=labels["text"],
        urgency=labels["urgency"],
        allowed=allowed,
        red_flags=frozenset(labels.get("red_flags", ())),
        topic=labels["topic"],
        topics=frozenset([labels["topic"], *labels.get("also", ())]),
        spanish="es" in labels.get("style", ()),
    )


def _of_message(name: str, message: Message) -> Case:
    return Case(
        id=name,
        text=message.text,
        urgency=message.urgency,
        allowed=frozenset([message.urgency]),
        red_flags=frozenset(message.red_flags),
        topic=message.topic,
        topics=frozenset([message.topic, *message.also]),
        spanish=_detector().detect_language_of(message.text) == Language.SPANISH,
    )


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    """Tells the two languages of our sets apart, and nothing else: better at it than the gate's."""
    of_two = LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.SPANISH)
    return of_two.with_minimum_relative_distance(CLEARLY_SPANISH).build()
