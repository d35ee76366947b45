"""Prints the tables of steps in docs/testing.md; the source is the schema alone."""

import json
from typing import Any, Dict, Sequence, Tuple

from bot.testing.cases import GIVEN, schema
from bot.testing.steps import DOES

HEAD = ["| step | what it means | for example |", "| --- | --- | --- |"]


def steps_tables() -> Tuple[str, str]:
    """Two Markdown tables: what the patient does, and what must then hold."""
    known = schema()["$defs"]["step"]["properties"]
    does = [name for name in known if name in DOES or name == GIVEN]
    return _table(does, known), _table([name for name in known if name not in does], known)


def _table(names: Sequence[str], known: Dict[str, Any]) -> str:
    rows = [f"| `{name}` | {known[name]['description']} | `{_example(name, known[name])}` |" for name in names]
    return "\n".join([*HEAD, *rows])


def _example(name: str, step: Dict[str, Any]) -> str:
    shown = json.dumps(step["examples"][0], ensure_ascii=False)
    return f"{name}: {shown}"


if __name__ == "__main__":
    print("\n\n".join(steps_tables()))
