"""The same messages typed otherwise: what a patient means does not change, and the answer should not."""

import random
import re
from typing import Callable, Dict

from bot.training.noise import misspelt

SEED = 7
APOSTROPHES = re.compile("['’‘]")
MARKS = re.compile(r"(?<!\d)[.,;:!?¿¡…\"“”()/–—-]|[.,;:!?¿¡…\"“”()/–—-](?!\d)")  # the point of 39.6 stays
CYRILLIC = str.maketrans("aceopxyi", "асеорхуі")
ZERO_WIDTH = "\u200b"


def perturbations() -> Dict[str, Callable[[str], str]]:
    """The ways to type, by name. Misspelling draws on a seed of its own each time."""
    rng = random.Random(SEED)
    return {
        "misspelt": lambda text: misspelt(text, rng),
        "in capitals": str.upper,
        "no apostrophes or punctuation": _unmarked,
        "zero-width characters": ZERO_WIDTH.join,
        "Cyrillic look-alikes": lambda text: text.translate(CYRILLIC),
        "a slash before": "/{}".format,
    }


def _unmarked(text: str) -> str:
    return MARKS.sub(" ", APOSTROPHES.sub("", text))
