"""The names that a test may use, and the bot's fixed words by their names."""

import re
from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, Pattern

import yaml

from bot.guidance.flows import load_flows
from bot.guidance.numbers import load_numbers
from bot.guidance.phrases import COMPLETE, phrases
from bot.guidance.sections import load_sections
from bot.paths import ROOT
from bot.triage.rules import load_rules

NEVER = r"(?!)"  # a phrase that is nothing but a placeholder is no words of the bot's


@lru_cache(maxsize=1)
def names() -> Dict[str, FrozenSet[str]]:
    """What there is, by the kind of step that names it."""
    flows = load_flows().values()
    questions = {f"{flow.name}.{question.id}" for flow in flows for question in flow.questions}
    return {
        "section": frozenset(load_sections()),
        "utter": frozenset(_wordings()),
        "topic": frozenset(domain()["intents"]),
        "language": frozenset(COMPLETE) | frozenset(phrases("other_languages")),
        "country": frozenset(load_numbers()),
        "flow": frozenset({"", *questions}),
        "slot_was_set": frozenset({"country", "language", *load_rules().facts}.union(*(flow.tells for flow in flows))),
    }


@lru_cache(maxsize=1)
def domain() -> Dict[str, Any]:
    """Rasa's domain: its intents, actions and responses."""
    return yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


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
