"""What was said in a conversation, so that it comes back after a reload and can be summed up for a visit."""

import asyncio
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

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
    """One message of a conversation. `id` grows, and is 0 where the database did not keep the message;
    `at` is in seconds since the epoch; `by` is patient or bot; `content` is what the channel needs to
    show it again, with at least a `text`."""

    id: int
    at: float
    by: str
    content: Dict[str, Any]


# What a listener of a conversation hears: each new message, and None when there will be no more.
Heard = asyncio.Queue[Optional[Said]]


class History:
    """Keeps and reads messages, and tells listeners of new ones. Without a database there is no
    history, and nothing else is lost."""

    def __init__(self, database: Database):
        self._database = database
        self._listeners: Dict[str, Set[Heard]] = {}

    def add(self, name: str, by: str, contents: Sequence[Dict[str, Any]]) -> Tuple[Said, ...]:
        """Keeps messages of the patient or the bot, in order; returns them as they were kept."""
        now = time.time()
        ids: List[int] = []

        def write(connection: sql.Connection) -> None:
            for content in contents:
                row = {"name": name, "touched": now, "by": by, "content": json.dumps(content)}
                ids.extend(connection.execute(sql.insert(_table).values(row)).inserted_primary_key or ())

        if not contents or not self._database.write(write):
            return tuple(Said(0, now, by, content) for content in contents)
        kept = tuple(Said(id, now, by, content) for id, content in zip(ids, contents))
        self._tell(name, kept)
        return kept

    @contextmanager
    def listening(self, name: str) -> Iterator[Heard]:
        """A queue of what is added to the conversation while the block runs."""
        heard: Heard = asyncio.Queue()
        self._listeners.setdefault(name, set()).add(heard)
        try:
            yield heard
        finally:
            self._listeners[name].discard(heard)
            if not self._listeners[name]:
                del self._listeners[name]

    def listeners(self, name: str) -> int:
        """How many listen to the conversation now."""
        return len(self._listeners.get(name, ()))

    def end_listening(self) -> None:
        """Tells every listener that there will be no more."""
        for queues in self._listeners.values():
            for heard in queues:
                heard.put_nowait(None)

    def _tell(self, name: str, kept: Tuple[Said, ...]) -> None:
        for heard in self._listeners.get(name, ()):
            for said in kept:
                heard.put_nowait(said)

    def since(self, name: str, after: int = 0) -> List[Said]:
        """The messages of the conversation with an id above `after`, oldest first, a page at most."""
        wanted = sql.select(_table).where(_table.c.name == name, _table.c.id > after).order_by(_table.c.id)
        nothing: List[Said] = []
        return self._database.read(lambda c: [_said(row) for row in c.execute(wanted.limit(PAGE))], nothing)


def _said(row: Any) -> Said:
    return Said(row.id, row.touched, row.by, json.loads(row.content))
