"""Updates on their way to an answer: each kept until it is answered, answered once, in its chat's order.

Chats go side by side. Danger goes first: it waits neither for other chats nor for an answer that its
own chat is still waiting for.
"""

import asyncio
import logging
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any, Deque, Dict, List, Protocol, Sequence, Set, Tuple

import sqlalchemy as sql

from bot.front.database import Database, tables
from bot.front.telegram.outbox import Letter, Outbox
from bot.front.telegram.privacy import Privacy
from bot.front.telegram.tasks import Tasks
from bot.front.telegram.updates import SILENCE, Incoming, read

log = logging.getLogger(__name__)
SIDE_BY_SIDE = 8  # everyday answers that are being made at once
KEPT_IN_MIND = 100_000  # ids, should the database fail
NOTHING: Sequence[Any] = ()

# A row with an empty envelope says that this id was answered; it holds nothing of a person.
_table = sql.Table(
    "telegram_updates",
    tables,
    sql.Column("id", sql.BigInteger, primary_key=True, autoincrement=False),
    sql.Column("name", sql.String(80), nullable=False, index=True),
    sql.Column("touched", sql.Float, nullable=False, index=True),
    sql.Column("sealed", sql.Text, nullable=False),
)


class Answers(Protocol):
    """Who answers what is taken in."""

    def dangerous(self, said: Incoming) -> bool:
        """Whether it must not wait, as far as can be seen in milliseconds."""

    def received(self, said: Incoming) -> None:
        """Shows at once that it came, where Telegram has a sign for it."""

    async def answer(self, said: Incoming) -> List[Letter]:
        """What to send. Never raises."""


@dataclass
class _Chat:
    """What one chat has sent and is not answered yet; `hurry` is set while danger waits in line."""

    waiting: Deque[Tuple[Incoming, bool]] = field(default_factory=deque)
    running: "Set[asyncio.Task[None]]" = field(default_factory=set)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


class Intake:
    """Takes updates in, has them answered, and hands the letters to the outbox."""

    def __init__(self, database: Database, privacy: Privacy, outbox: Outbox, answers: Answers):
        self._database, self._privacy, self._outbox, self._answers = database, privacy, outbox, answers
        self._seen: "OrderedDict[int, None]" = OrderedDict()
        self._chats: Dict[str, _Chat] = {}
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)
        self._more, self._dangers, self._calm = False, 0, asyncio.Event()
        self._tasks = Tasks()

    def take(self, updates: Sequence[Dict[str, Any]], more: bool = False) -> None:
        """Keeps those that are new, and puts them in line: from then on Telegram may forget them.

        While there are `more` to come at once, everyday ones wait, so that danger among those is seen.
        """
        self._more = more
        new = self._unseen(updates)
        said = [read(raw, self._privacy) for raw in new]
        rows = [self._row(one, raw) for one, raw in zip(said, new)]
        if rows:
            self._database.write(lambda c: c.execute(sql.insert(_table), rows))
        self._line_up(said)

    def recover(self) -> None:
        """Takes up what was kept and not answered when the bot stopped."""
        kept = sql.select(_table).where(_table.c.sealed != "").order_by(_table.c.id)
        rows = self._database.read(lambda c: c.execute(kept).all(), NOTHING)
        opened = [self._privacy.unseal(row.sealed) for row in rows]
        self._line_up([read(raw, self._privacy) for raw in opened if raw is not None])

    async def stop(self) -> None:
        """Breaks off what is being answered; it is taken up at the next start."""
        await self._tasks.stop()

    def _unseen(self, updates: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
        ids = [raw["update_id"] for raw in updates]
        known = sql.select(_table.c.id).where(_table.c.id.in_(ids))
        seen = set(self._database.read(lambda c: c.execute(known).scalars().all(), NOTHING))
        new = {raw["update_id"]: raw for raw in updates if raw["update_id"] not in seen | self._seen.keys()}
        self._seen.update(dict.fromkeys(new))
        while len(self._seen) > KEPT_IN_MIND:
            self._seen.popitem(last=False)
        return list(new.values())

    def _row(self, said: Incoming, raw: Dict[str, Any]) -> Dict[str, Any]:
        if said.kind == SILENCE:
            return {"id": said.id, "name": "", "touched": time.time(), "sealed": ""}
        return {"id": said.id, "name": said.name, "touched": time.time(), "sealed": self._privacy.seal(raw)}

    def _line_up(self, said: Sequence[Incoming]) -> None:
        """Chats with danger begin first; within a chat the order stays."""
        judged = [(one, self._answers.dangerous(one)) for one in said if one.kind != SILENCE]
        hurried = {one.name for one, danger in judged if danger}
        for one, danger in sorted(judged, key=lambda pair: pair[0].name not in hurried):
            self._answers.received(one)
            begun = one.name in self._chats
            chat = self._chats.setdefault(one.name, _Chat())
            chat.waiting.append((one, danger))
            if danger:
                self._dangers += 1
                chat.hurry.set()
            if not begun:
                self._tasks.begin(self._serve(one.name, chat))
        self._let_go()

    def _let_go(self) -> None:
        """Everyday updates go while no danger is being answered and nothing is waiting to be read."""
        if self._more or self._dangers:
            self._calm.clear()
        else:
            self._calm.set()

    async def _serve(self, name: str, chat: _Chat) -> None:
        """Answers the chat's updates one after another, and while danger waits in line without
        waiting for the answers before it."""
        while chat.waiting:
            said, danger = chat.waiting.popleft()
            if not any(waiting for _, waiting in chat.waiting):
                chat.hurry.clear()
            chat.running.add(self._tasks.begin(self._settle(said, danger, chat)))
            await self._either(chat.hurry.wait(), asyncio.wait(chat.running))
            chat.running = {task for task in chat.running if not task.done()}
        del self._chats[name]

    async def _settle(self, said: Incoming, danger: bool, chat: _Chat) -> None:
        """Answers now what is about danger or stands before it, the rest when there is calm and a place."""
        try:
            if danger or chat.hurry.is_set() or await self._either(chat.hurry.wait(), self._calm.wait()):
                self._answered(said, await self._answers.answer(said))
            else:
                async with self._places:
                    self._answered(said, await self._answers.answer(said))
        finally:
            self._dangers -= danger
            self._let_go()

    def _answered(self, said: Incoming, letters: Sequence[Letter]) -> None:
        """The letters stand in the outbox in the moment in which the update leaves the line."""
        answered = {"id": said.id, "name": "", "touched": time.time(), "sealed": ""}

        def write(connection: sql.Connection) -> None:
            self._outbox.keep(connection, letters)
            connection.execute(sql.delete(_table).where(_table.c.id == said.id))
            connection.execute(sql.insert(_table).values(answered))

        self._database.write(write)
        self._outbox.post(letters)

    async def _either(self, first: Any, second: Any) -> bool:
        """Waits for one of two; whether it was the first."""
        both = [self._tasks.begin(first), self._tasks.begin(second)]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()
        return both[0].done()
