"""The front of a running bot, on a free port of this machine."""

import asyncio
import socket
from contextlib import asynccontextmanager, nullcontext
from typing import AsyncIterator, ContextManager

import uvicorn

from bot.front.bot import Bot
from bot.front.web import application


@asynccontextmanager
async def serving(bot: Bot) -> AsyncIterator[str]:
    """The address where the bot is served until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application(bot), ws="none", lifespan="off", log_level="critical", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield "http://{}:{}".format(*listening.getsockname())
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    def capture_signals(self) -> ContextManager[None]:
        """Ctrl-C stays with the tests."""
        return nullcontext()
