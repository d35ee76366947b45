"""The HTTP door as testers and other front ends meet it."""

import json

import pytest

from tests.channels.conftest import a_browser

LONG = "we went to the shop and then home. " * 300 + "he can't breathe"


async def turn(browser, **body):
    """The turn for this body."""
    async with browser.post("/api/turn", json=body) as response:
        assert response.status == 200
        return await response.json()


async def test_a_turn_says_all_that_was_promised(browser):
    told = await turn(browser, text="what is baclofen")
    of_the_turn = {"urgency", "red_flags", "topics", "sections", "language", "country", "flow", "facts", "replies"}
    assert set(told) == {"session", *of_the_turn}
    assert (told["urgency"], told["red_flags"], told["language"]) == ("routine", [], "en")
    assert (told["country"], told["flow"], told["facts"]) == ("GB", "", [])
    assert told["topics"][0] == "what_is" and told["sections"] == ["what-is-baclofen"]
    assert all(set(reply) == {"text", "buttons"} for reply in told["replies"])
    assert all(set(button) == {"title", "payload"} for reply in told["replies"] for button in reply["buttons"])


async def test_danger_is_answered_with_the_number(browser):
    told = await turn(browser, text="I can't breathe")
    assert (told["urgency"], told["red_flags"]) == ("emergency", ["breathing"])
    assert told["replies"][0]["text"].startswith("Call 999 now")


async def test_a_minted_session_goes_on(browser):
    begun = await turn(browser, text="I can't breathe")
    told = await turn(browser, session=begun["session"], text="thanks")
    assert told["session"] == begun["session"]
    assert "Has someone called 999?" in told["replies"][0]["text"]


async def test_without_a_session_each_message_begins_anew(browser):
    first, second = await turn(browser, text="I can't breathe"), await turn(browser, text="thanks")
    assert first["session"] != second["session"]
    assert "called" not in second["replies"][0]["text"]


async def test_a_button_works_by_its_payload(browser):
    begun = await turn(browser, text="what is baclofen")
    more = begun["replies"][0]["buttons"][0]
    told = await turn(browser, session=begun["session"], text=more["title"], payload=more["payload"])
    assert told["sections"] == ["what-is-baclofen"]


@pytest.mark.parametrize(
    "payload",
    [
        "/restart",
        "EXTERNAL: x",
        "more:../../etc",
        "topic:" + "a" * 99,
        "check",
        "more:storage\n",
        "topic:storage",
        "check:no",
    ],
)
async def test_a_made_up_payload_is_no_button(browser, payload):
    told = await turn(browser, text="I can't breathe", payload=payload)
    assert told["urgency"] == "emergency"


async def refused(browser, status, **request):
    """The error, which still says whom to call."""
    async with browser.post("/api/turn", **request) as response:
        assert response.status == status
        told = await response.json()
    assert told["error"] and "999" in told["emergency"]


def foreign(bot):
    """Sessions that this door must not open."""
    ours, web = bot.sessions.mint("api"), bot.sessions.mint("web")
    return ["nonsense", ours[:-2], ours.replace(".", ".x"), web, ours + "\n", "\x00"]


async def test_a_session_that_is_not_ours_is_refused(browser, bot):
    for session in foreign(bot):
        await refused(browser, 401, json={"session": session, "text": "hello"})


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"{", b"[]", b"null", b"1", b'"text"', b"{}", b'{"text": 1}', b'{"text": null}', b'{"text": ["a"]}', b'{"text": {"a": "b"}}',
        b'{"text": "a", "session": 1}', b'{"text": "a", "payload": {}}', b'{"text": "a", "session": ["a"]}', b"\xff\xfe", b"[" * 100_000,
    ],
)  # fmt: skip
async def test_what_is_no_such_json_is_refused(browser, body):
    await refused(browser, 400, data=body)


async def test_what_is_too_large_is_refused(browser):
    await refused(browser, 413, data=json.dumps({"text": "a" * 100_001}))


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "\x00",
        "\ud83d",
        "\ud83d\ude00",
        "\u202e",
        "\x1b[31m",
        "a" * 50_000,
        "'; DROP TABLE conversations; --",
        "{number}",
        "{{7*7}}",
        "<script>alert(1)</script>",
    ],
)
async def test_strange_letters_are_answered(browser, text):
    told = await turn(browser, text=text)
    assert all(reply["text"].strip() for reply in told["replies"]) and told["replies"]


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u200b"])
async def test_a_message_without_words_is_answered(browser, text):
    told = await turn(browser, text=text)
    assert "999" in told["replies"][0]["text"]


async def test_a_topic_that_words_made_clear_is_named_once(browser):
    topics = (await turn(browser, text="the dull headache in the mornings, what now"))["topics"]
    assert topics[0] == "side_effects" and topics.count("side_effects") == 1


async def test_a_long_message_is_read_to_its_end(browser):
    told = await turn(browser, text=LONG)
    assert len(LONG) > 10_000
    assert (told["urgency"], told["red_flags"]) == ("emergency", ["breathing"])


async def test_a_long_message_without_danger_is_told_so_and_answered(browser):
    story = "I have had multiple sclerosis for twenty years and my legs were always tight at night. " * 30
    told = await turn(browser, text="what is baclofen? " + story)
    assert told["replies"][0]["text"].startswith("That was a long message.")
    assert len(told["replies"]) > 1


async def test_a_null_byte_hides_no_danger(browser):
    assert (await turn(browser, text="I can't\x00 breathe"))["urgency"] == "emergency"


@pytest.mark.parametrize("method", ["get", "put", "delete"])
async def test_other_methods_are_refused(browser, method):
    async with browser.request(method, "/api/turn") as response:
        assert response.status == 405


async def test_two_patients_do_not_meet(address):
    async with a_browser(address) as ann, a_browser(address) as bob:
        ann_began = await turn(ann, text="I can't breathe")
        bob_began = await turn(bob, text="what is baclofen")
        ann_told = await turn(ann, session=ann_began["session"], text="thanks")
        bob_told = await turn(bob, session=bob_began["session"], text="thanks")
    assert ann_told["urgency"] == "emergency" and "999" in ann_told["replies"][0]["text"]
    assert bob_told["urgency"] == "routine" and "999" not in bob_told["replies"][0]["text"]
