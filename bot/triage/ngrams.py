"""A message as the set of its letter groups and word pairs: what the encoder does not know
(Spanish, misspellings, names) still has a shape."""

import zlib
from typing import Set

import numpy as np

SIZE = 2**15
LENGTHS = (3, 4, 5)


def ngrams(plain: str) -> np.ndarray:
    """Sorted places, below SIZE, of the groups found in plain text; never empty."""
    words = plain.split()
    groups: Set[str] = set(words) | {f"{one}_{other}" for one, other in zip(words, words[1:])}
    for word in words:
        padded = f" {word} "
        groups.update(
            padded[start : start + length] for length in LENGTHS for start in range(max(1, len(padded) - length + 1))
        )
    return np.unique([zlib.crc32(group.encode()) % SIZE for group in groups or {""}])
