"""The web server of the front."""

import socket
from typing import Any, List, Optional

import uvicorn

from bot.front.bot import Bot
from bot.front.web.app import application


class Server(uvicorn.Server):
    """Uvicorn that ends the streams of events when it stops: they would never end by themselves."""

    def __init__(self, bot: Bot, **config: Any):
        super().__init__(uvicorn.Config(application(bot), ws="none", access_log=False, server_header=False, **config))
        self._bot = bot

    async def shutdown(self, sockets: Optional[List[socket.socket]] = None) -> None:
        """Ends the streams, then everything else."""
        self._bot.desk.history.end_listening()
        await super().shutdown(sockets)
