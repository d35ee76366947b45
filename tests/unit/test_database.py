"""What is stored of a person: it can be shown, erased and forgotten, all of it."""

import time
from pathlib import Path

import pytest

from bot.front.consent import Consents
from bot.front.database import Database
from bot.front.history import BOT, PATIENT, History
from bot.front.memory import Conversation, Memory

WORDS = "my left leg shook all night"


@pytest.fixture
def database(tmp_path):
    """A database with two people in it."""
    one = Database(f"sqlite:///{tmp_path}/bot.db")
    one.open()
    for name in ("web:1", "web:2"):
        History(one).add(name, PATIENT, [{"text": WORDS}])
        History(one).add(name, BOT, [{"text": "Call your clinic.", "buttons": []}])
        Memory(one, 24).save(name, Conversation(facts=("pump",), asked_about=WORDS))
        Consents(one).give(name, "1")
    yield one
    one.close()


def test_what_was_said_comes_back_in_order(database):
    first, second = History(database).since("web:1")
    assert (first.by, first.content["text"]) == (PATIENT, WORDS)
    assert (second.by, second.content["text"]) == (BOT, "Call your clinic.")


def test_only_what_is_new_comes_back(database):
    first, second = History(database).since("web:1")
    assert History(database).since("web:1", after=first.id) == [second]


def test_the_latest_consent_counts(database):
    Consents(database).give("web:1", "2")
    assert Consents(database).given("web:1") == "2"
    assert Consents(database).given("web:2") == "1"
    assert Consents(database).given("web:3") == ""


def test_all_that_is_stored_is_shown(database):
    shown = {table: rows for table, rows in database.export("web:1").items() if rows}
    assert sorted(shown) == ["consents", "conversations", "messages"]
    assert all(row["name"] == "web:1" for rows in shown.values() for row in rows)


def test_erased_is_gone_from_the_file_and_nobody_elses(database, tmp_path):
    others = database.export("web:2")
    Memory(database, 24).erase("web:1")
    assert not any(database.export("web:1").values())
    assert database.export("web:2") == others


def test_the_words_of_the_last_person_erased_stand_nowhere(database, tmp_path):
    for name in ("web:1", "web:2"):
        Memory(database, 24).erase(name)
    left = [path for path in Path(tmp_path).glob("bot.db*") if WORDS.encode() in path.read_bytes()]
    assert not left


def test_what_rests_too_long_is_forgotten_everywhere(database):
    database.forget(time.time() + 1)
    assert not any(database.export("web:1").values())


def test_without_a_database_erasing_says_that_it_failed():
    with pytest.raises(RuntimeError):
        Database("nonsense").erase("web:1")
