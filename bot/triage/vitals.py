"""Readings in a message (39.6, 103F, sats 84) that raise a red flag by themselves."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Iterator, List, Mapping, Optional, Pattern, Tuple

from bot.triage.assessment import HYPOTHETICAL, PAST, PRESENT, Evidence
from bot.triage.notation import compile_all
from bot.triage.text import PlainText

SPELLED = "spelled"
PATTERNS = ("before", "after", "unit", "other_before", "other_unit", "elsewhere", "hypothetical", "past")
NEAR = 160
DIGITS = r"\d{1,3}"
# 39.6, 39,6, 39 point 6, 39 punto 6; never 39.99, 8:40, 12/40 or 1.039
TENTHS = r"(?:[.,]|\s(?:point|punto|coma)\s)(?:(?P<tenths>\d)|(?P<said>{words}))(?![\d])"
SENTENCE = re.compile(r"[!?;\n]|\.(?=\s|$)")
CURRENCY_OR_CLOCK = re.compile(r"[$£€:/#]\s?$|\d[.,]$")
CLOCK_OR_RANGE = re.compile(r"[:/%]\d|\d")


@dataclass(frozen=True)
class _Number:
    start: int
    end: int
    value: float
    decimal: bool


@dataclass(frozen=True)
class _Vital:
    """One kind of reading, as vitals.yml describes it."""

    name: str
    flag: str
    ranges: Tuple[Tuple[float, float], ...]
    reach: int
    decimals: bool
    patterns: Mapping[str, Pattern[str]]

    def beyond(self, value: float) -> bool:
        return any(low <= value <= high for low, high in self.ranges)


def readings(text: PlainText, vitals: Mapping[str, Any]) -> List[Evidence]:
    """Evidence for every reading beyond its limit; the limits are data (vitals.yml)."""
    spelled = vitals.get(SPELLED, {})
    numbers = list(_numbers(text.plain, spelled))
    if not numbers:
        return []
    kinds = [_vital(name, entry) for name, entry in vitals.items() if name != SPELLED]
    return [e for vital in kinds for number in numbers for e in _evidence(text, vital, number)]


def _vital(name: str, entry: Mapping[str, Any]) -> _Vital:
    patterns = {key: _pattern(tuple(says)) for key, says in entry.items() if key in PATTERNS}
    ranges = tuple((float(r["from"]), float(r["to"])) for r in entry["ranges"])
    return _Vital(name, entry["flag"], ranges, int(entry["reach"]), entry["decimals"] == "true", patterns)


@lru_cache(maxsize=64)
def _pattern(says: Tuple[str, ...]) -> Pattern[str]:
    return compile_all(says, {})


def _numbers(plain: str, spelled: Mapping[str, str]) -> Iterator[_Number]:
    for found in _number_pattern(tuple(spelled)).finditer(plain):
        just_before = plain[max(0, found.start() - 2) : found.start()]
        if CURRENCY_OR_CLOCK.search(just_before) or CLOCK_OR_RANGE.match(plain, found.end()):
            continue
        whole, tenths = found["whole"], found["tenths"] or spelled.get(found["said"] or "")
        value = float(spelled.get(whole, whole)) + (float(tenths) / 10 if tenths else 0)
        yield _Number(found.start(), found.end(), value, tenths is not None)


@lru_cache(maxsize=4)
def _number_pattern(words: Tuple[str, ...]) -> Pattern[str]:
    said = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<!\w)(?P<whole>{DIGITS}|(?:{said})(?!\w))(?:{TENTHS.format(words=said)})?")


def _evidence(text: PlainText, vital: _Vital, number: _Number) -> Iterator[Evidence]:
    if not vital.beyond(number.value):
        return
    start, end = _sentence(text.plain, number)
    before, after = text.plain[start : number.start], text.plain[number.end : end]
    if not _is_reading(vital, number, before, after):
        return
    first, last, words = text.words(number.start, number.end)
    standing, cue = _standing(vital, before, after)
    cues = (cue,) if cue else ()
    yield Evidence(vital.flag, first, last, words, f"vital:{vital.name}", standing, cues)


def _sentence(plain: str, number: _Number) -> Tuple[int, int]:
    """Start and end of the number's sentence, or of the part of it that is near the number."""
    first, last = max(0, number.start - NEAR), min(len(plain), number.end + NEAR)
    ends = [end.end() for end in SENTENCE.finditer(plain, first, number.start)]
    following = SENTENCE.search(plain, number.end, last)
    return (ends[-1] if ends else first), (following.start() if following else last)


def _is_reading(vital: _Vital, number: _Number, before: str, after: str) -> bool:
    says = vital.patterns
    behind = after.lstrip(" °º-*")
    if says["unit"].match(behind):
        return not says["elsewhere"].search(before + " " + after)
    if says["other_unit"].match(behind) or says["elsewhere"].search(before + " " + after):
        return False
    if says["other_before"].search(" ".join(before.split()[-1:])):
        return False
    if number.decimal and vital.decimals:
        return True
    near_before = " ".join(before.split()[-vital.reach :])
    near_after = " ".join(after.split()[: vital.reach])
    return bool(says["before"].search(near_before) or says["after"].search(near_after))


def _standing(vital: _Vital, before: str, after: str) -> Tuple[str, Optional[str]]:
    asked = vital.patterns["hypothetical"].search(before)
    if asked:
        return HYPOTHETICAL, asked.group()
    over = vital.patterns["past"].search(before + " " + after)
    return (PAST, over.group()) if over else (PRESENT, None)
