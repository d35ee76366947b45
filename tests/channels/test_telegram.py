"""A conversation in Telegram, as a patient sees it."""

import pytest

from tests.telegram_peer import Person, channel, serving_api


@pytest.fixture
async def peer():
    """A Bot API server."""
    async with serving_api() as peer:
        yield peer


@pytest.fixture
async def telegram(bot, peer, tmp_path):
    """The bot in Telegram, by polling."""
    async with channel(bot, peer, tmp_path) as telegram:
        yield telegram


@pytest.fixture
def ann(telegram, peer):
    """Someone who has not written before."""
    return Person(peer, 7_000_001)


async def test_first_contact_says_what_it_is_and_asks(ann):
    await ann.says("/start")
    message = await ann.hears("not a doctor", "Nobody watches", "call 999", "/forget")
    assert message.titles == ["Yes, I agree", "No"]
    await ann.presses("Yes, I agree")
    asked = await ann.hears("Which country")
    assert {"United Kingdom", "United States", "Another country"} <= set(asked.titles)
    await ann.presses("Another country")
    every = await ann.hears("Which country")
    assert "Turkey" in every.titles
    await ann.presses("France")
    await ann.hears("15")
