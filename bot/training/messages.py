"""The labelled messages of data/nlu, one folder for each hand that wrote them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Iterator, List, Mapping, Tuple

import yaml

from bot.paths import MESSAGES
from bot.triage.assessment import EMERGENCY, RED_FLAGS, ROUTINE, URGENT


class BadMessages(ValueError):
    """A file of data/nlu is wrong; the message says which and where."""


@dataclass(frozen=True)
class Message:
    """One training message with its labels. `hand` is the folder of who wrote it."""

    text: str
    topic: str
    urgency: str
    red_flags: Tuple[str, ...]
    also: Tuple[str, ...]
    hand: str


def load_messages(folder: Path = MESSAGES) -> List[Message]:
    """All messages, in the order of their files. Raises BadMessages for a wrong block."""
    return [m for path in sorted(folder.glob("*/*.yml")) for m in _messages(path)]


def for_quick_reader(messages: Iterable[Message], folder: Path = MESSAGES) -> List[Message]:
    """The messages without those of the hands that thorough_only.txt names."""
    lines = (folder / "thorough_only.txt").read_text(encoding="utf-8").splitlines()
    left = {line for line in lines if not line.startswith("#")}
    return [m for m in messages if m.hand not in left]


def _messages(path: Path) -> Iterator[Message]:
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        labels = block.get("metadata") or {}
        problem = _problem(block, labels)
        if problem:
            raise BadMessages(f"{path.parent.name}/{path.name}, {block.get('intent')}: {problem}")
        for line in block["examples"].splitlines():
            if line.startswith("- "):
                yield _message(line[2:].strip(), block["intent"], labels, path.parent.name)


def _problem(block: Mapping[str, Any], labels: Mapping[str, Any]) -> str:
    flags, urgency = labels.get("red_flags", []), labels.get("urgency")
    if urgency not in (EMERGENCY, URGENT, ROUTINE):
        return f"urgency {urgency!r}"
    if set(flags) - set(RED_FLAGS):
        return f"unknown red flags {sorted(set(flags) - set(RED_FLAGS))}"
    if (urgency == EMERGENCY) != bool(flags) or (urgency == EMERGENCY) != (block["intent"] == EMERGENCY):
        return "emergencies, and only they, have the intent emergency and red_flags"
    return ""


def _message(text: str, topic: str, labels: Mapping[str, Any], hand: str) -> Message:
    return Message(
        text=text,
        topic=topic,
        urgency=labels["urgency"],
        red_flags=tuple(labels.get("red_flags", ())),
        also=tuple(labels.get("also", ())),
        hand=hand,
    )
