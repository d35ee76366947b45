"""Replies on their way to Telegram: kept until they are delivered, or given up with a record.

Danger goes first, within a chat and among chats, and is tried longest.
"""

import asyncio
import bisect
import logging
import time
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

import sqlalchemy as sql
from telegram import Bot as Api
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.front.database import Database, tables
from bot.front.telegram.format import marked_up
from bot.front.telegram.privacy import Privacy

log = logging.getLogger(__name__)
CATCHING_UP = 0.5  # seconds


def _table(name: str, own: "sql.Column[str]") -> sql.Table:
    return sql.Table(
        name,
        tables,
        sql.Column("id", sql.BigInteger, primary_key=True, autoincrement=False),
        sql.Column("name", sql.String(80), nullable=False, index=True),
        sql.Column("touched", sql.Float, nullable=False),
        sql.Column("danger", sql.Boolean, nullable=False),
        own,
    )


_outbox = _table("telegram_outbox", sql.Column("sealed", sql.Text, nullable=False))
_given_up = _table("telegram_given_up", sql.Column("reason", sql.String(40), nullable=False))


@dataclass(frozen=True)
class Pace:
    """Telegram's limits and our patience, in seconds."""

    any_two: float = 1 / 30  # between two messages
    one_chat: float = 1.0  # between two everyday messages of one chat
    first_pause: float = 0.5  # before the second try; it doubles
    longest_pause: float = 30.0
    danger_pause: float = 5.0  # the longest where it is about danger
    everyday_hours: float = 6.0  # then it is given up
    danger_hours: float = 24.0
    request: float = 10.0  # for one call of the API
    poll: float = 30.0  # Telegram keeps a question for updates open so long
    stop: float = 3.0  # for what is in flight when the bot stops


@dataclass
class Letter:
    """One message to a chat. `content` holds the chat and a `text` with `buttons`, or a `document`.
    `plain` counts what was left out since Telegram refused it: formatting, then buttons."""

    name: str
    content: Dict[str, Any]
    danger: bool = False
    id: int = field(default_factory=lambda: _next_id())
    written: float = field(default_factory=time.time)
    plain: int = 0
    tried: int = 0
    due: float = 0.0

    @property
    def rank(self) -> Tuple[bool, int]:
        """Danger before the rest, then the older."""
        return (not self.danger, self.id)


@dataclass(eq=False)
class _Line:
    """The letters of one chat, and whether one of them is being sent: `flying` holds its `danger`."""

    letters: List[Letter] = field(default_factory=list)
    flying: Set[bool] = field(default_factory=set)
    open_at: float = 0.0
    shut_until: float = 0.0

    def due(self) -> float:
        """When the first letter may go."""
        letter = self.letters[0]
        return max(self.shut_until, letter.due, 0.0 if letter.danger else self.open_at)

    def free(self) -> bool:
        """Whether the first letter waits for none in flight; danger waits for danger alone."""
        return bool(self.letters) and not (True in self.flying if self.letters[0].danger else self.flying)


