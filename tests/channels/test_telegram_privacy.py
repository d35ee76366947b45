"""What stays of a person who writes in Telegram, and what is logged: as little as can be."""

import json
import logging

import pytest

from bot.front.consent import version
from bot.front.telegram.menu import CONSENT
from tests.telegram_peer import TOKEN, Person, breaks_off, channel, refuses, talks_nonsense

CHAT = 5_123_456_789
WORDS = "my zebra leg shakes, how do I store baclofen"
LIBRARIES = ("telegram", "httpx", "httpcore", "sqlalchemy", "asyncio", "aiohttp", "bot")


@pytest.fixture
async def ann(bot, api, tmp_path):
    """Someone who agreed and asked something."""
    async with channel(bot, api, tmp_path):
        ann = await Person(api, CHAT).arrives()
        await ann.says(WORDS)
        await ann.hears("own pack")
        yield ann


def on_disk(folder):
    """All that stands in the database's files."""
    return b"".join(path.read_bytes() for path in folder.glob("bot.db*"))


async def test_no_file_holds_a_chat_or_a_token(ann, tmp_path):
    stored = on_disk(tmp_path)
    assert b"zebra" in stored  # the search finds what is there
    for secret in (str(CHAT).encode(), CHAT.to_bytes(5, "big"), TOKEN.encode(), b"first_name"):
        assert secret not in stored


async def test_not_even_while_telegram_is_down(ann, api, tmp_path):
    api.fails("sendMessage", refuses(503), times=10_000)
    await ann.says("I can't breathe")
    await ann.hears_nothing_more()
    assert str(CHAT).encode() not in on_disk(tmp_path)


async def test_export_gives_all_that_is_kept(ann):
    await ann.says("/export")
    file = await ann.hears("all that I keep")
    kept = json.loads(file.document)
    assert WORDS in json.dumps(kept["messages"]) and "own pack" in json.dumps(kept["messages"])
    assert kept["consents"][0]["version"] == version(CONSENT)
    assert kept["conversations"] and not [table for table in kept if table.startswith("telegram")]


async def test_forget_asks_erases_everywhere_and_confirms(ann, tmp_path):
    await ann.says("/forget")
    asked = await ann.hears("Shall I delete")
    assert asked.titles == ["Yes, delete it", "No, keep it"]
    await ann.presses("Yes, delete it")
    await ann.hears("I deleted all", "999")
    assert b"zebra" not in on_disk(tmp_path)
    await ann.says("/export")
    assert json.loads((await ann.hears("")).document) == {}
    await ann.says("how do I store baclofen")
    await ann.hears("May I read it")


async def test_forget_can_be_left_undone(ann, tmp_path):
    await ann.says("/forget")
    await ann.hears("Shall I delete")
    await ann.presses("No, keep it")
    await ann.hears("deleted nothing")
    assert b"zebra" in on_disk(tmp_path)


async def test_a_reply_on_its_way_is_forgotten_too(ann, api):
    api.fails("sendMessage", refuses(503), times=10_000)
    await ann.says("how do I store baclofen")
    await ann.hears_nothing_more()
    await ann.says("/forget")
    await ann.hears_nothing_more()
    api.faults.clear()
    await ann.hears("own pack")
    await ann.hears("Shall I delete")
    api.fails("sendMessage", refuses(503), times=10_000)
    await ann.says("what is baclofen")
    await ann.hears_nothing_more()
    await ann.presses("Yes, delete it")
    await ann.hears_nothing_more()
    api.faults.clear()
    await ann.hears("I deleted all")
    await ann.hears_nothing_more()


async def test_nothing_said_and_no_token_is_logged_at_any_level(bot, api, tmp_path, caplog):
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger("bot").setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        async with channel(bot, api, tmp_path):
            ann = await Person(api, CHAT).arrives()
            beer = "a zebra asks: can I drink beer with baclofen"
            faults = (refuses(400, f"zebra {CHAT}"), refuses(503, "zebra"), talks_nonsense, breaks_off)
            for fault, says, hears in zip(
                faults, (WORDS, WORDS, beer, beer), ("own pack",) * 2 + ("Not drinking",) * 2
            ):
                api.fails("sendMessage", fault)
                await ann.says(says)
                await ann.hears(hears)
            await ann.hears("Not drinking")  # the one whose connection was cut
            await ann.sends(sticker="zebra")
            await ann.hears("only read words")
            logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    logging.getLogger("bot").setLevel(logging.NOTSET)
    assert "Telegram did not take a reply" in logged and "an update cannot be read" in logged
    for secret in ("zebra", "own pack", "Not drinking", TOKEN, str(CHAT), "only-the-tests"):
        assert secret not in logged
