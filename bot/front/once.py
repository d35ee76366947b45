"""Each message is answered once, however often it is sent."""

import asyncio
import json
import time
from typing import Any, Awaitable, Callable, Dict, Optional, Tuple

import sqlalchemy as sql

from bot.front.database import Database, tables

Answer = Dict[str, Any]

_table = sql.Table(
    "answered",
    tables,
    sql.Column("name", sql.String(80), primary_key=True),
    sql.Column("key", sql.String(64), primary_key=True),
    sql.Column("touched", sql.Float, nullable=False, index=True),
    sql.Column("answer", sql.Text, nullable=False),
)


class Once:
    """Answers by conversation and key. Without a database, only those on their way are known."""

    def __init__(self, database: Database):
        self._database = database
        self._running: Dict[Tuple[str, str], "asyncio.Task[Answer]"] = {}

    async def answer(self, name: str, key: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `work` makes, or made when the same key was first sent. Goes on when the asker is gone."""
        place = (name, key)
        if place not in self._running:
            kept = self._kept(name, key)
            if kept is not None:
                return kept
            self._running[place] = asyncio.create_task(self._work(name, key, work))
            self._running[place].add_done_callback(lambda _: self._running.pop(place))
        return await asyncio.shield(self._running[place])

    async def _work(self, name: str, key: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        answer = await work()
        row = {"name": name, "key": key, "touched": time.time(), "answer": json.dumps(answer)}
        self._database.write(lambda c: c.execute(sql.insert(_table).values(row)))
        return answer

    def _kept(self, name: str, key: str) -> Optional[Answer]:
        wanted = sql.select(_table.c.answer).where(_table.c.name == name, _table.c.key == key)
        found = self._database.read(lambda c: c.execute(wanted).scalar(), None)
        return json.loads(found) if found else None
