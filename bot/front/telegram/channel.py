"""The Telegram channel: started with the front, by polling or, with a public address, by a webhook."""

import asyncio
import hmac
import json
import logging
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Dict, Optional, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from telegram import Bot as Api
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.front.consent import Consents
from bot.front.incoming import body
from bot.front.telegram import menu
from bot.front.telegram.answers import Answers
from bot.front.telegram.courtesy import Courtesy
from bot.front.telegram.intake import Intake
from bot.front.telegram.outbox import Outbox, Pace
from bot.front.telegram.privacy import Privacy, silence
from bot.front.telegram.updates import WANTED
from bot.front.turn.desk import Desk
from bot.guidance import numbers_for
from bot.guidance.phrases import COMPLETE
from bot.settings import Settings

log = logging.getLogger(__name__)
PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BODY = 1_000_000  # bytes
BATCH = 100  # updates at once, the most that Telegram hands out
SAYS = {
    InvalidToken: "Telegram does not know the token; set TELEGRAM_BOT_TOKEN to the one from @BotFather",
    Conflict: "another process asks Telegram for the same bot's updates; stop it",
    BadRequest: "Telegram refuses the webhook; set PUBLIC_URL to an https address that it can reach, at port 443, 80, 88 or 8443",
}


class Telegram:
    """The channel of one bot; `working` while updates arrive."""

    def __init__(self, settings: Settings, key: str, desk: Desk, consents: Consents, pace: Optional[Pace] = None):
        silence()
        pace = pace or Pace()
        self._settings, self._desk, self._pace = settings, desk, pace
        self._privacy = Privacy(key)
        self._request = HTTPXRequest(
            connection_pool_size=256,
            connect_timeout=pace.request,
            read_timeout=pace.request,
            write_timeout=pace.request,
            pool_timeout=pace.request,
        )
        self._api = Api(settings.telegram_bot_token, api_address(settings), request=self._request)
        database = desk.memory.database
        self._courtesy = Courtesy(self._api)
        self._outbox = Outbox(database, self._privacy, self._api, pace)
        answers = Answers(desk, consents, self._courtesy, self._outbox)
        self._intake = Intake(database, self._privacy, self._outbox, answers)
        self.working = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Takes updates in and delivers answers until the block ends; what is left goes on at the next start."""
        self._outbox.recover()
        self._intake.recover()
        chores = [asyncio.create_task(chore) for chore in (self._outbox.run(), self._receive())]
        try:
            yield
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            await self._intake.stop()
            await self._outbox.settle()
            await self._courtesy.stop()
            await self._request.shutdown()
            self.working = False

    async def webhook(self, request: Request) -> Response:
        """One update from Telegram, which shows the secret. Answered 200 once it is kept."""
        shown = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(shown.encode(), self._privacy.secret.encode()):
            raise HTTPException(403, "this door is for Telegram alone")
        self._intake.take(_updates(await body(request, LARGEST_BODY, "update")))
        return JSONResponse({})

    async def _receive(self) -> None:
        """Never ends by itself: what a person or Telegram puts right later is taken up then."""
        pause = self._pace.first_pause
        while True:
            try:
                await self._api.get_me()
                await self._introduce()
                await (self._listen() if self._settings.public_url else self._poll())
            except Exception as error:
                self.working = False
                log.error("%s. The Telegram channel is off; trying again.", _says(error))
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._pace.longest_pause)

    async def _introduce(self) -> None:
        """Menu and description. A server that lacks the method is no reason to stay away."""
        for language in COMPLETE:
            code = "" if language == "en" else language
            await self._courtesy.tried("set_my_commands", menu.descriptions(language), language_code=code)
            text = menu.welcome(language, numbers_for(self._desk.country, language)).text
            await self._courtesy.tried("set_my_description", text, language_code=code)

    async def _listen(self) -> None:
        address = f"{self._settings.public_url}{PATH}"
        await self._api.set_webhook(address, allowed_updates=WANTED, secret_token=self._privacy.secret)
        self.working = True
        await asyncio.Event().wait()

    async def _poll(self) -> None:
        await self._api.delete_webhook()
        offset, pause = 0, self._pace.first_pause
        while True:
            try:
                updates = await self._ask(offset)
                self.working, pause = True, self._pace.first_pause
            except TelegramError as error:
                self.working = False
                self._intake.take([])
                log.warning("%s; trying again", _says(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, self._pace.longest_pause)
                continue
            self._intake.take(updates, more=len(updates) >= BATCH)
            offset = max([offset, *(update["update_id"] + 1 for update in updates)])

    async def _ask(self, offset: int) -> Sequence[Dict[str, Any]]:
        """The next updates as Telegram wrote them: the library would stumble over all where it cannot
        read one, and its own method has the name in small letters."""
        wanted = {"offset": offset, "limit": BATCH, "timeout": int(self._pace.poll), "allowed_updates": WANTED}
        patience = self._pace.poll + self._pace.request
        updates = await self._api.do_api_request("GetUpdates", wanted, read_timeout=patience)
        return [update for update in updates if _is_update(update)] if isinstance(updates, list) else []


def api_address(settings: Settings) -> str:
    """Where the Bot API is, up to the token."""
    return f"{settings.telegram_api_url}/bot"


def _updates(raw: bytes) -> Sequence[Dict[str, Any]]:
    try:
        update = json.loads(raw)
    except ValueError as error:
        raise HTTPException(400, "send an update as JSON") from error
    return [update] if _is_update(update) else []


def _is_update(update: Any) -> bool:
    return isinstance(update, dict) and isinstance(update.get("update_id"), int)


def _says(error: Exception) -> str:
    return SAYS.get(type(error), f"no updates from Telegram ({type(error).__name__})")
