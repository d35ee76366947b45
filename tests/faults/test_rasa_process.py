"""A real Rasa process that is killed, stopped, still loading or has no model."""

import asyncio
import os
import signal

import pytest

from bot.front import supervisor
from bot.front.bot import Bot
from tests.faults.conftest import Patient
from tests.harness import Chat, settings, until


@pytest.fixture(scope="module")
async def own(tmp_path_factory):
    """A bot whose Rasa these tests may hurt."""
    bot = Bot(settings(tmp_path_factory.mktemp("own"), answer_seconds=1))
    async with bot.running():
        yield bot


@pytest.fixture
def someone(own):
    """A patient of that bot."""
    return Patient(Chat(own.desk, own.sessions.open(own.sessions.mint("cli"), "cli")))


async def ready(own):
    """Rasa is up and answers."""
    await until(own.supervisor.client.ready)


async def gets_an_answer(someone):
    """The way through Rasa works."""
    await someone.chat.says("what is baclofen")
    assert someone.chat.sections == ("what-is-baclofen",)


async def test_still_loading(own, someone):
    assert not await own.supervisor.client.ready()
    await someone.gets_the_safety_net()
    await someone.is_safe()


async def test_stopped_for_a_while(own, someone):
    await ready(own)
    rasa = own.supervisor.process.pid
    os.kill(rasa, signal.SIGSTOP)
    try:
        await someone.gets_the_safety_net("how should I store my tablets")
        await someone.is_safe()
    finally:
        os.kill(rasa, signal.SIGCONT)
    await ready(own)
    assert own.supervisor.process.pid == rasa
    other = Patient(Chat(own.desk, "cli:after-the-thaw"))
    await gets_an_answer(other)


async def test_killed_and_started_again(own, someone):
    await ready(own)
    killed = own.supervisor.process.pid
    os.kill(killed, signal.SIGKILL)
    await someone.gets_the_safety_net()
    await someone.is_safe()
    await until(lambda: asyncio.sleep(0, own.supervisor.process is not None and own.supervisor.process.pid != killed))
    await ready(own)
    await gets_an_answer(Patient(Chat(own.desk, "cli:after-the-restart")))


async def test_hung_for_good_and_started_again(own, someone, monkeypatch):
    monkeypatch.setattr(supervisor, "PATIENCE", 4.0)
    await ready(own)
    await asyncio.sleep(2)  # until the supervisor has seen it ready too
    hung = own.supervisor.process.pid
    os.kill(hung, signal.SIGSTOP)
    await someone.gets_the_safety_net()
    await until(lambda: asyncio.sleep(0, own.supervisor.process is not None and own.supervisor.process.pid != hung))
    await someone.is_safe()
    await ready(own)


async def test_no_model(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "RASA_MODEL", tmp_path / "none.tar.gz")
    bot = Bot(settings(tmp_path, answer_seconds=1))
    async with bot.running():
        someone = Patient(Chat(bot.desk, "cli:1"))
        await someone.gets_the_safety_net()
        await someone.is_safe()
        assert bot.supervisor.process is None


async def test_when_the_bot_ends_so_does_rasa(tmp_path):
    bot = Bot(settings(tmp_path))
    async with bot.running():
        await until(lambda: asyncio.sleep(0, bot.supervisor.process is not None))
        rasa = bot.supervisor.process
    assert rasa.poll() is not None
