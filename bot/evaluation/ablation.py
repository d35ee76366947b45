"""The gate with parts of it taken away, to see what each part is worth."""

from dataclasses import replace
from pathlib import Path
from typing import Dict

from bot.paths import DELTAS, ROOT
from bot.training.build import write_classifier
from bot.training.encoder import base_weights
from bot.training.freshness import CLASSIFIER_MODEL, train
from bot.triage.classifier import Classifier
from bot.triage.gate import Gate
from bot.triage.rules import Rules, load_rules

RULES, WHOLE = "rules alone", "rules and fine-tuned encoder"


def gates(tuned: Classifier) -> Dict[str, Gate]:
    """Gates by name. All decide by the same thresholds."""
    train(FROZEN)
    frozen = Classifier(FROZEN.path)
    return {
        RULES: Gate(),
        "frozen encoder alone": Gate(_no_rules(), frozen),
        "fine-tuned encoder alone": Gate(_no_rules(), tuned),
        "rules and frozen encoder": Gate(classifier=frozen),
        WHOLE: Gate(classifier=tuned),
    }


def _no_rules() -> Rules:
    return replace(load_rules(), signs=(), combinations=(), vitals={})


def _make_frozen(target: Path) -> None:
    """What `bot.training.build` makes, but from the encoder as it was before fine-tuning."""
    write_classifier(target, base_weights())


FROZEN = replace(
    CLASSIFIER_MODEL,
    name="the heads over the frozen encoder",
    path=ROOT / "reports" / "frozen",
    sources=tuple(source for source in CLASSIFIER_MODEL.sources if source != DELTAS),
    make=_make_frozen,
)
