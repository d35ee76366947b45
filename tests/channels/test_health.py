"""Signs of health, and the headers on everything."""

from dataclasses import replace

import aiohttp
import pytest

from bot.front.bot import Bot
from bot.front.web.headers import HEADERS
from bot.triage.gate import Gate
from bot.triage.rules import load_rules
from tests.harness import settings
from tests.serving import serving


async def test_the_process_is_up(browser):
    async with browser.get("/health") as response:
        assert (response.status, await response.json()) == (200, {"up": True})


async def test_the_bot_is_ready_and_says_which_parts_are_up(browser):
    async with browser.get("/ready") as response:
        told = await response.json()
    assert response.status == 200 and told["ready"]
    assert told["parts"] == {
        **told["parts"],
        "gate": True,
        "classifier": True,
        "memory": True,
        "rasa": True,
        "telegram": False,
    }


async def test_a_gate_that_misses_a_canary_is_not_ready(tmp_path):
    rules = load_rules()
    blind = replace(rules, signs=tuple(sign for sign in rules.signs if sign.flag != "breathing"))
    bot = Bot(settings(tmp_path))
    bot.desk.gate = Gate(blind)
    async with serving(bot) as address, aiohttp.ClientSession(address) as browser, browser.get("/ready") as response:
        told = await response.json()
    await bot.supervisor.client.close()
    assert response.status == 503
    assert (told["ready"], told["parts"]["gate"]) == (False, False)


async def test_without_rasa_the_bot_is_ready_all_the_same(tmp_path):
    bot = Bot(settings(tmp_path))
    async with serving(bot) as address, aiohttp.ClientSession(address) as browser, browser.get("/ready") as response:
        told = await response.json()
    await bot.supervisor.client.close()
    assert response.status == 200
    assert (told["parts"]["gate"], told["parts"]["rasa"]) == (True, False)


@pytest.mark.parametrize(
    "path", ["/", "/chat", "/embed", "/health", "/ready", "/nowhere", "/static/../../.env", "/api/turn", "/web/events"]
)
async def test_every_answer_has_the_security_headers(browser, path):
    async with browser.get(path) as response:
        missing = {name for name, value in HEADERS.items() if response.headers.get(name) != value}
    assert not missing
    assert response.status in (200, 401, 404, 405)
    assert "server" not in response.headers or response.headers["server"] == "uvicorn"
