"""The fixed phrases of the bot, by language: data/guidance/phrases."""

from functools import lru_cache
from pathlib import Path
from typing import Dict

import yaml

from bot.paths import GUIDANCE

FOLDER = GUIDANCE / "phrases"
COMPLETE = ("en", "es")  # languages in which every phrase and script exists


@lru_cache(maxsize=None)
def phrases(name: str, folder: Path = FOLDER) -> Dict[str, str]:
    """All phrases of one file of the folder, with their placeholders."""
    return yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))


def phrase(key: str, language: str = "en", **values: str) -> str:
    """The phrase in the language, else in English, with its placeholders filled."""
    text = phrases(language if language in COMPLETE else "en")[key]
    return fill(text, **values)


def other_language(language: str, **values: str) -> str:
    """For languages the bot cannot read: emergency line and what it can read, or '' for others."""
    text = phrases("other_languages").get(language, "")
    return fill(text, **values)


def fill(text: str, **values: str) -> str:
    """The text with {name} replaced by each value; other braces stay as they are."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
