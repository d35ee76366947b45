"""A thousand messages of any kind, with Rasa dead: never silent, never broken."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.front.database import Database
from bot.front.history import History
from bot.front.memory import Memory
from bot.front.rasa import RasaClient
from bot.front.turn.desk import Desk
from tests.harness import Chat

WORDS = st.sampled_from(
    "I he mum can't breathe no not had a fever seizure yes unsure baclofen pump 40 103F 12 mg took ten tablets stopped yesterday "
    "help thanks ambulance called better what if ¿qué no puede respirar 999 ... ? ! <b> </b> &#39; /restart {number} \x00 \u200b 🙂 \n".split(
        " "
    )
)
TYPED = st.one_of(st.text(), st.lists(WORDS, max_size=40).map(" ".join))
PAYLOADS = st.one_of(
    st.just(""),
    st.sampled_from(
        ["check:yes", "check:no", "check:unsure", "after:called", "after:not-yet", "more:storage", "topic:alcohol"]
    ),
    st.text(),
)


@pytest.fixture(scope="module")
async def dead(gate, tmp_path_factory):
    """A desk before a Rasa that is dead."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('dead')}/bot.db")
    database.open()
    rasa = RasaClient("http://127.0.0.1:9", "key", 0.5)
    yield Desk(gate, Memory(database, 24), History(database), rasa, "GB", 2000)
    await rasa.close()
    database.close()


@given(st.lists(st.tuples(TYPED, PAYLOADS), min_size=1, max_size=5))
@settings(max_examples=350, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([("\ud800", "")])
@example([("a" * 10_000, "")])
@example([("", "check:yes"), ("", "after:called")])
async def test_every_message_is_answered(dead, said):
    chat = Chat(dead, f"cli:{abs(hash(str(said)))}")
    for text, payload in said:
        turn = await chat.desk.turn(chat.name, text, payload)
        assert turn.replies and all(reply.text.strip() for reply in turn.replies)
        if turn.assessment.urgency == "emergency":
            assert "999" in turn.replies[0].text or "116 123" in turn.replies[0].text
