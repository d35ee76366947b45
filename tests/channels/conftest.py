"""The bot's own web server, and a client that speaks HTTP to it."""

import aiohttp
import pytest

from tests.serving import serving


@pytest.fixture(scope="session")
async def address(bot):
    """Where the running bot is served."""
    async with serving(bot) as address:
        yield address


def a_browser(address):
    """One patient's client."""
    return aiohttp.ClientSession(address)


@pytest.fixture
async def browser(address):
    """One patient's browser."""
    async with a_browser(address) as session:
        yield session