class Outbox:
    """Delivers letters while `run` runs."""

    def __init__(self, database: Database, privacy: Privacy, api: Api, pace: Pace):
        self._database, self._privacy, self._api, self._pace = database, privacy, api, pace
        self._lines: Dict[str, _Line] = {}
        self._ready: "asyncio.PriorityQueue[Tuple[bool, int, _Line]]" = asyncio.PriorityQueue()
        self._sending: "Set[asyncio.Task[None]]" = set()

    def keep(self, connection: sql.Connection, letters: Sequence[Letter]) -> None:
        """Stores letters in the caller's transaction."""
        stored = [
            {**_stored(letter), "sealed": self._privacy.seal([letter.content, letter.written])} for letter in letters
        ]
        if stored:
            connection.execute(sql.insert(_outbox), stored)

    def post(self, letters: Sequence[Letter]) -> None:
        """Puts letters in their chats' lines."""
        for letter in letters:
            line = self._lines.setdefault(letter.name, _Line())
            bisect.insort(line.letters, letter, key=lambda one: one.rank)
            self._schedule(letter.name)

    def recover(self) -> None:
        """Puts in line what was stored and not delivered when the bot stopped."""
        nothing: Sequence[Any] = ()
        rows = self._database.read(lambda c: c.execute(sql.select(_outbox).order_by(_outbox.c.id)).all(), nothing)
        for row in rows:
            opened = self._privacy.unseal(row.sealed)
            if opened is None:
                self._remove(Letter(row.name, {}, row.danger, row.id), "KeyChanged")
                continue
            self.post([Letter(row.name, opened[0], row.danger, row.id, opened[1])])

    def forget(self, name: str) -> None:
        """Drops what is on its way to the chat."""
        self._lines.pop(name, _Line()).letters.clear()

    async def run(self) -> None:
        """Sends what is due, as fast as Telegram allows, until it is cancelled."""
        open_at = 0.0
        while True:
            _, number, line = await self._ready.get()
            if not line.free() or line.letters[0].id != number or line.due() > time.monotonic():
                continue
            letter = line.letters.pop(0)
            line.flying.add(letter.danger)
            task = asyncio.create_task(self._deliver(letter, line))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
            # What a busy moment held up is caught up with, as Telegram counts by the second.
            open_at = max(open_at, time.monotonic() - CATCHING_UP) + self._pace.any_two
            await asyncio.sleep(max(0.0, open_at - time.monotonic()))

    async def settle(self) -> None:
        """Waits a little for what is in flight, so that it is not sent again after the next start."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=self._pace.stop)
        for task in list(self._sending):
            task.cancel()

    def _schedule(self, name: str) -> None:
        line = self._lines.get(name)
        if line is None:
            return
        if line.free():
            wait = line.due() - time.monotonic()
            if wait <= 0:
                self._ready.put_nowait((*line.letters[0].rank, line))
            else:
                asyncio.get_running_loop().call_later(wait + 0.001, self._schedule, name)
        elif not line.letters and not line.flying:
            wait = line.open_at - time.monotonic()
            if wait <= 0:
                del self._lines[name]
            else:
                asyncio.get_running_loop().call_later(wait + 0.001, self._schedule, name)

    async def _deliver(self, letter: Letter, line: _Line) -> None:
        try:
            if time.time() - letter.written > 3600 * self._hours(letter):
                self._remove(letter, "Expired")
            else:
                await self._send(letter)
                self._remove(letter)
                line.open_at = time.monotonic() + self._pace.one_chat
        except TelegramError as error:
            self._failed(letter, line, error)
        except Exception as error:  # a letter that cannot be sent must not end the delivery of the others
            self._remove(letter, type(error).__name__)
        finally:
            line.flying.discard(letter.danger)
            self._schedule(letter.name)

    def _failed(self, letter: Letter, line: _Line, error: TelegramError) -> None:
        reason = type(error).__name__
        if isinstance(error, (Forbidden, ChatMigrated)) or isinstance(error, BadRequest) and letter.plain == 2:
            self._remove(letter, reason)
            return
        if not letter.tried:  # an hour of silence would fill the log
            log.warning("Telegram did not take a reply (%s); trying again", reason)
        if isinstance(error, RetryAfter):
            line.shut_until = time.monotonic() + _seconds(error)
        elif isinstance(error, BadRequest):
            letter.plain += 1
        else:
            letter.due = time.monotonic() + self._pause(letter)
            letter.tried += 1
        if self._lines.get(letter.name) is line:  # else the chat was forgotten meanwhile
            bisect.insort(line.letters, letter, key=lambda one: one.rank)

    def _pause(self, letter: Letter) -> float:
        longest = self._pace.danger_pause if letter.danger else self._pace.longest_pause
        return min(longest, self._pace.first_pause * 2 ** min(letter.tried, 16))

    def _hours(self, letter: Letter) -> float:
        return self._pace.danger_hours if letter.danger else self._pace.everyday_hours

    async def _send(self, letter: Letter) -> None:
        content = letter.content
        if "document" in content:
            file = InputFile(content["document"].encode(), filename=content["file"])
            await self._api.send_document(content["chat"], file, caption=content["caption"])
            return
        text, html = content["text"], letter.plain == 0
        await self._api.send_message(
            content["chat"],
            marked_up(text, letter.danger) if html else text,
            parse_mode=ParseMode.HTML if html else None,
            reply_markup=_keyboard(content["buttons"]) if letter.plain < 2 else None,
            disable_notification=content["silent"] and not letter.danger,
            reply_to_message_id=content["reply_to"] if letter.plain < 2 else None,
            allow_sending_without_reply=True,
        )

    def _remove(self, letter: Letter, reason: str = "") -> None:
        """Delivered, or with a reason given up: then that remains, without the words."""
        record = {**_stored(letter), "reason": reason}

        def write(connection: sql.Connection) -> None:
            connection.execute(sql.delete(_outbox).where(_outbox.c.id == letter.id))
            if reason:
                connection.execute(sql.insert(_given_up).values(record))

        self._database.write(write)
        if reason:
            log.warning(
                "gave up a%s reply to %s: %s", " danger" if letter.danger else "n everyday", letter.name, reason
            )


def given_up(database: Database) -> int:
    """How many replies were given up and are still on record."""
    return database.read(lambda c: c.execute(sql.select(sql.func.count()).select_from(_given_up)).scalar_one(), 0)


def _stored(letter: Letter) -> Dict[str, Any]:
    return {"id": letter.id, "name": letter.name, "touched": time.time(), "danger": letter.danger}


def _keyboard(buttons: Sequence[Sequence[Tuple[str, str]]]) -> Optional[InlineKeyboardMarkup]:
    keys = [[InlineKeyboardButton(title, callback_data=data) for title, data in row] for row in buttons]
    return InlineKeyboardMarkup(keys) if keys else None


def _seconds(error: RetryAfter) -> float:
    after: Any = error.retry_after
    return float(after.total_seconds())


_last_id = 0


def _next_id() -> int:
    """Grows with time, across restarts too."""
    global _last_id
    _last_id = max(_last_id + 1, time.time_ns())
    return _last_id
