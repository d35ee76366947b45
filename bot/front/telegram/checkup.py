"""What `bot doctor` looks at in Telegram, and the command that takes the webhook away."""

import asyncio
import time
import urllib.error
import urllib.request
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import AsyncIterator, List

from telegram import Bot as Api
from telegram.error import InvalidToken, TelegramError

from bot.front.database import Database
from bot.front.telegram import menu
from bot.front.telegram.channel import PATH, SAYS, api_address
from bot.front.telegram.outbox import given_up
from bot.front.telegram.privacy import silence
from bot.settings import Settings

SKEW = 30.0  # seconds that this machine's clock may be off
PATIENCE = 5.0
RECENT = timedelta(hours=1)  # an older error of the webhook is over


class CannotReach(RuntimeError):
    """Telegram does not answer as it should; the message is one line that says what to do."""


async def look(settings: Settings) -> List[str]:
    """What is wrong, a line each. Raises CannotReach where nothing can be asked."""
    silence()
    async with _answering(settings) as api:
        found = [await _webhook(api, settings), await _commands(api)]
    found += [await asyncio.to_thread(_clock, settings), _undelivered(settings)]
    return [problem for problem in found if problem]


async def remove_webhook(settings: Settings) -> None:
    """Makes Telegram bring updates nowhere. Raises CannotReach."""
    silence()
    async with _answering(settings) as api:
        await api.delete_webhook()


@asynccontextmanager
async def _answering(settings: Settings) -> AsyncIterator[Api]:
    """The API once it knows the token; every failure within becomes CannotReach."""
    try:
        async with Api(settings.telegram_bot_token, api_address(settings)) as api:
            yield api
    except InvalidToken as error:
        raise CannotReach(SAYS[InvalidToken]) from error
    except TelegramError as error:
        line = f"{settings.telegram_api_url} does not answer ({type(error).__name__})"
        raise CannotReach(f"{line}; look at the network and TELEGRAM_API_URL") from error


async def _webhook(api: Api, settings: Settings) -> str:
    """Telegram's last error is shown, as it speaks of the address and never of a message."""
    known = await api.get_webhook_info()
    wanted = f"{settings.public_url}{PATH}" if settings.public_url else ""
    if known.url != wanted:
        return f"updates go to {known.url or 'nobody but who asks'}; `make run` sets this right"
    if known.last_error_date and known.last_error_date > datetime.now(timezone.utc) - RECENT:
        return f"Telegram could not bring updates to {wanted} ({known.last_error_message}); look at the proxy before it"
    return ""


async def _commands(api: Api) -> str:
    shown = tuple(command.command for command in await api.get_my_commands())
    return "" if shown == menu.COMMANDS else "the menu is not that of this version; `make run` sets it"


def _clock(settings: Settings) -> str:
    try:
        with urllib.request.urlopen(settings.telegram_api_url, timeout=PATIENCE) as response:
            date = response.headers["Date"]
    except urllib.error.HTTPError as error:
        date = error.headers["Date"]
    skew = abs(time.time() - parsedate_to_datetime(date).timestamp()) if date else 0.0
    return f"this machine's clock is {skew:.0f} s off; set it" if skew > SKEW else ""


def _undelivered(settings: Settings) -> str:
    database = Database(settings.database)
    database.open()
    lost = given_up(database)
    database.close()
    return f"{lost} replies could not be delivered lately; the log says why" if lost else ""
