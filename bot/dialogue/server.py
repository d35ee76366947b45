"""Rasa behind the front: `python -m bot.dialogue.server --port 5006`."""

import argparse
import hmac
import os
import threading
import time
from functools import partial
from typing import Any, Awaitable, Callable, Optional

from rasa.core.agent import Agent
from rasa.core.channels import channel
from rasa.core.channels.rest import RestInput
from rasa.core.lock_store import InMemoryLockStore
from rasa.telemetry import is_telemetry_enabled
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.dialogue.adapted import InProcess, ShortMemory, adapt_rasa
from bot.dialogue.logs import quiet_logs
from bot.paths import RASA_MODEL

HOST = "127.0.0.1"
KEY_HEADER, KEY_SETTING = "X-Bot-Key", "BOT_RASA_KEY"


class FrontInput(RestInput):
    """Rasa's REST channel for whoever holds the key; with no key set, for this whole machine."""

    def __init__(self, key: str):
        self._key = key.encode()

    def blueprint(self, on_new_message: Callable[[channel.UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes of the channel, guarded."""
        routes = super().blueprint(on_new_message)
        routes.middleware("request")(self._guard)
        return routes

    def _guard(self, request: Request) -> Optional[HTTPResponse]:
        shown = request.headers.get(KEY_HEADER, "").encode()
        if self._key and not hmac.compare_digest(shown, self._key):
            return response.json({"error": "wrong key"}, status=401)
        return None


def main() -> None:
    """Serves the trained model until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5006)
    parser.add_argument("--hours", type=float, default=24.0, help="how long conversations are kept")
    parser.add_argument("--front", type=int, help="process that this one ends with")
    given = parser.parse_args()
    if is_telemetry_enabled():
        raise SystemExit("Rasa's telemetry is on: a health bot sends nothing about its use.")
    quiet_logs()
    app = application(given.hours)
    if given.front:
        threading.Thread(target=_end_with, args=[given.front], daemon=True).start()
    app.run(host=HOST, port=given.port, access_log=False)


def application(hours: float) -> Sanic:
    """The server for the front: its channel and whether the model is loaded."""
    app = Sanic("bot_dialogue", configure_logging=False)
    channel.register([FrontInput(os.environ.get(KEY_SETTING, ""))], app, route="/webhooks/")
    app.register_listener(partial(_load, hours), "before_server_start")
    app.add_route(_ready, "/ready")
    return app


async def _load(hours: float, app: Sanic, loop: Any) -> None:
    adapt_rasa()
    app.ctx.agent = Agent(
        tracker_store=ShortMemory(hours),
        lock_store=InMemoryLockStore(),
        action_endpoint=InProcess("actions"),
    )
    app.ctx.agent.load_model(RASA_MODEL)


def _end_with(front: int) -> None:
    """A front that was killed cannot stop this process any more."""
    while os.getppid() == front:
        time.sleep(1)
    os._exit(0)


async def _ready(request: Request) -> HTTPResponse:
    return response.json({"ready": request.app.ctx.agent.is_ready()})


if __name__ == "__main__":
    main()
