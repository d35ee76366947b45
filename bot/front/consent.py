"""Who agreed to which version of the text on the processing of their health messages, and when."""

import hashlib
import time
from functools import lru_cache

import sqlalchemy as sql

from bot.front.database import Database, tables
from bot.front.turn.desk import Desk
from bot.guidance import other_language
from bot.guidance.phrases import COMPLETE, phrases

_table = sql.Table(
    "consents",
    tables,
    sql.Column("name", sql.String(80), primary_key=True),
    sql.Column("touched", sql.Float, nullable=False),
    sql.Column("version", sql.String(40), nullable=False),
)

FRESH = 3600.0  # seconds after which it is noted again that the conversation goes on


class Consents:
    """Keeps the version of the text that each conversation agreed to."""

    def __init__(self, database: Database):
        self._database = database

    def given(self, name: str) -> str:
        """The version that was agreed to, or ''. Consent lasts as long as the conversation goes on."""
        row = self._database.read(lambda c: c.execute(sql.select(_table).where(_table.c.name == name)).first(), None)
        if row is not None and row.touched < time.time() - FRESH:
            self.give(name, row.version)
        return row.version if row is not None else ""

    def give(self, name: str, version: str) -> None:
        """Keeps that the version was agreed to, now."""

        def write(connection: sql.Connection) -> None:
            connection.execute(sql.delete(_table).where(_table.c.name == name))
            connection.execute(sql.insert(_table).values(name=name, version=version, touched=time.time()))

        self._database.write(write)


@lru_cache(maxsize=None)
def version(key: str) -> str:
    """The version of a phrase that asks for consent: another whenever a word of it changes in any language."""
    texts = "\n".join(phrases(language)[key] for language in COMPLETE)
    return hashlib.sha256(texts.encode()).hexdigest()[:12]


def may_wait(desk: Desk, name: str, text: str) -> bool:
    """Whether the message can wait until the person has read what is stored: no danger in it, none
    being spoken of, and in a language in which that can be read."""
    before = desk.memory.load(name)
    assessed = desk.gate.assess(text, known=before.facts)
    return not (before.in_danger or assessed.danger or other_language(assessed.language))
