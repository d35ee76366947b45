"""`bot evaluate`: from labelled messages to figures, plots and a report."""

import json
import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Dict, List, Sequence

from bot.evaluation.ablation import RULES, WHOLE, gates
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
    found = _measured(read_sets(paths) if paths else own_sets(), gates(classifier))
    report = write(found, REPORTS)
    if docs:
        write_docs(found, ROOT / "docs" / "evaluation.md")
    return report


def write(found: Dict[str, Any], folder: Path) -> Path:
    """Writes figures.json and report.html to the folder; returns where the report is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    return write_report(found, folder / "report.html")


def _measured(sets: Dict[str, List[Case]], gates: Dict[str, Gate]) -> Dict[str, Any]:
    typed = [case.text for cases in sets.values() for case in cases]
    found = figures(sets, gates)
    return {**found, "latency": latencies({name: gates[name] for name in (RULES, WHOLE)}, typed)}


def figures(sets: Dict[str, List[Case]], gates: Dict[str, Gate]) -> Dict[str, Any]:
    """What the gates get right and wrong, as plain JSON types. Plots and lists are those of the whole gate."""
    whole = gates[WHOLE]
    cases = [case for of in sets.values() for case in of]
    answers = {name: answered(whole, of, name) for name, of in sets.items()}
    every = [answer for of in answers.values() for answer in of]
    found = {
        "sets": {name: _counted(of) for name, of in {**answers, ALL: every}.items()},
        "languages": {name: _counted(of) for name, of in _by_language(every).items()},
        "flags": by_flag(every),
        "reliability": reliability(every),
        "confusions": confusions(every),
        "misses": texts(a for a in every if a.case.emergency and not a.safe),
        "false_alarms": texts(a for a in every if a.case.everyday and a.alarmed),
        "ablation": {name: measure(answered(gate, cases, name)) for name, gate in gates.items()},
        "robustness": {name: measure(answered(whole, of, name)) for name, of in _retyped(cases).items()},
    }
    return json.loads(json.dumps(found, default=asdict))


def answered(gate: Gate, cases: Sequence[Case], title: str) -> List[Answer]:
    """What the gate says of each case."""
    return [Answer(case, gate.assess(case.text)) for case in watched(cases, title)]


def _counted(answers: Sequence[Answer]) -> Dict[str, Any]:
    emergencies = sum(answer.case.emergency for answer in answers)
    return {"messages": len(answers), "emergencies": emergencies, "figures": measure(answers)}


def _by_language(answers: Sequence[Answer]) -> Dict[str, List[Answer]]:
    spanish = [answer for answer in answers if answer.case.spanish]
    return {"English": [answer for answer in answers if not answer.case.spanish], "Spanish": spanish}


def _retyped(cases: Sequence[Case]) -> Dict[str, List[Case]]:
    return {name: [replace(c, text=typed(c.text)) for c in cases] for name, typed in perturbations().items()}
