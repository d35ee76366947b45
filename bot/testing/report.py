"""All conversations in one HTML file: searchable, those that failed first."""

from pathlib import Path
from typing import Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.testing.stage import Played

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write_report(played: Sequence[Played], path: Path) -> None:
    """Writes a file that needs no other."""
    ordered = sorted(played, key=lambda each: each.broken is None)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGES.get_template("report.html").render(played=ordered), encoding="utf-8")
