"""How likely each red flag, urgency and topic is, by the trained heads over the encoder."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from bot.paths import CLASSIFIER
from bot.triage.assessment import EMERGENCY, URGENT
from bot.triage.encoder import Encoder
from bot.triage.ngrams import ngrams

Scale = Callable[[np.ndarray], np.ndarray]
Logits = Dict[str, np.ndarray]
HEADS = ("flags", "urgency", "topics")
SHAPES = 0.30  # share of a message's letter groups in each score; the rest is the encoder's
# In doubt: neither surely calm nor surely an emergency, or calm with a topic that is not sure.
CALM, CERTAIN, TOPIC_CERTAIN = 0.01, 0.95, 0.80
AGAIN = 4  # stretches of a long message that are read a second time
THOROUGH = 0.85  # what the second reading counts


@dataclass(frozen=True)
class Scores:
    """Probabilities by name. `urgency` and `topics` sum to one, `flags` each stand alone. `asked` are
    the likeliest topics of the pieces of a message that asks several things."""

    flags: Mapping[str, float]
    urgency: Mapping[str, float]
    topics: Mapping[str, float]
    asked: Mapping[str, float] = field(default_factory=dict)


class Reader:
    """One trained encoder and its heads. `folder` holds what `bot.training.build` wrote."""

    def __init__(self, folder: Path):
        self._encoder = Encoder(folder)
        with np.load(folder / "heads.npz") as heads:
            self._heads = {name: _layer(heads, name) for name in HEADS}
            self._shapes = {name: _layer(heads, f"{name}_shapes") for name in HEADS if f"{name}_shapes_bias" in heads}
        self.names: Dict[str, List[str]] = json.loads((folder / "names.json").read_text("utf-8"))

    def read(self, texts: Sequence[str]) -> Logits:
        """One row per text under each head's name; those of urgency and topics are logarithms of probabilities."""
        rows = self._encoder.encode(texts)
        places = [ngrams(text) for text in texts] if self._shapes else []
        return {name: self._logits(name, rows, places) for name in HEADS}

    def _logits(self, head: str, rows: np.ndarray, places: Sequence[np.ndarray]) -> np.ndarray:
        weights, bias = self._heads[head]
        by_point = SCALES[head](rows @ weights + bias)
        if not places:
            return by_point
        groups, group_bias = self._shapes[head]
        by_shape = np.vstack([groups[found].sum(axis=0) / len(found) ** 0.5 + group_bias for found in places])
        return (1 - SHAPES) * by_point + SHAPES * SCALES[head](by_shape)


class Classifier:
    """A quick reader of every message, and a thorough one of what leaves the quick one in doubt."""

    def __init__(self, quick: Reader, thorough: Optional[Reader] = None):
        self.quick, self.thorough = quick, thorough

    @classmethod
    def load(cls, folder: Path = CLASSIFIER) -> Optional["Classifier"]:
        """The trained classifier, or None where none was trained yet."""
        if not (folder / "thorough").exists():
            return None
        return cls(Reader(folder / "quick"), Reader(folder / "thorough"))

    def scores(self, stretches: Sequence[str], pieces: Sequence[str] = ()) -> Scores:
        """Scores of a message read in `stretches`: the most worrying stretch decides. `pieces` are the
        things that it asks one after the other."""
        said = self._read_twice(stretches, self.quick.read(stretches))
        urgency, topics = _softmax(said["urgency"]), _softmax(said["topics"]).max(axis=0)
        return Scores(
            flags=self._named("flags", _sigmoid(said["flags"]).max(axis=0)),
            urgency=self._named("urgency", urgency[self._by_worry(urgency)[0]]),
            topics=self._named("topics", topics / topics.sum()),
            asked=self._asked(pieces),
        )

    def _read_twice(self, stretches: Sequence[str], said: Logits) -> Logits:
        """What both readers say together of the stretches in doubt, the most worrying first."""
        urgency, topics = _softmax(said["urgency"]), _softmax(said["topics"])
        emergency = urgency[:, self.quick.names["urgency"].index(EMERGENCY)]
        doubt = (emergency > CALM) & (emergency < CERTAIN) | (emergency <= CALM) & (topics.max(axis=1) < TOPIC_CERTAIN)
        again = [row for row in self._by_worry(urgency) if doubt[row]][:AGAIN]
        if self.thorough is None or not again:
            return said
        second = self.thorough.read([stretches[row] for row in again])
        return {head: self._together(head, said[head], again, second[head]) for head in HEADS}

    def _together(self, head: str, first: np.ndarray, again: Sequence[int], second: np.ndarray) -> np.ndarray:
        """Both readers' logits in one. A name that the thorough reader never learned is left to the quick one."""
        assert self.thorough is not None
        ours, theirs = self.quick.names[head], self.thorough.names[head]
        known = [name for name in ours if name in theirs]
        place = np.ix_(again, [ours.index(name) for name in known])
        both = first.copy()
        both[place] = (1 - THOROUGH) * first[place] + THOROUGH * second[:, [theirs.index(name) for name in known]]
        return both

    def _asked(self, pieces: Sequence[str]) -> Dict[str, float]:
        if not pieces:
            return {}
        topics = _softmax(self.quick.read(pieces)["topics"])
        return {self.quick.names["topics"][row.argmax()]: float(row.max()) for row in topics}

    def _by_worry(self, urgency: np.ndarray) -> List[int]:
        column = {name: i for i, name in enumerate(self.quick.names["urgency"])}
        worry = urgency[:, column[EMERGENCY]] * 2 + urgency[:, column[URGENT]]
        return [int(row) for row in np.argsort(-worry, kind="stable")]

    def _named(self, head: str, values: np.ndarray) -> Dict[str, float]:
        return {name: float(value) for name, value in zip(self.quick.names[head], values)}


def _layer(heads: Mapping[str, np.ndarray], name: str) -> Tuple[np.ndarray, np.ndarray]:
    return heads[f"{name}_weights"].astype(np.float32), heads[f"{name}_bias"]


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


SCALES: Mapping[str, Scale] = {"flags": lambda logits: logits, "urgency": _log_softmax, "topics": _log_softmax}
