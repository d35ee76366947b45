"""The small notation in which reviewers write patterns (data/red_flags), as regular expressions.

    words side by side      follow each other, whatever stands between them but letters
    (a|b c)                 one of these
    [a|b]                   one of these, or nothing
    {list}                  one of a word list of words.yml
    ...                     up to four other words, within the clause
    word*                   any ending
    #                       a number

Patterns are written without apostrophes and accents, as the plain text has none.
"""

import re
from typing import Iterable, List, Mapping, Tuple

TOKEN = re.compile(r"\.\.\.|[()\[\]|]|\{\w+\}|[^\s()\[\]|{}]+")
GAP = r"[^\w.!?;\n]+"
FEW_WORDS = rf"(?:(?:(?!but\b|pero\b)\w+){GAP}){{0,4}}?"


class BadPattern(ValueError):
    """A pattern of a data file cannot be read; the message names it."""


def compile_all(patterns: Iterable[str], lists: Mapping[str, List[str]]) -> "re.Pattern[str]":
    """One expression for all patterns; `lists` are the word lists by name.

    Raises BadPattern for unbalanced brackets or an unknown list.
    """
    joined = "|".join(as_regex(pattern, lists) for pattern in patterns)
    return re.compile(rf"(?<![\w])(?:{joined})(?![\w])")


def as_regex(pattern: str, lists: Mapping[str, List[str]]) -> str:
    """The regular expression of one pattern."""
    regex, rest = _alternatives(TOKEN.findall(pattern), lists, pattern)
    if rest:
        raise BadPattern(f"unbalanced brackets in {pattern!r}")
    return regex


def _alternatives(tokens: List[str], lists, pattern) -> Tuple[str, List[str]]:
    options: List[str] = []
    while True:
        option, tokens = _sequence(tokens, lists, pattern)
        options.append(option)
        if not tokens or tokens[0] != "|":
            return (options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"), tokens
        tokens = tokens[1:]


def _sequence(tokens: List[str], lists, pattern) -> Tuple[str, List[str]]:
    parts: List[Tuple[str, str]] = []
    while tokens and tokens[0] not in "|)]":
        kind, regex, tokens = _part(tokens, lists, pattern)
        parts.append((kind, regex))
    return _join(parts, pattern), tokens


def _part(tokens: List[str], lists, pattern) -> Tuple[str, str, List[str]]:
    token, rest = tokens[0], tokens[1:]
    if token in "([":
        regex, rest = _alternatives(rest, lists, pattern)
        closing = ")" if token == "(" else "]"
        if not rest or rest[0] != closing:
            raise BadPattern(f"unbalanced brackets in {pattern!r}")
        return ("word" if token == "(" else "maybe"), f"(?:{regex})", rest[1:]
    if token == "...":
        return "few", FEW_WORDS, rest
    if token.startswith("{"):
        return "word", _list(token[1:-1], lists, pattern), rest
    return "word", _word(token), rest


def _list(name: str, lists, pattern) -> str:
    if name not in lists:
        raise BadPattern(f"no word list named {name!r}, used in {pattern!r}")
    return f"(?:{'|'.join(as_regex(entry, lists) for entry in lists[name])})"


def _word(token: str) -> str:
    if token == "#":
        return r"\d+(?:[.,]\d+)?"
    return re.escape(token).replace(r"\*", r"\w*")


def _join(parts: List[Tuple[str, str]], pattern: str) -> str:
    """Words are joined by what is no word; optional parts bring their own gap."""
    if not any(kind == "word" for kind, _ in parts):
        raise BadPattern(f"nothing to look for in {pattern!r}")
    last = max(i for i, (kind, _) in enumerate(parts) if kind == "word")
    regex, open_gap = "", False
    for i, (kind, piece) in enumerate(parts):
        if kind == "word":
            regex += (GAP if open_gap else "") + piece
            open_gap = True
        elif kind == "few":
            regex += (GAP if open_gap else "") + piece
            open_gap = False
        elif i < last:
            regex += (GAP if open_gap else "") + f"(?:{piece}{GAP})?"
            open_gap = False
        else:
            regex += f"(?:{GAP}{piece})?"
    return regex
