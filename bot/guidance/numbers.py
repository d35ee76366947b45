"""Emergency, poison and crisis numbers by country, from data/emergency_numbers.csv."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Tuple

from bot.guidance.phrases import phrase
from bot.paths import NUMBERS

COLUMNS = ["iso", "country", "general_emergency", "ambulance", "poison_line", "suicide_crisis_line", "source"]
DIALLED = re.compile(r"[*+]?\d[\d \-]*\d")


class BadNumbers(ValueError):
    """The table of numbers is wrong; the message says in which row."""


@dataclass(frozen=True)
class Numbers:
    """What to call, as words that fit after "call": `emergency` for an ambulance, `inside` the same
    for use within brackets, `short` the digits alone, `poison` and `crisis` lines."""

    country: str
    emergency: str
    inside: str
    short: str
    poison: str
    crisis: str

    @property
    def values(self) -> Dict[str, str]:
        """What the placeholders of scripts and phrases are filled with."""
        return {"number": self.emergency, "poison": self.poison, "crisis": self.crisis}

    @property
    def section_values(self) -> Dict[str, str]:
        """The same for guidance sections, which give the number in brackets."""
        return {**self.values, "number": self.inside}


def numbers_for(country: str = "", language: str = "en") -> Numbers:
    """Numbers of a country by its ISO code; for an unknown one, what works nearly everywhere."""
    row = load_numbers().get(country.upper())
    lines = row or {"poison_line": "", "suicide_crisis_line": ""}
    poison = _line("poison", lines["poison_line"], language)
    crisis = _line("crisis", lines["suicide_crisis_line"], language)
    if row is None:
        emergency, inside, short = (phrase(f"number_unknown{kind}", language) for kind in ("", "_inside", "_short"))
        return Numbers("", emergency, inside, short, poison, crisis)
    emergency = row["ambulance"] or row["general_emergency"]
    return Numbers(row["iso"], emergency, emergency, emergency, poison, crisis)


def _line(kind: str, line: str, language: str) -> str:
    return phrase(f"{kind}_known", language, line=line) if line else phrase(f"{kind}_unknown", language)


def country_names() -> Dict[str, str]:
    """The ISO codes of the countries whose numbers are known, by their English names."""
    return {row["country"]: iso for iso, row in load_numbers().items()}


@lru_cache(maxsize=2)
def load_numbers(path: Path = NUMBERS) -> Dict[str, Dict[str, str]]:
    """The table by ISO code. Raises BadNumbers for a wrong row."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for place, row in enumerate(rows, start=2):
        problems = check_row(row)
        if problems:
            raise BadNumbers(f"{path.name}, line {place}: {'; '.join(problems)}")
    return {row["iso"]: row for row in rows}


def check_row(row: Dict[str, str]) -> List[str]:
    """What is wrong with a row, empty where nothing is."""
    if list(row) != COLUMNS:
        return [f"columns must be {', '.join(COLUMNS)}"]
    problems = []
    if not re.fullmatch("[A-Z]{2}", row["iso"]):
        problems.append(f"{row['iso']!r} is no ISO country code")
    if not re.search(r"\d{2,}", row["general_emergency"]):
        problems.append("no emergency number")
    if not row["source"].strip():
        problems.append("no source")
    return problems


def dialled(text: str) -> List[str]:
    """The numbers in a text that a phone can dial, in their order."""
    return [re.sub(r"[ \-]", "", found) for found in DIALLED.findall(text)]


def dialable(text: str) -> List[Tuple[str, str]]:
    """The text in parts, each with the number that a phone dials for it, or ''."""
    parts = re.split(f"({DIALLED.pattern})", text)
    return [(part, dialled(part)[0] if place % 2 else "") for place, part in enumerate(parts) if part]
