"""The report's plots, each as a picture that an HTML page can hold."""

import base64
import io
from typing import Any, Dict, List, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, ACCENT, SOFT = "#444444", "#2a7f86", "#c98a2b"
matplotlib.rcParams.update({"svg.hashsalt": "evaluation", "axes.spines.top": False, "axes.spines.right": False})


def plots(found: Dict[str, Any]) -> Dict[str, str]:
    """Data addresses of the plots by name."""
    return {
        "flags": _flags(found["flags"]),
        "reliability": _reliability(found["reliability"]["bins"]),
        "confusions": _confusions(found["confusions"]),
        "latency": _latency(found["latency"]),
    }


def _flags(flags: Dict[str, Any]) -> str:
    figure, axes = _page(7, 0.4 * len(flags) + 1.3)
    places = np.arange(len(flags))[::-1]
    for key, label, colour, aside in (
        ("safe", "answered with the script or the check question", ACCENT, 0.12),
        ("named", "this red flag named", SOFT, -0.12),
    ):
        shares = [of[key] for of in flags.values()]
        axes.errorbar(
            _percent(shares), places + aside, xerr=_reach(shares), fmt="o", color=colour, label=label, capsize=2
        )
    axes.set_yticks(places, [f"{flag} ({of['safe']['n']})" for flag, of in flags.items()])
    axes.set_xlabel("% of its emergencies, with 95 % interval")
    figure.legend(loc="outside upper left", frameon=False, ncols=2)
    return _picture(figure)


def _reliability(bins: List[Dict[str, Any]]) -> str:
    figure, axes = _page(5, 4.6)
    shares = [of["emergencies"] for of in bins]
    axes.plot([0, 100], [0, 100], color=INK, linewidth=1, linestyle=":", label="perfect")
    axes.errorbar(
        [100 * of["score"] for of in bins], _percent(shares), yerr=_reach(shares), fmt="o-", color=ACCENT, capsize=2
    )
    for of, part in zip(bins, shares):
        axes.annotate(
            f"{part['n']}", (100 * of["score"], 100 * part["value"]), (6, -11), textcoords="offset points", fontsize=8
        )
    axes.set(xlabel="emergency score, % (mean of each tenth)", ylabel="% that were emergencies, with 95 % interval")
    axes.legend(frameon=False)
    return _picture(figure)


def _confusions(counted: List[Dict[str, Any]]) -> str:
    names = sorted({of[key] for of in counted for key in ("labelled", "said")})
    place = {name: i for i, name in enumerate(names)}
    grid = np.zeros((len(names), len(names)))
    for of in counted:
        grid[place[of["labelled"]], place[of["said"]]] = of["n"]
    shares = 100 * grid / np.maximum(grid.sum(axis=1, keepdims=True), 1)
    figure, axes = _page(9, 8.4)
    picture = axes.imshow(shares, cmap="YlGnBu", vmin=0, vmax=100)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set(xlabel="answered as", ylabel="labelled")
    figure.colorbar(picture, ax=axes, shrink=0.6, label="% of the labelled topic")
    return _picture(figure)


def _latency(measured: Dict[str, Any]) -> str:
    figure, axes = _page(6.5, 4)
    for (name, rows), colour in zip(measured.items(), (SOFT, ACCENT)):
        words = [row["words"] for row in rows]
        axes.plot(words, [row["p50"] for row in rows], "o-", color=colour, label=f"{name}, p50")
        axes.plot(words, [row["p99"] for row in rows], "o:", color=colour, label=f"{name}, p99", markersize=3)
    axes.set(xscale="log", yscale="log", xlabel="words in the message", ylabel="milliseconds for a verdict")
    axes.set_xticks(words, [str(count) for count in words])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    return _picture(figure)


def _page(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _percent(shares: Sequence[Dict[str, float]]) -> np.ndarray:
    return 100 * np.array([of["value"] for of in shares])


def _reach(shares: Sequence[Dict[str, float]]) -> np.ndarray:
    """How far the interval goes below and above each share, in percent points."""
    reach = [[of["value"] - of["low"], of["high"] - of["value"]] for of in shares]
    return 100 * np.maximum(np.array(reach).T, 0)


def _picture(figure: Figure) -> str:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
