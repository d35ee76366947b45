"""The figures as pages: an HTML report with plots, and docs/evaluation.md."""

from pathlib import Path
from typing import Any, Dict, Optional

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.evaluation.figures import FIGURES, LESS_IS_BETTER
from bot.evaluation.plots import plots

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=lambda name: bool(name and name.endswith(".html")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def write_report(found: Dict[str, Any], path: Path) -> Path:
    """Writes one HTML file that needs no other; returns its path."""
    return _write("report.html", path, found=found, plots=plots(found))


def write_docs(found: Dict[str, Any], path: Path) -> Path:
    """Writes the Markdown page; returns its path."""
    return _write("evaluation.md", path, found=found)


def _write(page: str, path: Path, **values: Any) -> Path:
    rendered = PAGES.get_template(page).render(figures=FIGURES, **values)
    path.write_text(rendered, encoding="utf-8")
    return path


def _percent(share: Optional[Dict[str, float]]) -> str:
    return f"{100 * share['value']:.1f} %" if share else "–"


def _with_interval(share: Optional[Dict[str, float]]) -> str:
    return f"{_percent(share)} ({100 * share['low']:.1f} to {100 * share['high']:.1f})" if share else "–"


def _points_lost(name: str, before: Dict[str, Any], after: Dict[str, Any]) -> str:
    """By how many percent points the figure is worse; negative where it is better."""
    if name not in before or name not in after:
        return "–"
    rise = 100 * (after[name]["value"] - before[name]["value"])
    return f"{rise if name in LESS_IS_BETTER else -rise:+z.1f}"


PAGES.filters.update(percent=_percent, interval=_with_interval, transposed=lambda rows: zip(*rows))
PAGES.globals.update(points_lost=_points_lost)
