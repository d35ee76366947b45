"""The front of a running bot, on a free port of this machine."""

import asyncio
import socket
from contextlib import asynccontextmanager, nullcontext
from typing import AsyncIterator, ContextManager

from bot.front.bot import Bot
from bot.front.web.server import Server


@asynccontextmanager
async def serving(bot: Bot, port: int = 0) -> AsyncIterator[str]:
    """The address where the bot is served until the block ends; the bot itself is not started or stopped."""
    listening = socket.create_server(("127.0.0.1", port))
    server = _Server(bot, lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield "http://{}:{}".format(*listening.getsockname())
    finally:
        server.should_exit = True
        await task


class _Server(Server):
    def capture_signals(self) -> ContextManager[None]:
        """Ctrl-C stays with the tests."""
        return nullcontext()
