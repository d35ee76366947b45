"""Misspells messages the way thumbs, haste and missing keys do, for training and for tests."""

import random
from typing import Callable, List

NEAR = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip


def misspelt(text: str, rng: random.Random = random) -> str:  # type: ignore[assignment]
    """The text with one slip in about every eighth word, at least one."""
    words = text.split(" ")
    for _ in range(max(1, len(words) // 8)):
        place = rng.randrange(len(words))
        if len(words[place]) > 2:
            words[place] = rng.choice(SLIPS)(words[place], rng)
    return " ".join(words)


def _swap(word: str, rng: random.Random) -> str:
    i = rng.randrange(len(word) - 1)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _drop(word: str, rng: random.Random) -> str:
    i = rng.randrange(1, len(word))
    return word[:i] + word[i + 1 :]


def _double(word: str, rng: random.Random) -> str:
    i = rng.randrange(len(word))
    return word[:i] + word[i] + word[i:]


def _neighbour(word: str, rng: random.Random) -> str:
    i = rng.randrange(len(word))
    return word[:i] + rng.choice(NEAR.get(word[i].lower(), word[i])) + word[i + 1 :]


def _no_vowel(word: str, rng: random.Random) -> str:
    return word[0] + "".join(c for c in word[1:] if c.lower() not in "aeiou" or rng.random() < 0.5)


SLIPS: List[Callable[[str, random.Random], str]] = [_swap, _drop, _double, _neighbour, _no_vowel]
