"""`bot doctor`: looks at every part of the bot, a line each, and says what to do about what is wrong."""

import asyncio
import json
import urllib.request
from functools import partial
from typing import Awaitable, Callable, Sequence, Tuple

from bot.front.bot import Bot, wrong_canaries
from bot.front.database import Database
from bot.front.serve import port_error
from bot.front.supervisor import INSTALLED
from bot.guidance.documents import BadGuidance
from bot.guidance.numbers import BadNumbers, load_numbers
from bot.guidance.phrases import COMPLETE
from bot.guidance.scripts import load_script
from bot.guidance.sections import load_sections
from bot.paths import RASA_MODEL
from bot.settings import BadSettings, Settings, load_settings
from bot.triage.assessment import RED_FLAGS
from bot.triage.gate import Gate
from bot.triage.rules import BadRules, load_rules

STARTING = 60.0  # seconds that Rasa may take to be ready
QUESTION = "what is baclofen"


class ToDo(RuntimeError):
    """A part is wrong; the message is one line that says what to do."""


async def examine() -> bool:
    """Prints a line for each part, `ok` or `to do`. False where one is to do."""
    if not await _looked_at("settings", _settings):
        return False
    settings = load_settings()
    return all([await _looked_at(part, partial(look, settings)) for part, look in PARTS])


async def _looked_at(part: str, look: Callable[[], Awaitable[str]]) -> bool:
    try:
        print(f"ok     {part}: {await look()}", flush=True)
        return True
    except (ToDo, BadSettings, BadRules, BadGuidance, BadNumbers, OSError) as error:
        print(f"to do  {part}: {'; '.join(str(error).splitlines())}", flush=True)
        return False


async def _settings() -> str:
    country = load_settings().country
    return f"country {country}" if country else "no country set, so 112 or the local number is shown"


async def _red_flags(settings: Settings) -> str:
    rules = load_rules()
    return f"{len(rules.signs)} signs of {len(RED_FLAGS)} red flags"


async def _guidance(settings: Settings) -> str:
    scripts = [load_script(flag, language) for flag in RED_FLAGS for language in COMPLETE]
    return f"{len(load_sections())} sections, {len(scripts)} scripts, numbers of {len(load_numbers())} countries"


async def _classifier(settings: Settings) -> str:
    if Gate.load().classifier is None:
        raise ToDo("not trained, so red flags are found by rules alone and topics not at all; run `make setup`")
    return "trained"


async def _canaries(settings: Settings) -> str:
    wrong = wrong_canaries(Gate.load())
    if wrong:
        raise ToDo(
            f"the gate misjudges {', '.join(map(repr, wrong))}; look at data/red_flags, then train with `make setup`"
        )
    return "the gate judges its canary phrases right"


async def _database(settings: Settings) -> str:
    database = Database(settings.database)
    database.open()
    database.close()
    if not database.working:
        raise ToDo("conversations cannot be stored; put BOT_DATABASE and the rights on its file in order")
    return "conversations can be stored"


async def _port(settings: Settings) -> str:
    error = port_error(settings)
    if not error:
        return f"{settings.port} is free"
    if await asyncio.to_thread(_is_ours, settings):
        return f"the bot answers at {settings.port} already"
    raise ToDo(error)


def _is_ours(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/health", timeout=2) as response:
            return bool(json.load(response) == {"up": True})
    except (OSError, ValueError):
        return False


async def _rasa_installed(settings: Settings) -> str:
    if not INSTALLED.exists():
        raise ToDo("not installed, so everyday questions get the safety net; run `make setup`")
    return "installed"


async def _rasa_model(settings: Settings) -> str:
    if not RASA_MODEL.exists():
        raise ToDo("not trained, so everyday questions get the safety net; run `make setup`")
    return "trained"


async def _rasa(settings: Settings) -> str:
    await _rasa_installed(settings)
    await _rasa_model(settings)
    bot = Bot(settings.model_copy(update={"database": "sqlite://"}))
    async with bot.running():
        if not await bot.until_rasa(STARTING):
            raise ToDo(f"not ready after {STARTING:.0f} s; look at var/rasa.log")
        turn = await bot.desk.turn("cli:doctor", QUESTION)
    if not turn.sections:
        raise ToDo(f"it starts, and does not answer {QUESTION!r}; look at var/rasa.log")
    return "starts and answers"


async def _telegram(settings: Settings) -> str:
    if not settings.telegram_bot_token:
        return "off, as TELEGRAM_BOT_TOKEN is not set"
    from bot.front.telegram import checkup  # only where it is used, as it is slow to import

    try:
        problems = await checkup.look(settings)
    except checkup.CannotReach as error:
        raise ToDo(str(error)) from error
    if problems:
        raise ToDo("; ".join(problems))
    return f"the token is known, updates come {'to ' + settings.public_url if settings.public_url else 'by polling'}"


PARTS: Sequence[Tuple[str, Callable[[Settings], Awaitable[str]]]] = (
    ("red flags", _red_flags),
    ("guidance", _guidance),
    ("classifier", _classifier),
    ("canaries", _canaries),
    ("database", _database),
    ("port", _port),
    ("Rasa environment", _rasa_installed),
    ("Rasa model", _rasa_model),
    ("Rasa", _rasa),
    ("Telegram", _telegram),
)
