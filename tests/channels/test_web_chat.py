"""The web chat's own door: its session is good for one page's origin, and nobody else reads or writes with it."""

import asyncio
import json
from types import SimpleNamespace

import aiohttp
import pytest

from bot.front.bot import Bot
from bot.front.consent import version
from bot.front.history import BOT
from bot.front.limits import Limits
from tests.harness import settings
from tests.serving import serving

CLINIC = "https://north.example"
ELSEWHERE = "https://evil.example"
OTHER = "https://south.example"


class Page:
    """A clinic's page in one patient's browser."""

    def __init__(self, http, origin=CLINIC, server=""):
        self.http, self.origin, self.server, self.session, self.keys = http, origin, server, "", 0

    async def asks(self, method, path, status=200, **more):
        """What the server answers; it must be this status."""
        headers = {"Origin": self.origin, "Authorization": f"Bearer {self.session}", **more.pop("headers", {})}
        async with self.http.request(method, f"{self.server}/web/{path}", headers=headers, **more) as response:
            assert response.status == status, await response.text()
            return await response.json() if response.content_type == "application/json" else None

    async def opens(self, clinic="north"):
        """Begins a chat."""
        self.session = (await self.asks("POST", "session", json={"clinic": clinic}))["session"]
        return self

    async def says(self, text, key="", payload="", agreed=None, status=200):
        """Sends a message of a person who has agreed."""
        self.keys += 1
        sent = {"key": key or f"message-{self.keys}", "text": text, "payload": payload}
        return await self.asks(
            "POST", "turn", status, json={**sent, "agreed": version("page_consent") if agreed is None else agreed}
        )

    async def reads(self, after=0):
        """What was said."""
        return (await self.asks("GET", f"messages?after={after}"))["messages"]

    async def hears(self, count, last=0):
        """The next events of the stream."""
        headers = {"Origin": self.origin, "Authorization": f"Bearer {self.session}", "Last-Event-ID": str(last)}
        heard = []
        async with asyncio.timeout(10), self.http.get(f"{self.server}/web/events", headers=headers) as response:
            assert response.content_type == "text/event-stream"
            while len(heard) < count and (line := await response.content.readline()):
                if line.startswith(b"data: "):
                    heard.append(json.loads(line[6:]))
        return heard


@pytest.fixture(scope="module")
async def clinics(bot, tmp_path_factory):
    """The same gate and Rasa before the pages of two clinics, with their own database."""
    folder = tmp_path_factory.mktemp("clinics")
    own = Bot(settings(folder, clinics={"north": [CLINIC], "south": [OTHER]}), supervisor=bot.supervisor)
    own.desk.gate = bot.desk.gate
    own.database.open()
    async with serving(own) as address:
        yield SimpleNamespace(bot=own, address=address)
    own.database.close()


@pytest.fixture
async def http(clinics):
    """One browser."""
    async with aiohttp.ClientSession(clinics.address) as session:
        yield session


@pytest.fixture
async def page(http):
    """A chat on the northern clinic's page."""
    return await Page(http).opens()


# Who may come in


async def test_a_session_is_minted_for_the_clinics_page_alone(http):
    await Page(http, ELSEWHERE).asks("POST", "session", 403, json={"clinic": "north"})
    await Page(http, OTHER).asks("POST", "session", 403, json={"clinic": "north"})
    await Page(http).asks("POST", "session", 403, json={"clinic": "nowhere"})
    for broken in ("null", "http://[", "north.example", CLINIC + ".evil.example", ""):
        await Page(http, broken).asks("POST", "session", 403, json={"clinic": "north"})


async def test_the_bots_own_pages_need_no_clinic(clinics, http):
    own = await Page(http, clinics.address).opens("")
    assert (await own.says("what is baclofen"))["messages"]


@pytest.mark.parametrize("method, path", [("POST", "turn"), ("GET", "messages"), ("GET", "events"), ("GET", "record"), ("DELETE", "record")])  # fmt: skip
@pytest.mark.parametrize("origin, status", [(ELSEWHERE, 403), ("null", 403), (OTHER, 401)])
async def test_a_stolen_session_opens_nothing_on_another_page(http, page, origin, status, method, path):
    thief = Page(http, origin)
    thief.session = page.session
    body = {"json": {"key": "message-x", "text": "hello"}} if method == "POST" else {}
    await thief.asks(method, path, status, **body)


@pytest.mark.parametrize("path", ["messages", "events", "record"])
async def test_another_site_cannot_read_by_leaving_its_origin_out(http, path):
    headers = {"Authorization": "Bearer x", "Sec-Fetch-Site": "cross-site"}
    async with http.get(f"/web/{path}", headers=headers) as response:
        assert response.status == 403


async def test_only_the_clinics_pages_are_told_that_they_may_read(http):
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    for origin, allowed in ((CLINIC, CLINIC), (ELSEWHERE, None)):
        async with http.options("/web/turn", headers={"Origin": origin, **asked}) as response:
            assert response.headers.get("Access-Control-Allow-Origin") == allowed


