"""The gate with parts of it taken away, to see what each part is worth."""

from dataclasses import replace
from pathlib import Path
from typing import Dict

from bot.paths import QUICK, ROOT, THOROUGH
from bot.training.bases import MINILM
from bot.training.build import write_quick
from bot.training.freshness import CLASSIFIER_MODEL, train
from bot.triage.classifier import Classifier, Reader
from bot.triage.gate import Gate
from bot.triage.rules import Rules, load_rules

RULES, WHOLE = "rules alone", "rules and both readers"


def gates(tuned: Classifier) -> Dict[str, Gate]:
    """Gates by name. All decide by the same thresholds."""
    train(FROZEN)
    frozen, quick = Classifier(Reader(FROZEN.path)), Classifier(tuned.quick)
    return {
        RULES: Gate(),
        "frozen encoder alone": Gate(_no_rules(), frozen),
        "quick reader alone": Gate(_no_rules(), quick),
        "both readers alone": Gate(_no_rules(), tuned),
        "rules and frozen encoder": Gate(classifier=frozen),
        "rules and quick reader": Gate(classifier=quick),
        WHOLE: Gate(classifier=tuned),
    }


def _no_rules() -> Rules:
    return replace(load_rules(), signs=(), combinations=(), vitals={})


def _make_frozen(target: Path) -> None:
    """The quick reader, but over its encoder as it was before fine-tuning."""
    write_quick(target, MINILM.weights())


FROZEN = replace(
    CLASSIFIER_MODEL,
    name="the heads over the frozen encoder",
    path=ROOT / "reports" / "frozen",
    sources=tuple(source for source in CLASSIFIER_MODEL.sources if source not in (QUICK, THOROUGH)),
    make=_make_frozen,
)
