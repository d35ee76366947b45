"""What the web chat asks of the server: a session, an answer, what was said before, what is new, and
to show or erase all of it. The page's origin is checked at every one of them."""

import asyncio
import json
import re
from typing import Any, AsyncIterator, Callable, Dict, Iterator, List, Optional, Tuple, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.front.bot import Bot
from bot.front.consent import may_wait, version
from bot.front.history import BOT, History, Said
from bot.front.incoming import texts
from bot.front.sessions import NotOurs
from bot.front.web.origins import allowed, origin_of
from bot.guidance import Numbers, numbers_for, phrase
from bot.guidance.numbers import dialable
from bot.guidance.phrases import phrases
from bot.triage.assessment import DANGER

EVENTS = "text/event-stream"
T = TypeVar("T")
KEY = re.compile(r"[\w-]{8,64}")
HEARTBEAT = 15.0  # seconds of silence in a stream after which proxies begin to think it dead
STREAMS = 6  # that a conversation may hold open: one for each tab in view

CONSENT = "page_consent"


async def session(request: Request) -> Response:
    """`{"clinic"}` in, a session out that is good for the asking page's origin alone."""
    bot: Bot = request.app.state.bot
    origin = origin_of(request)
    clinic = (await texts(request, "clinic"))["clinic"]
    if not allowed(origin, {clinic: bot.settings.clinics.get(clinic, [])}):
        raise HTTPException(403, "this site is not among the clinic's (BOT_CLINICS)")
    if not bot.newcomers.allow(request.client.host if request.client else ""):
        raise HTTPException(429, "too many new chats from this address; try again in a minute")
    return JSONResponse({"session": bot.sessions.mint("web", origin)})


async def turn(request: Request) -> Response:
    """`{"key", "text", "payload", "agreed"}` in, the new messages out; the same again for the same key.

    Before the person has `agreed` to the present text on what is stored, anything that can wait
    is not kept, and the answer is that text with its version.
    """
    bot, name = _who(request)
    asked = await texts(request, "key", "text", payload="", agreed="")
    if not KEY.fullmatch(asked["key"]):
        raise HTTPException(400, "a key is 8 to 64 letters and digits")
    if not _agreed(bot, name, asked["agreed"]) and may_wait(bot.desk, name, asked["text"]):
        return JSONResponse({"messages": [], "consent": _consent(bot, asked["text"])})

    async def answer() -> Dict[str, Any]:
        made = await bot.desk.turn(name, asked["text"], asked["payload"], asked["key"])
        return {"messages": [shown(said, bot.settings.country) for said in made.said]}

    return JSONResponse(await bot.once.answer(name, asked["key"], answer))


async def messages(request: Request) -> Response:
    """What was said after the message with the id `after`, a page of it."""
    bot, name = _who(request)
    said = bot.desk.history.since(name, _number(request.query_params.get("after")))
    return JSONResponse({"messages": [shown(one, bot.settings.country) for one in said]})


async def events(request: Request) -> Response:
    """What is said from now on, and what was missed since `Last-Event-ID`, as server-sent events."""
    bot, name = _who(request)
    if bot.desk.history.listeners(name) >= STREAMS:
        raise HTTPException(429, "this chat is open in too many windows")
    after = _number(request.headers.get("last-event-id"))
    return StreamingResponse(_events(bot.desk.history, name, after, bot.settings.country), media_type=EVENTS)


async def export(request: Request) -> Response:
    """All that is stored of the conversation, by table."""
    bot, name = _who(request)
    return JSONResponse(_or_503(lambda: bot.database.export(name)))


async def erase(request: Request) -> Response:
    """Removes all of it."""
    bot, name = _who(request)
    _or_503(lambda: bot.desk.memory.erase(name))
    return Response(status_code=204)


routes = [
    Route("/session", session, methods=["POST"]),
    Route("/turn", turn, methods=["POST"]),
    Route("/messages", messages),
    Route("/events", events),
    Route("/record", export),
    Route("/record", erase, methods=["DELETE"]),
]


def shown(said: Said, country: str) -> Dict[str, Any]:
    """A message as the chat shows it: its severity in words, in danger what can be dialled, and the
    emergency line where it is of another country than the bot's."""
    plain = {"id": said.id, "by": said.by, "text": said.content["text"]}
    if said.by != BOT:
        return {**plain, "key": said.content.get("key", "")}
    content = {"language": "en", "urgency": "", "buttons": [], "country": country, **said.content}
    language, urgency = content["language"], content["urgency"]
    known = numbers_for(content["country"], language)
    return {
        **plain,
        "language": language,
        "urgency": urgency,
        "severity": phrases(language).get(f"page_severity_{urgency}", ""),
        "buttons": content["buttons"],
        "calls": calls(known, plain["text"], language) if urgency in DANGER else [],
        "line": dialable(emergency_line(known, language)) if content["country"] != country else [],
    }


def calls(known: Numbers, text: str, language: str) -> List[Dict[str, str]]:
    """A call for the ambulance, and for the crisis line where the text names it."""
    named = [known.emergency] + [known.crisis] * (known.crisis in text)
    return [
        {"title": phrase("page_call", language, number=part), "number": number}
        for words in named
        for part, number in dialable(words)
        if number
    ]


def emergency_line(known: Numbers, language: str) -> str:
    """Whom to call in danger."""
    return phrase("page_emergency", language, number=briefly(known, language))


def briefly(known: Numbers, language: str) -> str:
    """The emergency number, short enough to stay in view on a phone."""
    return known.emergency if known.country else phrase("page_number_unknown", language)


def _who(request: Request) -> Tuple[Bot, str]:
    """The bot and the name of the conversation in the request's session. Raises HTTPException 401 or 403."""
    bot: Bot = request.app.state.bot
    origin = origin_of(request)
    if not allowed(origin, bot.settings.clinics):
        raise HTTPException(403, "this site is not among the clinics' (BOT_CLINICS)")
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        return bot, bot.sessions.open(token, "web", origin)
    except NotOurs as error:
        raise HTTPException(401, "this session was not minted here for this site") from error


def _agreed(bot: Bot, name: str, to: str) -> bool:
    given = bot.consents.given(name) == version(CONSENT)
    if to == version(CONSENT) and not given:
        bot.consents.give(name, to)
    return given or to == version(CONSENT)


def _consent(bot: Bot, text: str) -> Dict[str, str]:
    language = bot.desk.gate.assess(text).language
    hours = f"{bot.settings.session_hours:g}"
    return {"version": version(CONSENT), "text": phrase(CONSENT, language, hours=hours)}


def _or_503(work: Callable[[], T]) -> T:
    try:
        return work()
    except RuntimeError as error:
        raise HTTPException(503, "the database cannot be reached; try again later") from error


def _number(given: Optional[str]) -> int:
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 16 else 0


async def _events(history: History, name: str, after: int, country: str) -> AsyncIterator[str]:
    with history.listening(name) as heard:
        yield ": open\n\n"
        for said in _missed(history, name, after):
            after = said.id
            yield _event(said, country)
        while True:
            try:
                new = await asyncio.wait_for(heard.get(), HEARTBEAT)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if new is None:
                return
            if new.id > after:
                yield _event(new, country)


def _missed(history: History, name: str, after: int) -> Iterator[Said]:
    while page := history.since(name, after):
        yield from page
        after = page[-1].id


def _event(said: Said, country: str) -> str:
    return f"id: {said.id}\ndata: {json.dumps(shown(said, country))}\n\n"
