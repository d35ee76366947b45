"""What the front remembers of a conversation, and for how long."""

import json
import logging
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Optional, Tuple

import sqlalchemy as sql
from pydantic import TypeAdapter

from bot.front.database import Database, tables

log = logging.getLogger(__name__)
KEPT_IN_MIND = 10_000


@dataclass(frozen=True)
class Conversation:
    """State of one conversation.

    `asked` is the red flag of an open check question and `asked_about` the message it was asked
    on. `script` holds the red flags of a script that was given and is not yet resolved, `stays`
    the turns that it stood since. `urgent_about` is the topic of the last answer where that was urgent.
    `facts` were said once and lower the bar from then on. `country` is the ISO code that the person
    chose, '' where the bot's own holds. `about` is the topic of the last answer and `quoted` the
    sections that were quoted last. `flow` is the protocol that is open or was last, `question` its open
    question. `came_up` are topics so far, `unresolved` the turns in which a script that
    nobody answered is still recalled, `lately` the last words said.
    """

    facts: Tuple[str, ...] = ()
    language: str = "en"
    about_other: bool = False
    asked: str = ""
    asked_about: str = ""
    unclear: int = 0
    script: Tuple[str, ...] = ()
    stays: int = 0
    urgent_about: str = ""
    country: str = ""
    about: str = ""
    quoted: Tuple[str, ...] = ()
    flow: str = ""
    question: str = ""
    came_up: Tuple[str, ...] = ()
    unresolved: int = 0
    lately: Tuple[str, ...] = ()

    @property
    def in_danger(self) -> bool:
        """Whether a check question is open or a script stands."""
        return bool(self.asked or self.script)


_table = sql.Table(
    "conversations",
    tables,
    sql.Column("name", sql.String(80), primary_key=True),
    sql.Column("state", sql.Text, nullable=False),
    sql.Column("touched", sql.Float, nullable=False, index=True),
)


@dataclass
class Memory:
    """Reads and writes conversations; goes on from mind alone while the database fails."""

    database: Database
    hours: float
    _mind: "OrderedDict[str, Tuple[float, Conversation]]" = field(default_factory=OrderedDict)

    def forget(self) -> None:
        """Removes what has rested too long, from every table."""
        self.database.forget(self._too_old())

    def erase(self, name: str) -> None:
        """Forgets the conversation at once, everywhere. Raises RuntimeError while the database fails."""
        self._mind.pop(name, None)
        self.database.erase(name)

    def load(self, name: str) -> Conversation:
        """The conversation, or a fresh one where there is none or it is too old."""
        touched, conversation = self._mind.get(name) or self._stored(name) or (0.0, Conversation())
        return conversation if touched >= self._too_old() else Conversation()

    def save(self, name: str, conversation: Conversation) -> None:
        """Keeps the conversation, in the database where that works and in mind in any case."""
        now = time.time()
        self._mind[name] = (now, conversation)
        self._mind.move_to_end(name)
        if len(self._mind) > KEPT_IN_MIND:
            self._mind.popitem(last=False)
        self.database.write(lambda connection: _write(connection, name, conversation, now))

    def _too_old(self) -> float:
        return time.time() - self.hours * 3600

    def _stored(self, name: str) -> Optional[Tuple[float, Conversation]]:
        wanted = sql.select(_table).where(_table.c.name == name)
        row = self.database.read(lambda connection: connection.execute(wanted).first(), None)
        return (row.touched, _read(row.state)) if row else None


def _write(connection: sql.Connection, name: str, conversation: Conversation, now: float) -> None:
    values = {"state": json.dumps(asdict(conversation)), "touched": now}
    if not connection.execute(sql.update(_table).where(_table.c.name == name).values(values)).rowcount:
        connection.execute(sql.insert(_table).values(name=name, **values))


def _read(state: str) -> Conversation:
    """What was stored; a fresh conversation where that makes no sense."""
    try:
        return _stored_form().validate_json(state)
    except ValueError as error:
        log.error("a stored conversation cannot be read (%s)", type(error).__name__)
        return Conversation()


@lru_cache(maxsize=1)
def _stored_form() -> TypeAdapter[Conversation]:
    return TypeAdapter(Conversation)
