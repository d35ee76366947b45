"""What was said in a conversation, so that it comes back after a reload and can be summed up for a visit."""

import json
import time
from dataclasses import dataclass
from typing import Any, Dict, List, Sequence

import sqlalchemy as sql

from bot.front.database import Database, tables

PATIENT, BOT = "patient", "bot"
PAGE = 200  # messages read at once

_table = sql.Table(
    "messages",
    tables,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("name", sql.String(80), nullable=False, index=True),
    sql.Column("touched", sql.Float, nullable=False, index=True),
    sql.Column("by", sql.String(8), nullable=False),
    sql.Column("content", sql.Text, nullable=False),
)


@dataclass(frozen=True)
class Said:
    """One message of a conversation. `id` grows; `at` is in seconds since the epoch; `by` is patient
    or bot; `content` is what the channel needs to show it again, with at least a `text`."""

    id: int
    at: float
    by: str
    content: Dict[str, Any]


class History:
    """Keeps and reads messages. Without a database there is no history, and nothing else is lost."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, name: str, by: str, contents: Sequence[Dict[str, Any]]) -> None:
        """Keeps messages of the patient or the bot, in order."""
        now = time.time()
        rows = [{"name": name, "touched": now, "by": by, "content": json.dumps(content)} for content in contents]
        if rows:
            self._database.write(lambda c: c.execute(sql.insert(_table), rows))

    def since(self, name: str, after: int = 0) -> List[Said]:
        """The messages of the conversation with an id above `after`, oldest first, a page at most."""
        wanted = sql.select(_table).where(_table.c.name == name, _table.c.id > after).order_by(_table.c.id)
        nothing: List[Said] = []
        return self._database.read(lambda c: [_said(row) for row in c.execute(wanted.limit(PAGE))], nothing)


def _said(row: Any) -> Said:
    return Said(row.id, row.touched, row.by, json.loads(row.content))
