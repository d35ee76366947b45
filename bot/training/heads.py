"""Fits the classifier's heads: logistic regressions over the encoder's points."""

from typing import Dict, List, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.training.messages import Message
from bot.triage.assessment import EMERGENCY, RED_FLAGS, ROUTINE, URGENT

URGENCY = [EMERGENCY, URGENT, ROUTINE]
STRENGTH = 2.0  # inverse regularisation; the calibration of held-out hands is best about here


def names(messages: Sequence[Message]) -> Dict[str, List[str]]:
    """The names of each head's outputs, in order."""
    topics = sorted({m.topic for m in messages})
    return {"flags": list(RED_FLAGS), "urgency": URGENCY, "topics": topics}


def fit_heads(rows: np.ndarray, messages: Sequence[Message]) -> Dict[str, np.ndarray]:
    """Weights and biases by head, as `Classifier` reads them."""
    known = names(messages)
    heads: Dict[str, np.ndarray] = {}
    flags = [_fit(rows, [flag in m.red_flags for m in messages]) for flag in RED_FLAGS]
    heads["flags_weights"] = np.hstack([f.coef_.T for f in flags])
    heads["flags_bias"] = np.hstack([f.intercept_ for f in flags])
    for head, labels in (("urgency", [m.urgency for m in messages]), ("topics", [m.topic for m in messages])):
        fitted = _fit(rows, labels)
        order = [list(fitted.classes_).index(name) for name in known[head]]
        heads[f"{head}_weights"] = fitted.coef_[order].T
        heads[f"{head}_bias"] = fitted.intercept_[order]
    return {name: value.astype(np.float32) for name, value in heads.items()}


def _fit(rows: np.ndarray, labels: Sequence[object]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=1000).fit(rows, np.array(labels))
