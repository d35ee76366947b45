"""How a reply looks in Telegram: HTML, its length, its buttons, its numbers."""

import html
import re
import textwrap
from typing import List, Sequence, Tuple

from bot.front.reply import Button
from bot.guidance import Numbers
from bot.guidance.numbers import DIALLED, dialled

LONGEST = 4096  # characters of a message, as UTF-16 counts them
LONGEST_DATA = 64  # bytes of a button's payload
Row = List[Tuple[str, str]]


def parts(text: str) -> List[str]:
    """The text in messages that Telegram takes, cut between paragraphs; a paragraph too long for
    any message is cut between words."""
    told = [""]
    for paragraph in (piece for line in text.split("\n") for piece in _fitting(line)):
        joined = f"{told[-1]}\n{paragraph}" if told[-1] else paragraph
        told[-1:] = [joined] if _length(joined) <= LONGEST else [told[-1], paragraph]
    return [part.strip("\n") for part in told if part.strip()]


def marked_up(text: str, danger: bool) -> str:
    """The text as Telegram's HTML; in danger its first line is bold."""
    first, *rest = html.escape(text, quote=False).split("\n")
    return "\n".join([f"<b>{first}</b>" if danger else first, *rest])


def tappable(text: str, known: Numbers) -> str:
    """The text with the numbers to call unbroken, as phones recognise them."""
    for written in DIALLED.findall(" ".join((known.emergency, known.poison, known.crisis))):
        text = re.sub(rf"(?<!\d){re.escape(written)}(?!\d)", dialled(written)[0], text)
    return text


def rows(buttons: Sequence[Button], columns: int = 1) -> List[Row]:
    """Titles and payloads in rows. A payload that no button can carry has no button."""
    fitting = [(b.title, b.payload) for b in buttons if len(b.payload.encode()) <= LONGEST_DATA]
    return [fitting[place : place + columns] for place in range(0, len(fitting), columns)]


def _fitting(line: str) -> List[str]:
    if _length(line) <= LONGEST:
        return [line]
    return textwrap.wrap(line, LONGEST // 2)  # half, as a character may count twice


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
