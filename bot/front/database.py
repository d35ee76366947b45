"""The bot's one database, SQLite or PostgreSQL: what is lost when it fails is comfort, never an answer."""

import logging
from typing import Any, Callable, Dict, List, Optional, TypeVar

import sqlalchemy as sql

from bot.paths import ROOT

log = logging.getLogger(__name__)
T = TypeVar("T")

# Every table that holds something of a person has a column `name`, the name of the conversation,
# and a column `touched`, so that all of it can be shown, erased and forgotten in one place.
tables = sql.MetaData()


class Database:
    """Runs pieces of work in a transaction each. `working` is false while the database fails."""

    def __init__(self, address: str):
        self.address = address
        self.working = True
        self._engine: Optional[sql.Engine] = None

    def open(self) -> None:
        """Makes the tables. A failing database is logged, not fatal."""
        try:
            self._engine = sql.create_engine(self._located())
            if self._engine.dialect.name == "sqlite":
                sql.event.listen(self._engine, "connect", _quick_commits)
            tables.create_all(self._engine)
            self.working = True
        except (sql.exc.SQLAlchemyError, OSError) as error:
            self._failed(error)

    def close(self) -> None:
        """Gives the connections back."""
        if self._engine is not None:
            self._engine.dispose()

    def read(self, work: Callable[[sql.Connection], T], otherwise: T) -> T:
        """What `work` returns from one transaction, or `otherwise` where the database fails."""
        if self._engine is None:
            return otherwise
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except sql.exc.SQLAlchemyError as error:
            self._failed(error)
            return otherwise

    def write(self, work: Callable[[sql.Connection], Any]) -> bool:
        """Does `work` in one transaction; whether it was kept."""

        def done(connection: sql.Connection) -> bool:
            work(connection)
            return True

        kept = self.read(done, False)
        self.working = self.working or kept
        return kept

    def forget(self, before: float) -> None:
        """Removes from every table what nobody touched since `before` (seconds since the epoch)."""
        self.write(lambda c: [c.execute(sql.delete(t).where(t.c.touched < before)) for t in _personal()])

    def export(self, name: str) -> Dict[str, List[Dict[str, Any]]]:
        """All that is stored of the conversation, by table, without those that hold nothing of it.
        Raises RuntimeError while the database fails."""
        stored = self.read(lambda c: {t.name: _rows(c, t, name) for t in _personal()}, None)
        if stored is None:
            raise RuntimeError("the database cannot be reached")
        return {table: rows for table, rows in stored.items() if rows}

    def erase(self, name: str) -> None:
        """Removes the conversation from every table. Raises RuntimeError while the database fails."""
        if not self.write(lambda c: [c.execute(sql.delete(t).where(t.c.name == name)) for t in _personal()]):
            raise RuntimeError("the database cannot be reached")
        self._sweep()

    def _sweep(self) -> None:
        """Empties SQLite's log, in which erased words would stand until it is next written over."""
        if self._engine is not None and self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _located(self) -> sql.URL:
        url = sql.make_url(self.address)
        if url.get_backend_name() != "sqlite" or not url.database:
            return url
        path = ROOT / url.database
        path.parent.mkdir(parents=True, exist_ok=True)
        return url.set(database=str(path))

    def _failed(self, error: Exception) -> None:
        if self.working:  # once, not at every message; the class alone, as SQL errors quote values
            log.error("the database fails (%s); going on without it", type(error).__name__)
        self.working = False


def _personal() -> List[sql.Table]:
    return [table for table in tables.sorted_tables if "name" in table.c]


def _rows(connection: sql.Connection, table: sql.Table, name: str) -> List[Dict[str, Any]]:
    return [dict(row) for row in connection.execute(sql.select(table).where(table.c.name == name)).mappings()]


def _quick_commits(connection: Any, record: Any) -> None:
    """A turn does not wait for the disk: a power cut may lose the last moments, never the file.
    Erased text is overwritten, not merely unlinked."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
