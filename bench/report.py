"""The figures as a table and a plot, each with the bound it is held to."""

import os
import platform
from pathlib import Path
from typing import Any, Dict, List, Tuple

import matplotlib.pyplot as plt

Row = Tuple[str, float, float, str, float]  # what, ours, stock, unit, the highest ratio allowed

HEAD = """# Benchmark

`make bench` measured this bot and stock Rasa one after the other on the same machine ({cores} cores,
{machine}). Stock Rasa is the pipeline of `rasa init` (DIET, TED and UnexpecTED), trained on {messages} of
our messages (one hand, at most 10 of each topic: a subset, so that it trains in minutes), with its
custom action over HTTP by `rasa run actions`; it quotes the same guidance text. It has no gate, no
front and no safety net. Ready means: an everyday question has been answered.

![Ratios to stock Rasa](bench.png)

| | this bot | stock Rasa | ratio | at most |
| --- | ---: | ---: | ---: | ---: |
"""
ALONE = """
| this bot alone | | at most |
| --- | ---: | ---: |
"""


def write_table(found: Dict[str, Any], path: Path) -> None:
    """Writes the Markdown page."""
    head = HEAD.format(cores=os.cpu_count(), machine=platform.machine(), messages=found["messages"])
    compared = [
        f"| {what} | {_short(ours)} {unit} | {_short(stock)} {unit} | {ours / stock:.2f} | {_bound(most)} |"
        for what, ours, stock, unit, most in _compared(found)
    ]
    alone = [f"| {what} | {_short(value)} {unit} | {most:g} {unit} |" for what, value, unit, most in _alone(found)]
    path.write_text(head + "\n".join(compared) + "\n" + ALONE + "\n".join(alone) + "\n", encoding="utf-8")


def write_plot(found: Dict[str, Any], path: Path) -> None:
    """Draws each ratio to stock Rasa, with a mark where it must not pass."""
    rows = _compared(found)[::-1]
    figure, axes = plt.subplots(figsize=(8, 2.8), layout="constrained")
    axes.barh([row[0] for row in rows], [row[1] / row[2] for row in rows], color="#2a7f86", label="this bot")
    axes.axvline(1, color="#444444", linewidth=1, label="stock Rasa")
    for place, row in enumerate(rows):
        if row[4]:
            axes.plot(
                [row[4]] * 2, [place - 0.4, place + 0.4], color="#c0392b", label="at most" if place == 0 else None
            )
        axes.text(row[1] / row[2], place, f" {row[1] / row[2]:.2f}", va="center")
    axes.set_xlabel("ratio to stock Rasa (less is better)")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    figure.savefig(path, dpi=150)


def _compared(found: Dict[str, Any]) -> List[Row]:
    ours, stock = found["ours"], found["stock"]
    return [
        ("ready", ours["ready_s"], stock["ready_s"], "s", 0.2),
        ("everyday turn, p50", ours["turn_ms"]["p50"], stock["turn_ms"]["p50"], "ms", 0.25),
        ("everyday turn, p99", ours["turn_ms"]["p99"], stock["turn_ms"]["p99"], "ms", 0),
        ("memory of all processes", ours["memory_mb"], stock["memory_mb"], "MB", 0.8),
    ]


def _alone(found: Dict[str, Any]) -> List[Tuple[str, float, str, float]]:
    ours, gate = found["ours"], found["gate"]
    return [
        ("first red flag answered after the start", ours["gate_ready_s"], "s", 3),
        ("red flag answered with Rasa dead, p99", ours["emergency_rasa_dead_ms"]["p99"], "ms", 1000),
        ("gate's verdict on rules alone, p99", gate["rules_ms"]["p99"], "ms", 10),
        ("gate's verdict with the encoder, p50", gate["encoder_ms"]["p50"], "ms", 15),
        ("turns 191 to 200 to turns 2 to 11", ours["late_to_early"], "times", 1.5),
    ]


def _bound(most: float) -> str:
    return f"{most:g}" if most else ""


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"
