"""How long a verdict takes, by the length of the message."""

import time
from itertools import cycle, islice
from typing import Any, Dict, Iterator, List, Sequence

import numpy as np

from bot.evaluation.progress import watched
from bot.triage.gate import Gate

LENGTHS = (5, 10, 20, 50, 100, 200, 400, 800)  # words
EACH = 100  # messages of each length


def latencies(gates: Dict[str, Gate], texts: Sequence[str], lengths: Sequence[int] = LENGTHS) -> Dict[str, Any]:
    """Milliseconds of each gate's verdict, p50 and p99, for messages of each length put together from `texts`."""
    return {name: [_latency(name, gate, length, texts) for length in lengths] for name, gate in gates.items()}


def _latency(name: str, gate: Gate, length: int, texts: Sequence[str]) -> Dict[str, float]:
    times = _times(gate, list(_of_length(length, texts)), f"Latency, {name}, {length} words")
    p50, p99 = np.percentile(times, [50, 99])
    return {"words": length, "p50": float(p50), "p99": float(p99)}


def _of_length(length: int, texts: Sequence[str]) -> Iterator[str]:
    """EACH messages of `length` words: one text after another, as somebody rambles on."""
    words = cycle(word for text in texts for word in f"{text}.".split())
    return (" ".join(islice(words, length)) for _ in range(EACH))


def _times(gate: Gate, texts: Sequence[str], title: str) -> List[float]:
    times = []
    for text in watched(texts, title):
        begun = time.perf_counter()
        gate.assess(text)
        times.append((time.perf_counter() - begun) * 1000)
    return times
