"""Who agreed to which version of the text on the processing of their health messages, and when."""

import time

import sqlalchemy as sql

from bot.front.database import Database, tables

_table = sql.Table(
    "consents",
    tables,
    sql.Column("name", sql.String(80), primary_key=True),
    sql.Column("touched", sql.Float, nullable=False),
    sql.Column("version", sql.String(40), nullable=False),
)


class Consents:
    """Keeps the version of the text that each conversation agreed to."""

    def __init__(self, database: Database):
        self._database = database

    def given(self, name: str) -> str:
        """The version that was agreed to, or ''."""
        wanted = sql.select(_table.c.version).where(_table.c.name == name)
        return self._database.read(lambda c: c.execute(wanted).scalar() or "", "")

    def give(self, name: str, version: str) -> None:
        """Keeps that the version was agreed to, now."""

        def write(connection: sql.Connection) -> None:
            connection.execute(sql.delete(_table).where(_table.c.name == name))
            connection.execute(sql.insert(_table).values(name=name, version=version, touched=time.time()))

        self._database.write(write)
