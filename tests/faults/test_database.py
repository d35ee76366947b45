"""A database that cannot be read, written or made sense of: the bot goes on from memory."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sql

from bot.front.database import Database
from bot.front.history import History
from bot.front.memory import Conversation, Memory
from tests.faults.conftest import Patient
from tests.harness import Chat


@pytest.fixture
def pragma():
    """Sets a pragma on every connection made from now on: `pragma("query_only = 1")`."""
    told = []

    def on_connect(connection, _):
        for says in told:
            connection.execute(f"PRAGMA {says}")

    sql.event.listen(sql.Engine, "connect", on_connect)
    yield told.append
    sql.event.remove(sql.Engine, "connect", on_connect)


@pytest.fixture
def path(tmp_path):
    """A database with one conversation in it."""
    database = Database(f"sqlite:///{tmp_path}/kept.db")
    database.open()
    Memory(database, 24).save("cli:kept", Conversation(facts=("pump",), stays=1))
    database.close()
    return tmp_path / "kept.db"


@pytest.fixture
async def someone(bot, path):
    """A patient of a bot with that database and a Rasa that works: `someone()`."""
    opened = []

    def on(address=f"sqlite:///{path}", name="cli:new"):
        opened.append(Database(address))
        opened[-1].open()
        desk = replace(bot.desk, memory=Memory(opened[-1], 24), history=History(opened[-1]))
        return Patient(Chat(desk, name))

    yield on
    for one in opened:
        one.close()


async def goes_on(someone):
    """Danger is answered at once, questions are, and the conversation is remembered."""
    await someone.chat.says("what is baclofen")
    assert someone.chat.sections == ("what-is-baclofen",)
    await someone.is_safe()
    await someone.chat.says("thanks")
    someone.chat.sees("Has someone called 999?")


async def test_read_only(someone, pragma):
    pragma("query_only = 1")
    patient = someone()
    await goes_on(patient)
    assert not patient.chat.desk.memory.database.working


async def test_read_only_does_not_forget_what_it_can_read(someone, pragma):
    pragma("query_only = 1")
    assert someone().chat.desk.memory.load("cli:kept").facts == ("pump",)


async def test_the_disk_is_full(someone, pragma):
    pragma("max_page_count = 3")
    patient = someone()
    await patient.chat.says("what is baclofen " + "and what is it for " * 300)
    await goes_on(patient)


async def test_no_database_at_all(someone):
    patient = someone("sqlite:////proc/nowhere/bot.db")
    await goes_on(patient)
    assert not patient.chat.desk.memory.database.working


async def test_a_folder_where_the_database_should_be(someone, tmp_path):
    await goes_on(someone(f"sqlite:///{tmp_path}"))


async def test_garbage_where_the_database_should_be(someone, path):
    path.write_bytes(b"not a database " * 1000)
    await goes_on(someone())


async def test_garbage_written_over_it_while_it_runs(someone, path):
    patient = someone()
    await patient.chat.says("hello")
    path.write_bytes(b"not a database " * 1000)
    await goes_on(patient)


@pytest.mark.parametrize(
    "state", ["", "{", "null", "[]", "5", '{"unknown": 1}', '{"facts": 5}', '{"script": null}', '{"asked": ["a"]}']
)
async def test_a_conversation_that_makes_no_sense_begins_anew(someone, path, state):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE conversations SET state = ?", [state])
    await goes_on(someone(name="cli:kept"))


async def test_a_table_of_another_shape(someone, path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE conversations RENAME COLUMN state TO words")
    await goes_on(someone())


@pytest.mark.parametrize("address", ["nonsense", "nosuch://host/db", "sqlite+nosuch:///a.db"])
async def test_an_address_that_names_no_database(someone, address):
    await goes_on(someone(address))


async def test_what_cannot_be_erased_is_said_so(someone, pragma):
    pragma("query_only = 1")
    patient = someone()
    await patient.chat.sends("", "ask:erase")
    patient.chat.sees("could not be erased", "try again")
