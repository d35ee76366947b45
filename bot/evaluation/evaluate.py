"""`bot evaluate`: from labelled messages to figures, plots and a report."""

import json
import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Dict, List, Sequence

from bot.evaluation.ablation import gates
from bot.evaluation.cases import Case, own_sets, read_sets
from bot.evaluation.figures import Answer, by_flag, confusions, measure, reliability, texts
from bot.evaluation.latency import latencies
from bot.evaluation.perturbations import perturbations
from bot.evaluation.progress import watched
from bot.evaluation.report import write_docs, write_report
from bot.paths import ROOT
from bot.triage.classifier import Classifier
from bot.triage.gate import Gate

REPORTS = ROOT / "reports" / "evaluation"
ALL = "all together"


class CannotEvaluate(RuntimeError):
    """Something that the evaluation needs is not there; the message says what."""


def evaluate(paths: Sequence[Path], docs: bool) -> Path:
    """Evaluates the files, or without any the project's own sets, and writes figures.json and the report.

    Returns where the report is. `docs` also writes docs/evaluation.md. Raises CannotEvaluate, BadCases, OSError.
    """
    if docs and paths:
        raise CannotEvaluate("docs/evaluation.md is about the project's own sets: give no files")
    classifier = Classifier.load()
    if classifier is None:
        raise CannotEvaluate("the classifier is not trained yet: run `make train`")
    logging.basicConfig(level=logging.ERROR)  # the quantiser's advice does not fit this model
    found = figures(read_sets(paths) if paths else own_sets(), gates(classifier))
    report = write(found, REPORTS)
    if docs:
        write_docs(found, ROOT / "docs" / "evaluation.md")
    return report


def write(found: Dict[str, Any], folder: Path) -> Path:
    """Writes figures.json and report.html to the folder; returns where the report is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    return write_report(found, folder / "report.html")


def figures(sets: Dict[str, List[Case]], gates: Dict[str, Gate]) -> Dict[str, Any]:
    """Everything that is reported, as plain JSON types. The last of `gates` is the whole gate."""
    cases = [case for of in sets.values() for case in of]
    *parts, whole = gates
    answers = {name: answered(gates[whole], of, name) for name, of in sets.items()}
    every = [answer for of in answers.values() for answer in of]
    ablated = {name: measure(answered(gates[name], cases, name)) for name in parts}
    found = {
        "sets": {**{name: _counted(of) for name, of in answers.items()}, ALL: _counted(every)},
        "languages": _by_language(every),
        "flags": by_flag(every),
        "reliability": reliability(every),
        "ablation": {**ablated, whole: measure(every)},
        "robustness": _robustness(gates[whole], cases),
        "latency": {name: latencies(name, gates[name], [c.text for c in cases]) for name in (parts[0], whole)},
        "confusions": confusions(every),
        "misses": texts(a for a in every if a.case.emergency and not a.safe),
        "false_alarms": texts(a for a in every if a.case.everyday and a.alarmed),
    }
    return _plain(found)


def answered(gate: Gate, cases: Sequence[Case], title: str) -> List[Answer]:
    """What the gate says of each case."""
    return [Answer(case, gate.assess(case.text)) for case in watched(cases, title)]


def _counted(answers: Sequence[Answer]) -> Dict[str, Any]:
    emergencies = sum(answer.case.emergency for answer in answers)
    return {"messages": len(answers), "emergencies": emergencies, "figures": measure(answers)}


def _by_language(answers: Sequence[Answer]) -> Dict[str, Any]:
    spoken = {"English": [a for a in answers if not a.case.spanish], "Spanish": [a for a in answers if a.case.spanish]}
    return {language: _counted(of) for language, of in spoken.items()}


def _robustness(gate: Gate, cases: Sequence[Case]) -> Dict[str, Any]:
    return {
        name: measure(answered(gate, [replace(case, text=retyped(case.text)) for case in cases], name))
        for name, retyped in perturbations().items()
    }


def _plain(found: Any) -> Any:
    return json.loads(json.dumps(found, default=asdict))
