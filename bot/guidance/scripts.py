"""What is said when a red flag is there: one script, or the check question before it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Sequence

from bot.guidance.documents import BadGuidance, read_document, required
from bot.guidance.numbers import Numbers
from bot.guidance.phrases import COMPLETE, fill, phrase
from bot.paths import GUIDANCE

FOLDER = GUIDANCE / "scripts"
STEPS = 3


@dataclass(frozen=True)
class Script:
    """First aid for one red flag: `you` speaks to the person, `they` to who helps them."""

    flag: str
    name: str
    you: str
    they: str
    check_you: str
    check_they: str


@lru_cache(maxsize=None)
def load_script(flag: str, language: str = "en", folder: Path = FOLDER) -> Script:
    """The script of a red flag. Raises BadGuidance for a wrong file."""
    path = folder / f"{flag}.{language if language in COMPLETE else 'en'}.md"
    header, text = read_document(path)
    parts = re.split(r"^## (you|they)\n", text, flags=re.MULTILINE)
    if parts[1::2] != ["you", "they"]:
        raise BadGuidance(f"{path.name}: needs the parts '## you' and '## they'")
    for part in parts[2::2]:
        if len(re.findall(r"^\d\. ", part, re.MULTILINE)) != STEPS:
            raise BadGuidance(f"{path.name}: needs {STEPS} numbered steps in each part")
    values = {key: required(header, key, path) for key in ("flag", "name", "check_you", "check_they")}
    return Script(you=parts[2].strip(), they=parts[4].strip(), **values)


def emergency_script(flags: Sequence[str], about_other: bool, language: str, numbers: Numbers) -> str:
    """One message: call, three steps for the first (most dangerous) flag, the others named."""
    script = load_script(flags[0], language)
    text = fill(script.they if about_other else script.you, **numbers.values)
    others = [load_script(flag, language).name for flag in flags[1:]]
    if not others:
        return text
    return f"{text}\n{phrase('also_signs', language, names=', '.join(others))}"


def check_question(flag: str, about_other: bool, language: str, numbers: Numbers) -> str:
    """The number first, then one question that yes or no answers."""
    script = load_script(flag, language)
    question = script.check_they if about_other else script.check_you
    return f"{phrase('check_intro', language, **numbers.values)}\n{question}"
