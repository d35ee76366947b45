"""How much one conversation may ask in a short time. Red flags are answered before this is asked."""

import time
from dataclasses import dataclass, field
from typing import Callable, Dict, Tuple

KEPT = 10_000


@dataclass
class Limits:
    """A bucket of tokens per conversation: `burst` at once, then `per_second` more each second."""

    burst: float = 12.0
    per_second: float = 0.5
    clock: Callable[[], float] = time.monotonic
    _buckets: Dict[str, Tuple[float, float]] = field(default_factory=dict)

    def allow(self, name: str) -> bool:
        """Whether this conversation may be served now; takes a token where it may."""
        now = self.clock()
        tokens, since = self._buckets.pop(name, (self.burst, now))
        tokens = min(self.burst, tokens + (now - since) * self.per_second)
        self._buckets[name] = (max(tokens - 1, 0.0) if tokens >= 1 else tokens, now)
        if len(self._buckets) > KEPT:
            self._buckets.pop(next(iter(self._buckets)))
        return tokens >= 1
