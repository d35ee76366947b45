"""What the bot remembers of a conversation, and for how long."""

import pytest

from bot.front.database import Database
from bot.front.memory import Conversation, Memory

SAID = Conversation(
    facts=("pump",), language="es", asked="overdose", asked_about="tomé dos", script=("breathing",), stays=3
)


@pytest.fixture
def memory(tmp_path):
    """Opens memories on one database: `memory()` is the bot started anew."""
    opened = []

    def anew(hours=24):
        opened.append(Database(f"sqlite:///{tmp_path}/deep/down/bot.db"))
        opened[-1].open()
        return Memory(opened[-1], hours)

    yield anew
    for one in opened:
        one.close()


def test_a_conversation_survives_a_restart(memory):
    memory().save("web:1", SAID)
    assert memory().load("web:1") == SAID


def test_a_new_conversation_knows_nothing(memory):
    store = memory()
    store.save("web:1", SAID)
    assert store.load("web:2") == Conversation()


def test_the_last_word_counts(memory):
    store = memory()
    store.save("web:1", SAID)
    store.save("web:1", Conversation(stays=4))
    assert store.load("web:1") == memory().load("web:1") == Conversation(stays=4)


def test_a_conversation_that_rests_too_long_is_forgotten(memory):
    memory().save("web:1", SAID)
    later = memory(hours=1e-9)
    assert later.load("web:1") == Conversation()
    later.forget()
    assert memory().load("web:1") == Conversation(), "the old row must be gone, not only hidden"


def test_without_a_database_it_remembers_while_it_lives(tmp_path):
    (tmp_path / "a file").touch()
    database = Database(f"sqlite:///{tmp_path}/a file/bot.db")
    database.open()
    store = Memory(database, 24)
    store.save("web:1", SAID)
    assert store.load("web:1") == SAID
    assert not database.working
