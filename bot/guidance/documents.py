"""Markdown files with a header of YAML between '---' lines, as the guidance text is kept."""

from pathlib import Path
from typing import Any, Dict, Tuple

import yaml


class BadGuidance(ValueError):
    """A file of data/guidance is wrong; the message says which and why."""


def read_document(path: Path) -> Tuple[Dict[str, Any], str]:
    """Header and text of the file. Raises BadGuidance where there is no header."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise BadGuidance(f"{path.name}: needs a header between two lines of ---")
    return yaml.safe_load(parts[1]), parts[2].strip()


def required(header: Dict[str, Any], key: str, path: Path) -> Any:
    """The header's value. Raises BadGuidance where it is missing."""
    if not header.get(key):
        raise BadGuidance(f"{path.name}: needs {key!r} in its header")
    return header[key]
