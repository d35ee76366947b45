"""Runs the benchmark and writes reports/bench.json, docs/benchmark.md and docs/bench.png."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any, Dict, List

from rich.console import Console

from bench import ours, stock
from bench.report import write_plot, write_table
from bot.paths import ROOT
from bot.training.messages import Message, load_messages
from bot.triage.assessment import EMERGENCY, ROUTINE

HAND = "young_us"  # the subset that stock Rasa can learn in minutes
EACH, TURNS, VERDICTS, DANGERS, WORDS = 10, 200, 500, 100, 100


def main() -> None:
    """Both bots, one after the other, on this machine."""
    (ROOT / "reports").mkdir(exist_ok=True)
    messages = _subset()
    texts = [m.text for m in messages if m.urgency == ROUTINE and not m.also][::7]
    found = {"messages": len(messages), **_ours(texts), **_stock(messages, texts)}
    (ROOT / "reports" / "bench.json").write_text(json.dumps(found, indent=2))
    write_table(found, ROOT / "docs" / "benchmark.md")
    write_plot(found, ROOT / "docs" / "bench.png")


def _subset() -> List[Message]:
    """At most EACH messages of every topic, all by one hand."""
    taken: Dict[str, List[Message]] = {}
    for message in load_messages():
        if message.hand == HAND and len(taken.setdefault(message.topic, [])) < EACH:
            taken[message.topic].append(message)
    return [message for topic in taken.values() for message in topic]


def _ours(texts: List[str]) -> Dict[str, Any]:
    unseen = load_messages(ROOT / "tests" / "messages")
    short = [m.text for m in unseen if len(m.text.split()) <= WORDS][:: max(1, len(unseen) // VERDICTS)]
    dangers = [m.text for m in load_messages() if m.urgency == EMERGENCY and m.hand == HAND][:DANGERS]
    measured = asyncio.run(ours.measure(texts, dangers, TURNS))
    late = asyncio.run(ours.late_to_early(texts))
    return {"gate": ours.measure_gate(short), "ours": {**measured, "late_to_early": late}}


def _stock(messages: List[Message], texts: List[str]) -> Dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        with Console().status(f"Training stock Rasa on {len(messages)} messages (minutes)"):
            stock.build(Path(folder), messages)
        return {"stock": asyncio.run(stock.measure(Path(folder), texts, TURNS))}


if __name__ == "__main__":
    main()