async def test_a_refusal_can_be_read_by_the_page(http):
    async with http.post("/web/turn", headers={"Origin": CLINIC}, json={"key": "message-1", "text": "a"}) as response:
        assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (401, CLINIC)
        assert "999" in (await response.json())["emergency"]


@pytest.mark.parametrize("channel", ["api", "cli", "telegram"])
async def test_a_session_of_another_channel_is_refused(clinics, page, channel):
    page.session = clinics.bot.sessions.mint(channel, CLINIC)
    await page.says("hello", status=401)


async def test_a_session_opens_no_door_but_its_own(http, page):
    async with http.post("/api/turn", json={"session": page.session, "text": "hello"}) as response:
        assert response.status == 401


async def test_two_browsers_never_read_each_other(page, http):
    other = await Page(http).opens()
    await page.says("I can't breathe")
    await other.says("what is baclofen")
    assert "breathe" not in json.dumps(await other.reads())
    assert (await other.says("thanks"))["messages"][-1]["urgency"] == "routine"
    await other.asks("DELETE", "record", 204)
    assert await page.reads()


async def test_new_chats_from_one_address_are_limited(clinics, http, monkeypatch):
    monkeypatch.setattr(clinics.bot, "newcomers", Limits(burst=2, per_second=0))
    for _ in range(2):
        await Page(http).opens()
    await Page(http).asks("POST", "session", 429, json={"clinic": "north"})


# What is said


async def test_danger_is_answered_with_what_can_be_dialled(page):
    asked, answered = (await page.says("I can't breathe"))["messages"]
    assert (asked["by"], asked["text"], asked["key"]) == ("patient", "I can't breathe", "message-1")
    assert (answered["urgency"], answered["severity"]) == ("emergency", "Emergency")
    assert answered["calls"] == [{"title": "Call 999", "number": "999"}]


async def test_a_message_sent_again_is_answered_once(page):
    first = await page.says("I ran out of baclofen", key="the-same-key")
    assert await page.says("I ran out of baclofen", key="the-same-key") == first
    assert [m["text"] for m in await page.reads()].count("I ran out of baclofen") == 1


