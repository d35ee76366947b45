"""How likely each red flag, urgency and topic is, by the trained heads over the encoder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence

import numpy as np

from bot.paths import CLASSIFIER
from bot.triage.assessment import EMERGENCY, URGENT
from bot.triage.encoder import Encoder
from bot.triage.ngrams import ngrams

HEADS = ("flags", "urgency", "topics")
SHAPES = 0.25  # share of a message's letter groups in its topics; the rest is the encoder's


@dataclass(frozen=True)
class Scores:
    """Probabilities by name. `urgency` and `topics` sum to one, `flags` each stand alone."""

    flags: Mapping[str, float]
    urgency: Mapping[str, float]
    topics: Mapping[str, float]


class Classifier:
    """The trained model of the folder that `make train` writes."""

    def __init__(self, folder: Path):
        self._encoder = Encoder(folder)
        with np.load(folder / "heads.npz") as heads:
            self._heads = {name: (heads[f"{name}_weights"], heads[f"{name}_bias"]) for name in HEADS}
            self._shapes = heads["shapes_weights"].astype(np.float32), heads["shapes_bias"]
        self._names: Dict[str, List[str]] = json.loads((folder / "names.json").read_text("utf-8"))

    @classmethod
    def load(cls, folder: Path = CLASSIFIER) -> Optional["Classifier"]:
        """The trained classifier, or None where none was trained yet."""
        return cls(folder) if (folder / "heads.npz").exists() else None

    def scores(self, stretches: Sequence[str]) -> Scores:
        """Scores of a message read in `stretches`: the most worrying stretch decides."""
        rows = self._encoder.encode(stretches)
        flags = _sigmoid(self._logits("flags", rows)).max(axis=0)
        urgency = _softmax(self._logits("urgency", rows))
        topics = self._topics(rows, stretches).max(axis=0)
        return Scores(
            flags=self._named("flags", flags),
            urgency=self._named("urgency", self._most_worrying(urgency)),
            topics=self._named("topics", topics / topics.sum()),
        )

    def _logits(self, head: str, rows: np.ndarray) -> np.ndarray:
        weights, bias = self._heads[head]
        return rows @ weights + bias

    def _topics(self, rows: np.ndarray, stretches: Sequence[str]) -> np.ndarray:
        """What encoder and letter groups say together, one row of probabilities per stretch."""
        weights, bias = self._shapes
        shapes = [ngrams(stretch) for stretch in stretches]
        by_shape = np.vstack([weights[places].sum(axis=0) / len(places) ** 0.5 + bias for places in shapes])
        by_point = self._logits("topics", rows)
        return _softmax((1 - SHAPES) * _log_softmax(by_point) + SHAPES * _log_softmax(by_shape))

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
