"""The real bot, started once: its gate, its memory in a temporary database, its Rasa process."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.front.bot import Bot
from bot.triage.gate import Gate
from tests.harness import Chat, settings, until
from tests.telegram_peer import serving_api

for name in [name for name in os.environ if name.startswith(("BOT_", "TELEGRAM_", "PUBLIC_URL"))]:
    del os.environ[name]  # the settings of whoever runs the tests must not sway them


def pytest_bot_settings():
    """Conversation tests speak with a bot in Britain."""
    return settings(Path())


@pytest.fixture(scope="session")
async def bot(tmp_path_factory):
    """A bot in Britain whose Rasa is ready."""
    bot = Bot(settings(tmp_path_factory.mktemp("bot")))
    async with bot.running():
        await until(bot.supervisor.client.ready)
        yield bot


@pytest.fixture(scope="session")
def gate():
    """The trained gate."""
    return Gate.load()


@pytest.fixture
def talk(bot):
    """Begins a conversation: `chat = talk()`, or `talk(country="US")`."""

    def begin(**desk):
        return Chat(replace(bot.desk, **desk), bot.sessions.open(bot.sessions.mint("cli"), "cli"))

    return begin


@pytest.fixture
async def api():
    """A Bot API server on this machine, in Telegram's place."""
    async with serving_api() as peer:
        yield peer
