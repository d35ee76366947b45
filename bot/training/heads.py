"""Fits the classifier's heads: logistic regressions over the encoder's points."""

from typing import Dict, List, Sequence, Tuple, Union

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression, SGDClassifier

from bot.training.messages import Message
from bot.triage.assessment import EMERGENCY, RED_FLAGS, ROUTINE, URGENT
from bot.triage.ngrams import SIZE, ngrams

URGENCY = [EMERGENCY, URGENT, ROUTINE]
SHRINKAGE = 5e-6  # regularisation of the letter groups
STRENGTH = 2.0  # inverse regularisation; the calibration of held-out hands is best about here


def names(messages: Sequence[Message]) -> Dict[str, List[str]]:
    """The names of each head's outputs, in order."""
    topics = sorted({m.topic for m in messages})
    return {"flags": list(RED_FLAGS), "urgency": URGENCY, "topics": topics}


def fit_heads(rows: np.ndarray, shapes: csr_matrix, messages: Sequence[Message]) -> Dict[str, np.ndarray]:
    """Weights and biases by head, as `Classifier` reads them: over the encoder's points (`rows`), and
    for topics over letter groups (`shapes`) too."""
    heads: Dict[str, np.ndarray] = {}
    flags = [_fit(rows, [flag in m.red_flags for m in messages]) for flag in RED_FLAGS]
    heads["flags_weights"] = np.hstack([f.coef_.T for f in flags])
    heads["flags_bias"] = np.hstack([f.intercept_ for f in flags])
    known, topics = names(messages), [m.topic for m in messages]
    for head, labels in (("urgency", [m.urgency for m in messages]), ("topics", topics)):
        heads[f"{head}_weights"], heads[f"{head}_bias"] = _ordered(_fit(rows, labels), known[head])
    by_shape = SGDClassifier(loss="log_loss", alpha=SHRINKAGE, max_iter=10, tol=None, random_state=0)
    heads["shapes_weights"], heads["shapes_bias"] = _ordered(by_shape.fit(shapes, topics), known["topics"])
    small = {"shapes_weights": heads["shapes_weights"].astype(np.float16)}
    return {**{name: value.astype(np.float32) for name, value in heads.items()}, **small}


def shapes_of(texts: Sequence[str]) -> csr_matrix:
    """One row of letter groups for each plain text, of length one."""
    places = [ngrams(text) for text in texts]
    values = np.concatenate([np.full(len(p), len(p) ** -0.5, np.float32) for p in places])
    ends = np.cumsum([0] + [len(p) for p in places])
    return csr_matrix((values, np.concatenate(places), ends), shape=(len(places), SIZE))


def _ordered(fitted: Union[LogisticRegression, SGDClassifier], names: List[str]) -> Tuple[np.ndarray, np.ndarray]:
    order = [list(fitted.classes_).index(name) for name in names]
    return fitted.coef_[order].T, fitted.intercept_[order]


def _fit(rows: np.ndarray, labels: Sequence[object]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=1000).fit(rows, np.array(labels))
