"""The bot's own web server on a free port, and a client that speaks HTTP to it."""

import asyncio
from contextlib import asynccontextmanager, nullcontext

import aiohttp
import pytest
import uvicorn
from yarl import URL

from bot.front.web import application
from tests.harness import until


class Server(uvicorn.Server):
    """Uvicorn that leaves Ctrl-C to whoever runs the tests."""

    def capture_signals(self):
        """No signals."""
        return nullcontext()


@asynccontextmanager
async def serving(bot):
    """The address at which the bot is served; the bot itself is not started or stopped."""
    server = Server(uvicorn.Config(application(bot), port=0, lifespan="off", log_level="warning", ws="none"))
    task = asyncio.create_task(server.serve())
    await until(lambda: asyncio.sleep(0, server.started))
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@pytest.fixture(scope="session")
async def address(bot):
    """Where the running bot is served."""
    async with serving(bot) as address:
        yield address


def a_browser(address, **cookies):
    """A client that keeps cookies of its own, as one patient's browser does."""
    jar = aiohttp.CookieJar(unsafe=True)  # also those of an address in numbers
    jar.update_cookies(cookies, URL(address))
    return aiohttp.ClientSession(address, cookie_jar=jar)


@pytest.fixture
async def browser(address):
    """One patient's browser."""
    async with a_browser(address) as session:
        yield session
