"""Messages that are understood only by what went before: 'why?', 'how long?', 'what do you know about me'."""

from functools import lru_cache
from typing import Dict, List, Pattern, Tuple

from bot.paths import DATA
from bot.triage.rules import compiled, read, word_lists
from bot.triage.text import plain_text

MORE, AGAIN = "more", "again"
Rule = Tuple[Pattern[str], Tuple[str, ...], str]


@lru_cache(maxsize=1)
def load_follow_ups() -> Tuple[Pattern[str], List[Rule]]:
    """What may stand around a bare message, and the rules. Raises BadRules for a wrong pattern."""
    content, lists = read(DATA / "follow_ups.yml"), word_lists()
    rules = [
        (compiled(entry["says"], lists, "follow_ups"), tuple(entry.get("after", ())), entry["then"])
        for entry in content["follow_ups"]
    ]
    return compiled([content["around"]], lists, "around"), rules


@lru_cache(maxsize=1)
def load_recall() -> Dict[str, Tuple[Pattern[str], Pattern[str]]]:
    """What asks for each thing anywhere in a message, and what alone. Raises BadRules for a wrong pattern."""
    lists = word_lists()
    return {
        name: (compiled(entry["says"], lists, name), compiled(entry["alone"], lists, name))
        for name, entry in read(DATA / "recall.yml").items()
    }


def follow_up(typed: str, about: str) -> str:
    """What a bare message asks after an answer on the topic `about` ('' at the beginning): 'more',
    'again', a topic, or '' where it is none."""
    around, rules = load_follow_ups()
    plain = _letters(around.sub(" ", plain_text(typed).plain)) or _letters(plain_text(typed).plain)
    fitting = (then for says, after, then in rules if (not after or about in after) and says.fullmatch(plain))
    return next(fitting, "")


def recalled(typed: str) -> str:
    """Which of memory, questions, summary and forget the message asks for, or ''."""
    plain = plain_text(typed).plain
    whole = _letters(load_follow_ups()[0].sub(" ", plain))
    asked = (name for name, (says, alone) in load_recall().items() if says.search(plain) or alone.fullmatch(whole))
    return next(asked, "")


def _letters(plain: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())
