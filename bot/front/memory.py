"""What the front remembers of a conversation, in SQLite or PostgreSQL, and for how long."""

import json
import logging
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import Any, Optional, Tuple

import sqlalchemy as sql

from bot.paths import ROOT

log = logging.getLogger(__name__)
KEPT_IN_MIND = 10_000


@dataclass(frozen=True)
class Conversation:
    """State of one conversation.

    `asked` is the red flag of an open check question and `asked_about` the message it was asked
    on. `script` holds the red flags of a script that was given and is not yet resolved, `stays`
    the turns that it stood since. `urgent_about` is the topic of the last answer where that was urgent.
    `facts` were said once and lower the bar from then on.
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


_metadata = sql.MetaData()
_table = sql.Table(
    "conversations",
    _metadata,
    sql.Column("name", sql.String(80), primary_key=True),
    sql.Column("state", sql.Text, nullable=False),
    sql.Column("touched", sql.Float, nullable=False, index=True),
)


@dataclass
class Memory:
    """Reads and writes conversations; goes on from memory alone while the database fails."""

    address: str
    hours: float
    working: bool = True
    _mind: "OrderedDict[str, Tuple[float, Conversation]]" = field(default_factory=OrderedDict)
    _engine: Optional[sql.Engine] = None

    def open(self) -> None:
        """Makes the tables. A failing database is logged, not fatal."""
        try:
            self._engine = sql.create_engine(self._located())
            if self._engine.dialect.name == "sqlite":
                sql.event.listen(self._engine, "connect", _quick_commits)
            _metadata.create_all(self._engine)
            self.working = True
        except (sql.exc.SQLAlchemyError, OSError) as error:
            self._failed(error)

    def forget(self) -> None:
        """Removes conversations that have rested too long."""
        if self._engine is None:
            return
        try:
            with self._engine.begin() as connection:
                connection.execute(sql.delete(_table).where(_table.c.touched < self._too_old()))
        except sql.exc.SQLAlchemyError as error:
            self._failed(error)

    def close(self) -> None:
        """Gives the connections back."""
        if self._engine is not None:
            self._engine.dispose()

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
        self._store(name, conversation, now)

    def _too_old(self) -> float:
        return time.time() - self.hours * 3600

    def _located(self) -> sql.URL:
        url = sql.make_url(self.address)
        if url.get_backend_name() != "sqlite" or not url.database:
            return url
        path = ROOT / url.database
        path.parent.mkdir(parents=True, exist_ok=True)
        return url.set(database=str(path))

    def _stored(self, name: str) -> Optional[Tuple[float, Conversation]]:
        if self._engine is None:
            return None
        try:
            with self._engine.connect() as connection:
                row = connection.execute(sql.select(_table).where(_table.c.name == name)).first()
        except sql.exc.SQLAlchemyError as error:
            self._failed(error)
            return None
        return (row.touched, _read(row.state)) if row else None

    def _store(self, name: str, conversation: Conversation, now: float) -> None:
        if self._engine is None:
            return
        values = {"state": json.dumps(asdict(conversation)), "touched": now}
        try:
            with self._engine.begin() as connection:
                changed = connection.execute(sql.update(_table).where(_table.c.name == name).values(values))
                if not changed.rowcount:
                    connection.execute(sql.insert(_table).values(name=name, **values))
            self.working = True
        except sql.exc.SQLAlchemyError as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        if self.working:  # once, not at every message; the class alone, as SQL errors quote values
            log.error("conversation memory fails (%s); going on without the database", type(error).__name__)
        self.working = False


def _quick_commits(connection: Any, record: Any) -> None:
    """A turn does not wait for the disk: a power cut may lose the last moments, never the file."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _read(state: str) -> Conversation:
    """What was stored; a fresh conversation where that makes no sense."""
    try:
        plain = json.loads(state)
        return Conversation(**{**plain, "facts": tuple(plain["facts"]), "script": tuple(plain["script"])})
    except (ValueError, TypeError, KeyError) as error:
        log.error("a stored conversation cannot be read (%s)", type(error).__name__)
        return Conversation()
