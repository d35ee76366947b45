"""The names that a test may use, and the bot's fixed words by their names."""

import re
from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, Pattern

import yaml

from bot.guidance.numbers import load_numbers
from bot.guidance.phrases import COMPLETE, phrases
from bot.guidance.sections import load_sections
from bot.paths import DATA, ROOT
from bot.triage.rules import load_rules

FLOWS = DATA / "flows"
NEVER = r"(?!)"  # a phrase that is nothing but a placeholder is no words of the bot's


@lru_cache(maxsize=1)
def names() -> Dict[str, FrozenSet[str]]:
    """What there is, by the kind of step that names it."""
    questions = {f"{flow}.{question['id']}" for flow, asked in flows().items() for question in asked}
    return {
        "section": frozenset(load_sections()),
        "utter": frozenset(_wordings()),
        "topic": frozenset(domain()["intents"]),
        "language": frozenset(COMPLETE) | frozenset(phrases("other_languages")),
        "country": frozenset(load_numbers()),
        "flow": frozenset({"", *questions}),
        "slot_was_set": frozenset({"country", "language", *load_rules().facts, *_told()}),
    }


@lru_cache(maxsize=1)
def domain() -> Dict[str, Any]:
    """Rasa's domain: its intents, actions and responses."""
    return yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def flows() -> Dict[str, List[dict]]:
    """The questions of each flow, with what their options tell."""
    read = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FLOWS.glob("*.yml"))}
    return {name: flow["questions"] for name, flow in read.items()}


def _told() -> List[str]:
    return [option["tell"] for asked in flows().values() for question in asked for option in question["options"]]


def says(key: str, text: str) -> bool:
    """Whether whole lines of the text are this phrase or response, in any language and with any numbers."""
    return any(pattern.search(text) for pattern in _wordings()[key])


def keys_in(text: str) -> List[str]:
    """The phrases and responses that the text consists of, in whole lines."""
    return [key for key in _wordings() if says(key, text)]


@lru_cache(maxsize=1)
def _wordings() -> Dict[str, List[Pattern[str]]]:
    fixed = {key: [phrases(language)[key] for language in COMPLETE] for key in phrases("en")}
    responses = {key: [r["text"] for r in variations] for key, variations in domain()["responses"].items()}
    return {key: [_pattern(text) for text in texts] for key, texts in {**fixed, **responses}.items()}


def _pattern(text: str) -> Pattern[str]:
    """The text as whole lines, with a number or name in the place of each {placeholder}."""
    parts = [re.escape(part) for part in re.split(r"\{\w+\}", text.strip())]
    return re.compile("^(?:- )?" + r"[^.\n]+".join(parts) + "$" if any(parts) else NEVER, re.MULTILINE)
