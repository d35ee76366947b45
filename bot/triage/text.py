"""One form for all the ways to type the same words.

Rules read the plain form: lower case, no apostrophes, no markup, no invisible characters, no
look-alike letters. Every character of it remembers its place in the message as typed, so that
evidence can be shown in the patient's own words.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import Iterator, List, Tuple

# Letters of other alphabets that look Latin.
LOOK_ALIKES = str.maketrans("аеорсухіјѕԁһӏαοеντκνΑΕΟΡСТХΚΜΝΒΗ", "aeopcyxijsdhlaoevtkvAEOPCTXKMNBH")
LATIN, GREEK_OR_CYRILLIC = re.compile("[a-zA-Z]"), re.compile("[\u0370-\u052f]")
WORD = re.compile(r"[^\W\d_]+")
COMMAND = re.compile(r"\s*/+")
APOSTROPHES = "'’‘`´ʼ＇"
TAGS = "a|b|br|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|script|span|strong|style|sub|sup|table|td|tr|u|ul"
MARKUP = re.compile(rf"</?(?:{TAGS})(?:\s+[\w-]+=[^<>]*|\s*)/?>", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
HELD_KEY = re.compile(r"([^\W\d_])\1{2,}")
SENTENCE_END = re.compile(r"(?<=[.!?;\n])\s+|\n+|\s(?=[-•] )")
ASK_ENDS = re.compile(
    r"(?<=[?!.;\n])\s+|,?\s(?=(?:and|also|plus|but)\s(?:also\s|then\s)?"
    r"(?:can|could|may|how|what|when|where|why|which|who|is|are|does|do|did|should|will|would)\s)"
    r"|,?\s(?=(?:y|ademas)\s(?:tambien\s)?(?:puedo|puede|como|cuando|cuanto|que|donde|por que|es|debo|se)\s)"
)
ASK = re.compile(
    r"\?|^(?:(?:and|also|plus|but|then|so|y|ademas|tambien)\s)*"
    r"(?:can|could|may|how|what|when|where|why|which|who|is|are|does|do|did|should|will|would"
    r"|puedo|puede|como|cuando|cuanto|que|donde|por que|debo)\s"
)
WINDOW, OVERLAP = 60, 15
ASK_WORDS, MOST_ASKS = 3, 4


@dataclass(frozen=True)
class PlainText:
    """`plain` is what rules read; `origin[i]` is where its character i stands in `typed`."""

    typed: str
    plain: str
    origin: Tuple[int, ...]

    def words(self, start: int, end: int) -> Tuple[int, int, str]:
        """The place and the typed words of plain[start:end]."""
        if start >= end:
            return 0, 0, ""
        first, last = self.origin[start], self.origin[end - 1] + 1
        return first, last, self.typed[first:last]


def plain_text(typed: str) -> PlainText:
    """The message in the form that rules read. Any string will do; none is refused."""
    letters = list(_letters(without_look_alikes(_without_markup(typed))))
    letters = _without_held_keys(letters)
    return PlainText(typed, "".join(c for c, _ in letters), tuple(place for _, place in letters))


def without_look_alikes(typed: str) -> str:
    """The message with Latin letters for those of other alphabets that look like them, letter by letter.
    Words that also hold other letters of those alphabets stay, as do messages with no Latin letter."""
    mixed = GREEK_OR_CYRILLIC.search(typed) and LATIN.search(typed)
    return WORD.sub(lambda word: _latin(word.group()), typed) if mixed else typed


def _latin(word: str) -> str:
    latin = word.translate(LOOK_ALIKES)
    return word if GREEK_OR_CYRILLIC.search(latin) else latin


def _without_markup(typed: str) -> str:
    """Tags and entities give way to blanks of the same length, so that places stay true."""
    bare = MARKUP.sub(lambda tag: " " * len(tag.group()), typed)
    return ENTITY.sub(lambda entity: _unescaped(entity.group()), bare)


def _unescaped(entity: str) -> str:
    char = html.unescape(entity)
    return (char if len(char) == 1 else " ").ljust(len(entity), "\u200b")


def _letters(typed: str) -> Iterator[Tuple[str, int]]:
    command = COMMAND.match(typed)
    begin = command.end() if command else 0
    for place, char in enumerate(typed[begin:], begin):
        if char in APOSTROPHES or unicodedata.category(char) in ("Cf", "Mn", "Cs"):
            continue
        for piece in unicodedata.normalize("NFKD", char):
            if unicodedata.category(piece) not in ("Mn", "Cf"):
                yield _plain(piece), place


def _plain(char: str) -> str:
    if char == "\n":
        return char
    if char.isspace() or unicodedata.category(char) == "Cc":
        return " "
    lower = char.lower()
    return lower if len(lower) == 1 else char


def _without_held_keys(letters: List[Tuple[str, int]]) -> List[Tuple[str, int]]:
    plain = "".join(c for c, _ in letters)
    dropped = {place for held in HELD_KEY.finditer(plain) for place in range(held.start() + 1, held.end())}
    return [pair for place, pair in enumerate(letters) if place not in dropped]


def windows(plain: str) -> List[Tuple[int, int]]:
    """Start and end of the stretches that are read at once, at most 60 words each.

    Cut between sentences where there are any, else inside one, with 15 words of overlap.
    Together they cover the whole text, so the cost grows linearly and nothing is unread.
    """
    found: List[Tuple[int, int]] = []
    for start, end in _sentences(plain):
        words = [m.span() for m in re.finditer(r"\S+", plain[start:end])]
        for first in range(0, max(1, len(words) - OVERLAP), WINDOW - OVERLAP):
            piece = words[first : first + WINDOW]
            if piece:
                found.append((start + piece[0][0], start + piece[-1][1]))
    return _joined(found, plain)


def asks(plain: str) -> List[str]:
    """The questions asked one after the other in a message; none where it holds one alone."""
    pieces = [p.strip() for p in ASK_ENDS.split(plain) if len(p.split()) >= ASK_WORDS and ASK.search(p.strip())]
    return pieces if 2 <= len(pieces) <= MOST_ASKS else []


def _sentences(plain: str) -> Iterator[Tuple[int, int]]:
    start = 0
    for gap in SENTENCE_END.finditer(plain):
        yield start, gap.start()
        start = gap.end()
    yield start, len(plain)


def _joined(pieces: List[Tuple[int, int]], plain: str) -> List[Tuple[int, int]]:
    joined: List[Tuple[int, int]] = []
    for start, end in pieces:
        if joined and start >= joined[-1][1] and _words(plain, joined[-1][0], end) <= WINDOW:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _words(plain: str, start: int, end: int) -> int:
    return plain.count(" ", start, end) + plain.count("\n", start, end) + 1
