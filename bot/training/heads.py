"""Fits the classifier's heads: logistic regressions over the encoder's points."""

from typing import Callable, Dict, Iterator, List, Sequence, Tuple, Union

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression, SGDClassifier

from bot.training.messages import Message
from bot.triage.assessment import EMERGENCY, RED_FLAGS, ROUTINE, URGENT
from bot.triage.ngrams import SIZE, ngrams

Inputs = Union[np.ndarray, csr_matrix]
Fit = Callable[[Inputs, Sequence[object]], Union[LogisticRegression, SGDClassifier]]

URGENCY = [EMERGENCY, URGENT, ROUTINE]
SHRINKAGE = 5e-6  # regularisation of the letter groups
STRENGTH = 0.5  # inverse regularisation; more makes the heads too sure of voices that they never heard


def names(messages: Sequence[Message]) -> Dict[str, List[str]]:
    """The names of each head's outputs, in order."""
    topics = sorted({m.topic for m in messages})
    return {"flags": list(RED_FLAGS), "urgency": URGENCY, "topics": topics}


def heads_by_point(rows: np.ndarray, messages: Sequence[Message]) -> Dict[str, np.ndarray]:
    """Weights and biases over the encoder's points (`rows`, one for each message), as `Classifier` reads them."""
    return {f"{name}_{part}": value.astype(np.float32) for name, part, value in _heads(rows, _by_point, messages)}


def heads_by_shape(shapes: csr_matrix, messages: Sequence[Message]) -> Dict[str, np.ndarray]:
    """Weights and biases over letter groups (`shapes`, one row for each message), as `Classifier` reads them."""
    kind = {"weights": np.float16, "bias": np.float32}
    found = _heads(shapes, _by_shape, messages)
    return {f"{name}_shapes_{part}": value.astype(kind[part]) for name, part, value in found}


def _heads(inputs: Inputs, fit: Fit, messages: Sequence[Message]) -> Iterator[Tuple[str, str, np.ndarray]]:
    flags = [fit(inputs, [flag in m.red_flags for m in messages]) for flag in RED_FLAGS]
    yield "flags", "weights", np.hstack([f.coef_.T for f in flags])
    yield "flags", "bias", np.hstack([f.intercept_ for f in flags])
    known = names(messages)
    for head, labels in (("urgency", [m.urgency for m in messages]), ("topics", [m.topic for m in messages])):
        fitted = fit(inputs, labels)
        order = [list(fitted.classes_).index(name) for name in known[head]]
        yield head, "weights", fitted.coef_[order].T
        yield head, "bias", fitted.intercept_[order]


def shapes_of(texts: Sequence[str]) -> csr_matrix:
    """One row of letter groups for each plain text, of length one."""
    places = [ngrams(text) for text in texts]
    values = np.concatenate([np.full(len(p), len(p) ** -0.5, np.float32) for p in places])
    ends = np.cumsum([0] + [len(p) for p in places])
    return csr_matrix((values, np.concatenate(places), ends), shape=(len(places), SIZE))


def _by_point(rows: Inputs, labels: Sequence[object]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=1000).fit(rows, np.array(labels))


def _by_shape(rows: Inputs, labels: Sequence[object]) -> SGDClassifier:
    fitting = SGDClassifier(loss="log_loss", alpha=SHRINKAGE, max_iter=10, tol=None, random_state=0)
    return fitting.fit(rows, np.array(labels))