async def test_a_message_sent_ten_times_at_once_is_answered_once(page):
    answers = await asyncio.gather(*(page.says("what is baclofen", key="in-a-hurry") for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert [m["text"] for m in await page.reads()].count("what is baclofen") == 1


async def test_the_same_key_of_two_people_is_two_messages(page, http):
    other = await Page(http).opens()
    await page.says("I can't breathe", key="the-same-key")
    assert (await other.says("what is baclofen", key="the-same-key"))["messages"][0]["text"] == "what is baclofen"


async def test_an_answer_nobody_waited_for_stands_in_the_history(clinics, page):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await page.says("I can't breathe", key="cut-off-at-once")
    await page.says("I can't breathe", key="cut-off-at-once")
    assert len([m for m in await page.reads() if m.get("key") == "cut-off-at-once"]) == 1


async def test_what_was_said_comes_back_from_any_point(page):
    await page.says("what is baclofen")
    said = await page.reads()
    assert said[0]["text"] == "what is baclofen" and len(said) > 1
    assert await page.reads(after=said[0]["id"]) == said[1:]


async def test_another_country_brings_its_own_emergency_line(page):
    answered = (await page.says("Canada", payload="country:CA"))["messages"][-1]
    assert ["911", "911"] in [list(part) for part in answered["line"]]


@pytest.mark.parametrize(
    "text", ["a\x00b", "\ud83d", "\u202eabc", "<script>alert(1)</script>", "[a](javascript:b)", "a" * 10_000]
)
async def test_strange_letters_come_back_as_text(page, text):
    asked, *answered = (await page.says(text))["messages"]
    assert asked["text"] == text.encode(errors="replace").decode() and answered


@pytest.mark.parametrize("text", ["   ", "\u200b", "\u2060\ufeff"])
async def test_a_message_with_nothing_to_see_is_answered_and_leaves_no_bubble(page, text):
    assert [m["by"] for m in (await page.says(text))["messages"]] == ["bot"]
    assert not [m for m in await page.reads() if m["by"] == "patient"]


async def test_a_null_byte_or_a_mark_hides_no_danger(page):
    assert (await page.says("I can't\x00 breathe"))["messages"][-1]["urgency"] == "emergency"


async def test_what_is_too_large_is_refused(page):
    await page.says("a" * 100_001, status=413)


@pytest.mark.parametrize("key", ["short", "x" * 65, "with a space", "", "ключ-ключ-\n"])
async def test_a_key_that_is_none_is_refused(page, key):
    await page.asks("POST", "turn", 400, json={"key": key, "text": "hello"})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"text": "a"}', b'{"key": 1, "text": "a"}'])
async def test_what_is_no_such_json_is_refused(page, body):
    await page.asks("POST", "turn", 400, data=body)


# What is new


async def test_a_second_tab_hears_what_the_first_says(page):
    hearing = asyncio.create_task(page.hears(2))
    await asyncio.sleep(0.2)
    told = await page.says("I can't breathe")
    assert await hearing == told["messages"]


async def test_the_bot_can_speak_first(clinics, page):
    name = clinics.bot.sessions.open(page.session, "web", CLINIC)
    hearing = asyncio.create_task(page.hears(1))
    await asyncio.sleep(0.2)
    clinics.bot.desk.history.add(name, BOT, [{"text": "Did you get help?"}])
    assert (await hearing)[0]["text"] == "Did you get help?"


async def test_a_stream_goes_on_where_it_was_cut(page):
    await page.says("I can't breathe")
    first, *rest = await page.reads()
    assert await page.hears(len(rest), last=first["id"]) == rest


async def test_two_people_do_not_hear_each_other(page, http):
    other = await Page(http).opens()
    hearing = asyncio.create_task(other.hears(1))
    await asyncio.sleep(0.2)
    await page.says("I can't breathe")
    await other.says("what is baclofen")
    assert (await hearing)[0]["text"] == "what is baclofen"


async def test_streams_of_one_chat_are_limited(clinics, page):
    name = clinics.bot.sessions.open(page.session, "web", CLINIC)
    history = clinics.bot.desk.history
    hearing = [asyncio.create_task(page.hears(1)) for _ in range(6)]
    await asyncio.sleep(0.3)
    assert history.listeners(name) == 6
    await page.asks("GET", "events", 429)
    await page.says("I can't breathe")
    await asyncio.gather(*hearing)


async def test_a_stopping_server_ends_its_streams(clinics):
    own = Bot(clinics.bot.settings, supervisor=clinics.bot.supervisor)
    async with aiohttp.ClientSession() as http:
        async with serving(own) as address:
            page = await Page(http, server=address).opens()
            hearing = asyncio.create_task(page.hears(1))
            await asyncio.sleep(0.2)
        assert await hearing == []


# What is stored


async def test_nothing_is_kept_before_the_person_agrees(page):
    told = await page.says("what is baclofen", agreed="")
    assert told["messages"] == [] and told["consent"]["version"] == version("page_consent")
    assert "24 hours" in told["consent"]["text"]
    assert not any((await page.asks("GET", "record")).values())


async def test_danger_does_not_wait_for_consent(page):
    told = await page.says("I can't breathe", agreed="")
    assert told["messages"][-1]["urgency"] == "emergency" and "consent" not in told
    assert (await page.says("thanks", agreed=""))["messages"][-1]["text"].startswith("Has someone called 999?")


async def test_who_writes_what_the_bot_cannot_read_gets_the_number_at_once(page):
    told = await page.says("Je ne peux pas respirer et je ne sais pas quoi faire, aidez-moi", agreed="")
    assert "999" in told["messages"][-1]["text"]


async def test_consent_is_asked_in_the_language_of_the_message(page):
    told = await page.says("¿qué es el baclofeno y para qué sirve?", agreed="")
    assert told["consent"]["text"].startswith("Antes de responder")


async def test_consent_is_asked_once(page):
    await page.says("what is baclofen")
    assert (await page.says("can I drink beer?", agreed=""))["messages"]


async def test_consent_to_another_text_is_none(page):
    assert (await page.says("what is baclofen", agreed="an old version"))["consent"]


async def test_without_a_database_who_agrees_is_answered(clinics, page, monkeypatch):
    monkeypatch.setattr(clinics.bot.database, "_engine", None)
    told = await page.says("what is baclofen")
    assert [m["id"] for m in told["messages"]] == [0, 0]
    await page.asks("GET", "record", 503)
    await page.asks("DELETE", "record", 503)


async def test_all_of_it_can_be_seen_and_erased(page):
    await page.says("what is baclofen")
    assert (await page.asks("GET", "record")).keys() >= {"messages", "conversations", "consents", "answered"}
    await page.asks("DELETE", "record", 204)
    assert not any((await page.asks("GET", "record")).values())


# The script


async def test_the_widget_is_small_and_the_same_at_every_start(clinics, http):
    async with http.get("/widget.js", headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert int(response.headers["Content-Length"]) <= 15 * 1024
        first = await response.read()
    again = Bot(clinics.bot.settings, supervisor=clinics.bot.supervisor)
    async with serving(again) as address, http.get(f"{address}/widget.js") as response:
        assert await response.read() == first


async def test_browsers_keep_the_widget_and_ask_whether_it_changed(http):
    async with http.get("/widget.js") as response:
        tag = response.headers["ETag"]
        assert "max-age=600" in response.headers["Cache-Control"]
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    async with http.get("/widget.js", headers={"If-None-Match": tag}) as response:
        assert response.status == 304 and not await response.read()
    async with http.get(f"/widget.js?v={tag.strip(chr(34))}") as response:
        assert "immutable" in response.headers["Cache-Control"]
