"""The page's own door: its conversation is a signed cookie, and no other site can write into it."""

import pytest

from tests.channels.conftest import a_browser


async def say(browser, text, **headers):
    """The status and the turn for this message."""
    async with browser.post("/chat", json={"text": text}, headers=headers) as response:
        return response.status, await response.json()


def cookie(browser):
    """The browser's cookie."""
    return next(iter(browser.cookie_jar))


async def test_the_conversation_goes_on_by_its_cookie(browser):
    await say(browser, "I can't breathe")
    status, told = await say(browser, "thanks")
    assert status == 200 and "Has someone called 999?" in told["replies"][0]["text"]


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser):
    await say(browser, "hello")
    held = cookie(browser)
    assert held["httponly"] and held["samesite"].lower() == "strict"


async def test_the_answer_does_not_show_the_session(browser):
    _, told = await say(browser, "hello")
    assert "session" not in told and cookie(browser).value not in str(told)


@pytest.mark.parametrize("channel", ["api", "cli", "telegram"])
async def test_a_cookie_of_another_channel_begins_anew(bot, address, channel):
    borrowed = bot.sessions.mint(channel)
    async with a_browser(address, conversation=borrowed) as browser:
        status, told = await say(browser, "what is baclofen")
        assert status == 200 and told["replies"]
        assert cookie(browser).value != borrowed


async def test_a_forged_cookie_begins_anew(address):
    async with a_browser(address, conversation="web:1.forged") as browser:
        status, _ = await say(browser, "hello")
        assert status == 200 and cookie(browser).value != "web:1.forged"


async def test_two_browsers_do_not_meet(address):
    async with a_browser(address) as ann, a_browser(address) as bob:
        await say(ann, "I can't breathe")
        _, told = await say(bob, "thanks")
    assert told["urgency"] == "routine"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_cannot_write(browser, site):
    status, told = await say(browser, "hello", **{"Sec-Fetch-Site": site})
    assert status == 403 and "999" in told["emergency"]


async def test_a_cookie_opens_no_door_but_its_own(browser, bot):
    await say(browser, "hello")
    async with browser.post("/api/turn", json={"session": cookie(browser).value, "text": "hello"}) as response:
        assert response.status == 401
