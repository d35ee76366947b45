"""Bots whose parts fail, and what must be true of every one of them."""

from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from bot.front.database import Database
from bot.front.history import History
from bot.front.memory import Memory
from bot.front.rasa import RasaClient
from bot.front.turn.desk import Desk
from bot.guidance import numbers_for, phrase
from tests.harness import Chat

SAFETY_NET = phrase("safety_net", **numbers_for("GB").values)
PATIENCE = 0.5  # seconds that these bots wait for Rasa


class Patient:
    """Writes what must be answered whatever has failed."""

    def __init__(self, chat: Chat):
        self.chat = chat

    async def is_safe(self):
        """Danger is answered at once."""
        await self.chat.says("I can't breathe")
        assert self.chat.seconds < 1
        assert self.chat.urgency == "emergency"
        self.chat.sees("Call 999 now", "1. ")

    async def gets_the_safety_net(self, says="what is baclofen"):
        """Everything else is answered with whom to call."""
        await self.chat.says(says)
        assert self.chat.text == SAFETY_NET
        self.chat.sees_number("999")


@pytest.fixture
def desk(gate, tmp_path):
    """Makes a desk before a Rasa at this address: `desk(address)`."""
    made = []

    def before(address="http://127.0.0.1:9", memory=None, seconds=PATIENCE):
        database = Database(f"sqlite:///{tmp_path}/bot.db")
        database.open()
        memory, history = memory or Memory(database, 24), History(database)
        made.append(Desk(gate, memory, history, RasaClient(address, "key", seconds), "GB", 2000))
        return made[-1]

    yield before
    for one in made:
        one.memory.database.close()


@pytest.fixture
async def patient(desk):
    """A patient of the desk before this Rasa: `patient(address)`."""
    clients = []

    def of(*args, **kwargs):
        made = desk(*args, **kwargs)
        clients.append(made.rasa)
        return Patient(Chat(made, f"cli:{len(clients)}"))

    yield of
    for client in clients:
        await client.close()


def always(make):
    """A handler that answers every request with what is made here."""

    async def handler(request):
        return make()

    return handler


@asynccontextmanager
async def peer(answer):
    """A server that stands where Rasa should, and answers every request so."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        with suppress(TimeoutError):
            await runner.cleanup()
