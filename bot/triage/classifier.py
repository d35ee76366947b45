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
HEADS = ("flags", "urgency", "topics")
SHAPES = 0.30  # share of a message's letter groups in each score; the rest is the encoder's


@dataclass(frozen=True)
class Scores:
    """Probabilities by name. `urgency` and `topics` sum to one, `flags` each stand alone. `asked` are
    the likeliest topics of the pieces of a message that asks several things."""

    flags: Mapping[str, float]
    urgency: Mapping[str, float]
    topics: Mapping[str, float]
    asked: Mapping[str, float] = field(default_factory=dict)


class Classifier:
    """The trained model of the folder that `make train` writes."""

    def __init__(self, folder: Path):
        self._encoder = Encoder(folder)
        with np.load(folder / "heads.npz") as heads:
            self._heads = {name: (heads[f"{name}_weights"], heads[f"{name}_bias"]) for name in HEADS}
            shapes = {name: (heads[f"{name}_shapes_weights"], heads[f"{name}_shapes_bias"]) for name in HEADS}
            self._shapes = {name: (weights.astype(np.float32), bias) for name, (weights, bias) in shapes.items()}
        self._names: Dict[str, List[str]] = json.loads((folder / "names.json").read_text("utf-8"))

    @classmethod
    def load(cls, folder: Path = CLASSIFIER) -> Optional["Classifier"]:
        """The trained classifier, or None where none was trained yet."""
        return cls(folder) if (folder / "heads.npz").exists() else None

    def scores(self, stretches: Sequence[str], pieces: Sequence[str] = ()) -> Scores:
        """Scores of a message read in `stretches`: the most worrying stretch decides. `pieces` are the
        things that it asks one after the other."""
        rows, places = self._read(stretches)
        flags = _sigmoid(self._mixed("flags", rows, places, lambda logits: logits)).max(axis=0)
        urgency = _softmax(self._mixed("urgency", rows, places, _log_softmax))
        topics = _softmax(self._mixed("topics", rows, places, _log_softmax)).max(axis=0)
        return Scores(
            flags=self._named("flags", flags),
            urgency=self._named("urgency", self._most_worrying(urgency)),
            topics=self._named("topics", topics / topics.sum()),
            asked=self._asked(pieces),
        )

    def _read(self, texts: Sequence[str]) -> Tuple[np.ndarray, List[np.ndarray]]:
        return self._encoder.encode(texts), [ngrams(text) for text in texts]

    def _asked(self, pieces: Sequence[str]) -> Dict[str, float]:
        if not pieces:
            return {}
        rows, places = self._read(pieces)
        topics = _softmax(self._mixed("topics", rows, places, _log_softmax))
        return {self._names["topics"][row.argmax()]: float(row.max()) for row in topics}

    def _mixed(self, head: str, rows: np.ndarray, places: Sequence[np.ndarray], scale: Scale) -> np.ndarray:
        """What encoder and letter groups say together, one row of logits per stretch."""
        (weights, bias), (groups, group_bias) = self._heads[head], self._shapes[head]
        by_shape = np.vstack([groups[found].sum(axis=0) / len(found) ** 0.5 + group_bias for found in places])
        return (1 - SHAPES) * scale(rows @ weights + bias) + SHAPES * scale(by_shape)

    def _most_worrying(self, urgency: np.ndarray) -> np.ndarray:
        column = {name: i for i, name in enumerate(self._names["urgency"])}
        worry = urgency[:, column[EMERGENCY]] * 2 + urgency[:, column[URGENT]]
        return urgency[int(worry.argmax())]

    def _named(self, head: str, values: np.ndarray) -> Dict[str, float]:
        return {name: float(value) for name, value in zip(self._names[head], values)}


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
