"""The door at which Telegram brings updates, where the bot has a public address."""

import asyncio
import copy
from io import BytesIO

import aiohttp
import pytest

from tests.channels.conftest import serving
from tests.harness import until
from tests.telegram_peer import Person, channel, refuses

PUBLIC = "https://bot.example"


@pytest.fixture
async def telegram(bot, api, tmp_path):
    """The bot in Telegram, by webhook."""
    async with channel(bot, api, tmp_path, public_url=PUBLIC) as telegram:
        own = copy.copy(bot)
        own.telegram = telegram
        async with serving(own) as api.front:
            await until(lambda: asyncio.sleep(0, telegram.working))
            yield telegram


async def test_the_webhook_is_set_with_a_secret_and_answers(telegram, api):
    assert api.webhook == f"{PUBLIC}/telegram" and len(api.secret) == 64
    ann = await Person(api, 7_000_001).arrives()
    await ann.says("I can't breathe")
    await ann.hears("Call 999 now")
    assert api.called("GetUpdates") == []


async def test_an_update_that_was_brought_twice_is_answered_once(telegram, api):
    ann = await Person(api, 7_000_001).arrives()
    update = await ann.says("I can't breathe")
    await asyncio.gather(*(api.deliver(update) for _ in range(5)))
    await ann.hears("Call 999 now")
    await ann.hears_nothing_more()


@pytest.mark.parametrize("secret", [None, "", "guessed", "ключ"])
async def test_who_does_not_show_the_secret_is_sent_away(telegram, api, secret):
    ann = Person(api, 7_000_001)
    message = {"message_id": 1, "date": 1, "chat": {"id": ann.chat, "type": "private"}, "text": "/help"}
    assert await api.post({"update_id": 1, "message": message}, secret and secret.encode().decode("latin-1")) == 403
    await ann.hears_nothing_more(0.1)


async def test_what_is_no_update_is_refused_or_left_alone(telegram, api):
    for body, status in (([], 200), ({}, 200), ({"update_id": "x"}, 200), ("text", 200)):
        assert await api.post(body, api.secret) == status
    headers = {"X-Telegram-Bot-Api-Secret-Token": api.secret}
    async with aiohttp.request("POST", f"{api.front}/telegram", data=b"{not json", headers=headers) as response:
        assert response.status == 400
    async with aiohttp.request(
        "POST", f"{api.front}/telegram", data=BytesIO(b" " * 1_100_000), headers=headers
    ) as response:
        assert response.status == 413


async def test_without_a_token_there_is_no_such_door(browser):
    async with browser.post("/telegram", json={"update_id": 1}) as response:
        assert response.status == 404


async def test_polling_removes_a_webhook_that_is_set(bot, api, tmp_path):
    api.webhook = "https://old.example/telegram"
    async with channel(bot, api, tmp_path):
        await until(lambda: asyncio.sleep(0, api.webhook == ""))
        await Person(api, 7_000_001).arrives()


async def test_a_server_that_lacks_a_method_is_used_all_the_same(bot, api, tmp_path, caplog):
    api.lacks = ("setMyCommands", "setMyDescription", "sendChatAction")
    async with channel(bot, api, tmp_path):
        await Person(api, 7_000_001).arrives()
    assert "Telegram did not take set_my_commands (InvalidToken)" in caplog.text


@pytest.mark.parametrize(
    "method, refusal, says",
    [
        ("getMe", refuses(401, "Unauthorized"), "TELEGRAM_BOT_TOKEN"),
        ("setWebhook", refuses(400, "Bad Request: bad webhook: failed to resolve host"), "PUBLIC_URL"),
    ],
)
async def test_what_a_person_must_put_right_is_one_line_and_then_works(
    bot, api, tmp_path, caplog, method, refusal, says
):
    api.fails(method, refusal)
    async with channel(bot, api, tmp_path, public_url=PUBLIC) as telegram:
        await until(lambda: asyncio.sleep(0, telegram.working))
    told = [line for line in caplog.messages if "The Telegram channel is off" in line]
    assert len(told) == 1 and says in told[0]


async def test_telegram_may_come_up_later_than_the_bot(bot, api, tmp_path):
    api.down = True
    async with channel(bot, api, tmp_path) as telegram:
        await asyncio.sleep(0.2)
        assert not telegram.working
        api.down = False
        await Person(api, 7_000_001).arrives()
        assert telegram.working
