"""What `bot doctor`, `bot run` and `bot remove-webhook` say about Telegram."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from bot.front import doctor
from bot.front.serve import opening_lines
from bot.front.telegram import checkup
from bot.paths import ROOT
from tests.harness import settings, until
from tests.telegram_peer import TOKEN, Person, channel, refuses

PUBLIC = "https://bot.example"


@pytest.fixture
def own(api, tmp_path):
    """Settings of a bot in Telegram: `own(public_url=...)`."""
    known = {"telegram_bot_token": TOKEN, "telegram_api_url": api.address, "public_url": ""}
    return lambda **more: settings(tmp_path, **{**known, **more})


async def test_a_channel_that_works_has_nothing_to_do(bot, api, tmp_path, own):
    async with channel(bot, api, tmp_path):
        await Person(api, 7_000_001).arrives()
        assert "by polling" in await doctor._telegram(own())


async def test_without_a_token_it_is_off(tmp_path):
    assert "TELEGRAM_BOT_TOKEN is not set" in await doctor._telegram(settings(tmp_path))


async def test_a_wrong_token_an_unknown_server_and_an_old_webhook_are_named(api, own):
    cases = {
        "@BotFather": own(telegram_bot_token="1:wrong"),
        "TELEGRAM_API_URL": own(telegram_api_url="http://127.0.0.1:9"),
        "updates go to nobody": own(public_url=PUBLIC),
    }
    for says, wrong in cases.items():
        with pytest.raises(doctor.ToDo, match=says):
            await doctor._telegram(wrong)


async def test_an_error_at_the_webhook_is_shown(api, own):
    api.webhook, api.error = f"{PUBLIC}/telegram", "Wrong response from the webhook: 502 Bad Gateway"
    with pytest.raises(doctor.ToDo, match="502 Bad Gateway"):
        await doctor._telegram(own(public_url=PUBLIC))


async def test_a_clock_that_is_off_is_named(api, own):
    api.ahead = 3600
    with pytest.raises(doctor.ToDo, match="clock is 3[56].. s off"):
        await doctor._telegram(own())


async def test_replies_that_were_given_up_are_counted(bot, api, tmp_path, own):
    async with channel(bot, api, tmp_path):
        ann = await Person(api, 7_000_001).arrives()
        api.fails("sendMessage", refuses(403))
        await ann.says("I can't breathe")
        await until(lambda: asyncio.sleep(0, not api.faults))
    with pytest.raises(doctor.ToDo, match="1 replies could not be delivered"):
        await doctor._telegram(own())


async def test_the_webhook_is_removed_on_request(api, own):
    api.webhook = f"{PUBLIC}/telegram"
    await checkup.remove_webhook(own())
    assert api.webhook == ""


def test_the_opening_lines_say_how_updates_come(own):
    assert "telegram: on, by polling" in opening_lines(own())
    assert f"telegram: on, by a webhook at {PUBLIC}/telegram" in opening_lines(own(public_url=PUBLIC))
    assert TOKEN not in opening_lines(own()) and TOKEN not in repr(own())


async def test_run_answers_in_telegram_and_ends_cleanly(api, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    own = {"BOT_PORT": port, "BOT_DATABASE": f"sqlite:///{tmp_path}/bot.db", "BOT_COUNTRY": "GB"}
    own = {**own, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api.address}
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("bot"), "run", cwd=ROOT, env={**os.environ, **own}, stdout=PIPE, stderr=STDOUT
    )
    ann = Person(api, 7_000_001)
    await ann.says("I can't breathe")
    await until(lambda: asyncio.sleep(0, bool(ann.messages)))
    await ann.hears("Call 999 now")
    process.send_signal(signal.SIGINT)
    said, _ = await process.communicate()
    assert b"telegram: on, by polling" in said and b"Traceback" not in said and TOKEN.encode() not in said
