"""The reviewed rules of data/red_flags, read and checked once."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Pattern, Tuple

import yaml

from bot.paths import RED_FLAGS as FOLDER
from bot.triage.assessment import CHECK, EMERGENCY, RED_FLAGS, ROUTINE, URGENT
from bot.triage.notation import BadPattern, compile_all

ABOUT_PARTS = ("words", "context", "facts", "vitals", "combinations", "answers", "canaries")
RAISES = (EMERGENCY, CHECK, URGENT, ROUTINE)


class BadRules(ValueError):
    """A data file of data/red_flags is wrong; the message says which and where."""


@dataclass(frozen=True)
class Sign:
    """What people say when a red flag is there.

    `raises` is what the sign raises when it stands alone; combinations may lift it.
    `inability` marks signs whose own negative word belongs to them (cannot breathe, will not
    wake): no negation ever takes them back. `unless` are words in the same stretch of text
    that make it something else. `topic` is what an answer is about where nothing else is clear.
    """

    id: str
    flag: str
    raises: str
    pattern: Pattern[str]
    inability: bool = False
    topic: str = ""
    unless: Optional[Pattern[str]] = None


@dataclass(frozen=True)
class Cue:
    """Words that say a sign is negated, past, hypothetical, a figure of speech, or now."""

    category: str
    direction: str
    pattern: str
    scope: Optional[int]
    spares: FrozenSet[str]


@dataclass(frozen=True)
class Combination:
    """Signs and facts that together raise what none of them raises alone; with its source."""

    id: str
    all_of: Tuple[FrozenSet[str], ...]
    flag: str
    raises: str
    source: str
    firm: bool


@dataclass(frozen=True)
class Rules:
    signs: Tuple[Sign, ...]
    cues: Tuple[Cue, ...]
    facts: Mapping[str, Pattern[str]]
    about_other: Pattern[str]
    remembered: FrozenSet[str]
    asked_once: FrozenSet[str]
    alternatives: Tuple[Tuple[str, ...], ...]
    ours: FrozenSet[str]
    combinations: Tuple[Combination, ...]
    vitals: Mapping[str, Any]


@lru_cache(maxsize=4)
def load_rules(folder: Path = FOLDER) -> Rules:
    """All rules of `folder`. Raises BadRules with file and place where one is wrong."""
    lists = word_lists(folder)
    signs = tuple(
        sign for path in sorted(folder.glob("*.yml")) if path.stem not in ABOUT_PARTS for sign in _signs(path, lists)
    )
    facts = read(folder / "facts.yml")
    return Rules(
        signs=signs,
        cues=tuple(_cue(entry, lists) for entry in read(folder / "context.yml")["cues"]),
        facts={name: compiled(patterns, lists, name) for name, patterns in facts["facts"].items()},
        about_other=compiled(facts["about_other"], lists, "about_other"),
        remembered=frozenset(facts["remembered"]),
        asked_once=frozenset(facts["asked_once"]),
        alternatives=tuple(tuple(group) for group in facts["alternatives"]),
        ours=frozenset(facts["ours"]),
        combinations=_combinations(folder, signs, facts["facts"]),
        vitals=read(folder / "vitals.yml"),
    )


@lru_cache(maxsize=4)
def word_lists(folder: Path = FOLDER) -> Mapping[str, List[str]]:
    """The lists of words that patterns name. Raises BadRules where the file cannot be read."""
    return read(folder / "words.yml")["lists"]


def read(path: Path) -> Dict[str, Any]:
    """The file with every value as text: to YAML's types, `no` and `on` would be no words."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, yaml.YAMLError) as error:
        raise BadRules(f"{path.name}: {error}") from error


def _signs(path: Path, lists: Mapping[str, List[str]]) -> List[Sign]:
    content = read(path)
    flag = content.get("flag")
    if flag not in RED_FLAGS or flag != path.stem:
        raise BadRules(f"{path.name}: flag must be the file's name and one of {', '.join(RED_FLAGS)}")
    return [_sign(path.name, flag, entry, lists) for entry in content["signs"]]


def _sign(file: str, flag: str, entry: Mapping[str, Any], lists) -> Sign:
    unknown = set(entry) - {"id", "raises", "inability", "says", "topic", "unless"}
    if unknown or "id" not in entry or not entry.get("says"):
        raise BadRules(f"{file}: sign {entry.get('id')!r} needs id and says; unknown keys: {sorted(unknown)}")
    raises = entry.get("raises", EMERGENCY)
    if raises not in RAISES:
        raise BadRules(f"{file}: sign {entry['id']!r} raises {raises!r}, not one of {', '.join(RAISES)}")
    unless = entry.get("unless")
    return Sign(
        id=entry["id"],
        flag=flag,
        raises=raises,
        pattern=compiled(entry["says"], lists, entry["id"]),
        inability=entry.get("inability") == "true",
        topic=entry.get("topic", ""),
        unless=compiled(unless, lists, entry["id"]) if unless else None,
    )


def compiled(patterns: List[str], lists: Mapping[str, List[str]], where: str) -> Pattern[str]:
    """One expression for the patterns. Raises BadRules, naming `where`, for a wrong one."""
    try:
        return compile_all(patterns, lists)
    except (BadPattern, re.error) as error:
        raise BadRules(f"{where}: {error}") from error


def _cue(entry: Mapping[str, Any], lists) -> Cue:
    return Cue(
        category=entry["category"],
        direction=entry["direction"],
        pattern=compiled(entry["says"], lists, f"cue {entry['category']}").pattern,
        scope=int(entry["scope"]) if "scope" in entry else None,
        spares=frozenset(entry.get("spares", ())),
    )


def _combinations(folder: Path, signs: Tuple[Sign, ...], facts) -> Tuple[Combination, ...]:
    known = {sign.id for sign in signs} | set(facts) | set(RED_FLAGS)
    return tuple(_combination(entry, known) for entry in read(folder / "combinations.yml")["combinations"])


def _combination(entry: Mapping[str, Any], known) -> Combination:
    all_of = tuple(frozenset(str(group).split("|")) for group in entry["all_of"])
    unknown = {name for group in all_of for name in group} - known
    if unknown or not entry.get("source") or entry["flag"] not in RED_FLAGS:
        raise BadRules(f"combination {entry.get('id')!r}: unknown {sorted(unknown)}, or no source or flag")
    return Combination(
        entry["id"], all_of, entry["flag"], entry.get("raises", EMERGENCY), entry["source"], entry.get("firm") == "true"
    )
