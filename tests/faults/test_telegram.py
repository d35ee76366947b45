"""Telegram fails in every way that it has, or the bot is stopped in the middle: each reply arrives."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from aiohttp import web

from bot.front.rasa import RasaClient
from tests.faults.conftest import peer as rasa_peer
from tests.harness import until
from tests.telegram_peer import (
    QUICK,
    Person,
    breaks_off,
    channel,
    refuses,
    talks_nonsense,
    times_out,
)

SCRIPT = "Call 999 now"
STORAGE, ANSWERED = "How do I store baclofen?", "own pack or bottle"
PASSING = {
    "429": refuses(429, "Too Many Requests: retry after 1", retry_after=1),
    "500": refuses(500, "Internal Server Error"),
    "502 with a page": talks_nonsense,
    "timeout": times_out,
    "401": refuses(401, "Unauthorized"),
}


def stored(folder, table):
    """How many rows of the table are there."""
    with closing(sqlite3.connect(folder / "bot.db")) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def gone(folder, table="telegram_outbox"):
    """Whether the table becomes empty."""
    return until(lambda: asyncio.sleep(0, stored(folder, table) == 0), 10)


@pytest.fixture
async def telegram(bot, api, tmp_path):
    """The bot in Telegram, by polling."""
    async with channel(bot, api, tmp_path) as telegram:
        yield telegram


@pytest.fixture
async def ann(telegram, api):
    """Someone in Britain who agreed."""
    return await Person(api, 7_000_001).arrives()


@pytest.mark.parametrize("how", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("says, hears", [("I can't breathe", SCRIPT), (STORAGE, ANSWERED)], ids=["danger", "everyday"])
async def test_a_reply_that_was_not_taken_comes_once_it_is(ann, api, tmp_path, how, says, hears):
    api.fails("sendMessage", how, times=2)
    await ann.says(says)
    await ann.hears(hears)
    await ann.hears_nothing_more()
    await gone(tmp_path)
    assert stored(tmp_path, "telegram_given_up") == 0


async def test_a_cut_connection_sends_again_rather_than_never(ann, api, tmp_path):
    api.fails("sendMessage", breaks_off)
    await ann.says("I can't breathe")
    await ann.hears(SCRIPT)
    await ann.hears(SCRIPT)  # Telegram had taken it already, which nobody can know
    await gone(tmp_path)


@pytest.mark.parametrize("how", PASSING.values(), ids=PASSING)
async def test_updates_that_could_not_be_fetched_are_fetched_again(ann, api, how):
    api.fails("getUpdates", how, times=2)
    await ann.says("I can't breathe")
    await ann.hears(SCRIPT)
    await ann.hears_nothing_more(0.1)


async def test_updates_that_are_none_stop_nothing(ann, api):
    async def nonsense(request, answer):
        return web.json_response({"ok": True, "result": ["x", {}, {"update_id": "1"}, None]})

    api.fails("getUpdates", nonsense)
    await ann.says("I can't breathe")
    await ann.hears(SCRIPT)


async def test_bad_formatting_falls_back_to_plain_text_and_keeps_the_buttons(ann, api):
    api.fails("sendMessage", refuses(400, "Bad Request: can't parse entities"))
    await ann.says(STORAGE)
    message = await ann.hears(ANSWERED)
    assert not message.formatted and "Tell me more" in message.titles


async def test_refused_buttons_are_left_out(ann, api):
    api.fails("sendMessage", refuses(400, "Bad Request: BUTTON_DATA_INVALID"), times=2)
    await ann.says(STORAGE)
    message = await ann.hears(ANSWERED)
    assert not message.buttons


async def test_what_telegram_never_takes_is_given_up_with_a_record_and_the_next_reply_comes(ann, api, tmp_path):
    api.fails("sendMessage", refuses(400, "Bad Request: chat not found"), times=3)
    await ann.says(STORAGE)
    await until(lambda: asyncio.sleep(0, stored(tmp_path, "telegram_given_up") == 1))
    await ann.says("I can't breathe")
    await ann.hears(SCRIPT)


async def test_who_blocked_the_bot_is_not_pestered(ann, api, tmp_path):
    await gone(tmp_path)
    api.fails("sendMessage", refuses(403, "Forbidden: bot was blocked by the user"))
    await ann.says(STORAGE)
    await until(lambda: asyncio.sleep(0, stored(tmp_path, "telegram_given_up") == 1))
    await ann.hears_nothing_more()
    assert stored(tmp_path, "telegram_outbox") == 0


async def test_a_failed_acknowledgment_or_typing_sign_harms_nothing(ann, api):
    api.fails("answerCallbackQuery", refuses(400, "Bad Request: query is too old"))
    await ann.says("/country")
    await ann.hears("Which country")
    await ann.presses("Ireland")
    await ann.hears("112")


async def test_telegram_down_for_a_while_loses_nothing_and_brings_danger_first(bot, api, tmp_path):
    async with channel(bot, api, tmp_path):
        people = [await Person(api, 7_000_100 + place).arrives() for place in range(4)]
        await gone(tmp_path)
        api.fails("sendMessage", refuses(503, "down"), times=10_000)
        for person in people[:3]:
            await person.says(STORAGE)
        await people[3].says(STORAGE)
        await people[3].says("I can't breathe")
        await until(lambda: asyncio.sleep(0, stored(tmp_path, "telegram_outbox") == 5))
        told = len(api.sent)
        api.faults.clear()
        await gone(tmp_path)
        assert sorted(m.text[:12] for m in api.sent[told:]) == sorted(["Keep baclofe"] * 4 + [SCRIPT])
        assert people[3].messages[-2].text.startswith(SCRIPT)


async def test_everyday_replies_expire_before_danger(bot, api, tmp_path):
    async with channel(bot, api, tmp_path, pace=replace(QUICK, everyday_hours=0.3 / 3600)):
        ann = await Person(api, 7_000_200).arrives()
        await gone(tmp_path)
        api.fails("sendMessage", refuses(503, "down"), times=10_000)
        await ann.says(STORAGE)
        await ann.says("I can't breathe")
        await until(lambda: asyncio.sleep(0, stored(tmp_path, "telegram_outbox") == 2))
        await asyncio.sleep(0.3)
        api.faults.clear()
        await ann.hears(SCRIPT)
        await gone(tmp_path)
        await ann.hears_nothing_more(0.1)
        assert stored(tmp_path, "telegram_given_up") == 1


# Order and once


async def test_a_restart_in_mid_reply_delivers_what_was_promised_once(bot, api, tmp_path):
    async with channel(bot, api, tmp_path):
        ann = await Person(api, 7_000_001).arrives()
        await gone(tmp_path)
        api.fails("sendMessage", refuses(503, "down"), times=10_000)
        await ann.says("I can't breathe")
        await until(lambda: asyncio.sleep(0, stored(tmp_path, "telegram_outbox") == 1))
    api.faults.clear()
    async with channel(bot, api, tmp_path):
        await ann.hears(SCRIPT)
        await ann.hears_nothing_more()


async def test_a_restart_in_mid_answer_answers_then(bot, api, tmp_path):
    async def never(request):
        await asyncio.sleep(30)

    async with rasa_peer(never) as address:
        hung = RasaClient(address, "key", 30)
        async with channel(bot, api, tmp_path, rasa=hung):
            ann = await Person(api, 7_000_001).arrives()
            update = await ann.says(STORAGE)
            await until(lambda: asyncio.sleep(0, api.acknowledged_up_to > update["update_id"]))
        await hung.close()
    async with channel(bot, api, tmp_path):
        await ann.hears(ANSWERED)
        await ann.hears_nothing_more()


async def test_an_update_that_comes_twice_is_answered_once_across_restarts_too(bot, api, tmp_path):
    async with channel(bot, api, tmp_path):
        ann = await Person(api, 7_000_001).arrives()
        update = await ann.says("I can't breathe")
        await ann.hears(SCRIPT)
        await api.deliver(update)
        await ann.hears_nothing_more()
    async with channel(bot, api, tmp_path):
        await api.deliver(update)
        await ann.hears_nothing_more()


async def test_messages_of_one_chat_are_answered_in_order(ann):
    asked = ["I can't breathe", "thanks", "yes I called 999", STORAGE, "what is baclofen"]
    for text in asked:
        await ann.says(text)
    for words in (SCRIPT, "Has someone called", "You did the right thing", ANSWERED, "muscle relaxant"):
        await ann.hears(words)


async def test_a_slow_chat_delays_neither_another_nor_its_own_red_flag(bot, api, tmp_path):
    release = asyncio.Event()

    async def hangs(request):
        await release.wait()

    async with rasa_peer(hangs) as address:
        hung = RasaClient(address, "key", 3)
        async with channel(bot, api, tmp_path, rasa=hung):
            slow = [await Person(api, 7_000_300 + place).arrives() for place in range(10)]
            bob = await Person(api, 7_000_400).arrives()
            for person in slow:
                await person.says(STORAGE)
                await person.says("what is baclofen")
            await bob.says("I can't breathe")
            await slow[0].says("I can't breathe")
            asked = asyncio.get_running_loop().time()
            await bob.hears(SCRIPT)
            await slow[0].hears(SCRIPT)
            assert asyncio.get_running_loop().time() - asked < 1
            release.set()
        await hung.close()


async def test_the_database_fails_and_the_chat_goes_on(bot, api, tmp_path):
    async with channel(bot, api, tmp_path):
        ann = await Person(api, 7_000_001).arrives()
        with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
            for table in ("telegram_updates", "telegram_outbox"):
                connection.execute(f"DROP TABLE {table}")
            connection.commit()
        update = await ann.says("I can't breathe")
        await ann.hears(SCRIPT)
        await api.deliver(update)
        await ann.hears_nothing_more()
