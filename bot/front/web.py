"""The page, the HTTP door for testers and other front ends, and the signs of health."""

import json
import re
from contextlib import asynccontextmanager, nullcontext
from typing import Any, AsyncIterator, Dict, List, Optional, Tuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.front.bot import Bot
from bot.front.headers import SecurityHeaders
from bot.front.rasa import Reply
from bot.front.sessions import NotOurs
from bot.front.turn import Turn
from bot.guidance import Numbers, numbers_for, phrase
from bot.guidance.numbers import DIALLED, dialled
from bot.guidance.phrases import COMPLETE, fill, phrases
from bot.paths import ROOT
from bot.triage.assessment import CHECK, EMERGENCY

WEB = ROOT / "bot" / "web"
COOKIE = "conversation"
LARGEST_BODY = 1_000_000  # bytes; patients' longest messages are far below, and all of each is read
SLACK = 10.0  # seconds that the page waits for an answer beyond the front's own deadline
templates = Jinja2Templates(WEB)


def application(bot: Bot) -> Starlette:
    """The ASGI application around a bot."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with bot.running(), bot.telegram.running() if bot.telegram else nullcontext():
            yield

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/favicon.ico", icon),
            Route("/chat", chat, methods=["POST"]),
            Route("/api/turn", api_turn, methods=["POST"]),
            Route("/telegram", telegram, methods=["POST"]),
            Route("/health", health),
            Route("/ready", ready),
            Mount("/static", StaticFiles(directory=WEB / "static")),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: refused, Exception: broken},
        lifespan=lifespan,
    )
    app.state.bot = bot
    return app


async def page(request: Request) -> Response:
    """The chat page; its emergency line needs no JavaScript."""
    settings = request.app.state.bot.settings
    language = _complete(request.headers.get("accept-language", "")[:2].lower())
    number = _briefly(numbers_for(settings.country, language), language)
    values = {
        "language": language,
        "words": {key: fill(text, number=number) for key, text in phrases(language).items()},
        "patience": round(1000 * (settings.answer_seconds + SLACK)),
    }
    return templates.TemplateResponse(request, "page.html", values)


async def icon(request: Request) -> Response:
    """The page's icon, where browsers look for one unasked."""
    return FileResponse(WEB / "static" / "icon.svg")


async def chat(request: Request) -> Response:
    """One turn of the page; its conversation is the signed cookie, minted where there is none."""
    bot: Bot = request.app.state.bot
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "other sites cannot write into this chat")
    body = await _body(request)
    token = request.cookies.get(COOKIE)
    try:
        name = bot.sessions.open(token, "web")
    except NotOurs:
        token = bot.sessions.mint("web")
        name = bot.sessions.open(token, "web")
    turn = await bot.desk.turn(name, body["text"], body["payload"])
    response = JSONResponse(_shown(turn))
    response.set_cookie(COOKIE, str(token), httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


async def api_turn(request: Request) -> Response:
    """`{"session", "text"}` in, the turn out; without a session one is minted, a foreign one gets 401."""
    bot: Bot = request.app.state.bot
    body = await _body(request)
    token = body["session"] or bot.sessions.mint("api")
    try:
        name = bot.sessions.open(token, "api")
    except NotOurs as error:
        raise HTTPException(401, "this session was not minted here; leave it out for a new one") from error
    return JSONResponse({"session": token, **_told(await bot.desk.turn(name, body["text"], body["payload"]))})


async def telegram(request: Request) -> Response:
    """An update from Telegram, where the channel is on."""
    channel = request.app.state.bot.telegram
    if channel is None:
        raise HTTPException(404, "the Telegram channel is off")
    answered: Response = await channel.webhook(request)
    return answered


async def health(request: Request) -> Response:
    """The process is up."""
    return JSONResponse({"up": True})


async def ready(request: Request) -> Response:
    """Which parts are up; 503 until the gate judges its canary phrases right."""
    parts = await request.app.state.bot.parts()
    return JSONResponse({"ready": parts["gate"], "parts": parts}, 200 if parts["gate"] else 503)


async def refused(request: Request, error: Exception) -> Response:
    """A clear error that still says what to do in danger."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail, "emergency": _emergency_line(request)}, error.status_code)


async def broken(request: Request, error: Exception) -> Response:
    """Something failed that should not: the safety net, never a bare error."""
    numbers = numbers_for(request.app.state.bot.settings.country)
    text = phrase("safety_net", **numbers.values)
    return JSONResponse({"error": "internal", "replies": [{"text": text, "buttons": []}]}, 500)


async def _body(request: Request) -> Dict[str, str]:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise HTTPException(413, "the message is too long")
    fields = _fields(raw)
    if fields is None:
        raise HTTPException(400, 'send JSON: {"session": "...", "text": "..."}, both texts')
    return fields


def _fields(raw: bytes) -> Optional[Dict[str, str]]:
    try:
        body: Any = json.loads(raw)
        fields = {"session": "", "payload": "", **{key: value for key, value in body.items() if value is not None}}
    except (ValueError, AttributeError, RecursionError):
        return None
    whole = all(isinstance(fields.get(key), str) for key in ("session", "text", "payload"))
    return fields if whole else None


def _told(turn: Turn) -> Dict[str, Any]:
    return {
        "urgency": turn.assessment.urgency,
        "red_flags": list(turn.assessment.red_flags),
        "topics": [topic.name for topic in turn.assessment.topics],
        "sections": list(turn.sections),
        "language": turn.assessment.language,
        "replies": [
            {"text": r.text, "buttons": [{"title": b.title, "payload": b.payload} for b in r.buttons]}
            for r in turn.replies
        ],
    }


def _shown(turn: Turn) -> Dict[str, Any]:
    """The turn as the page shows it: its severity in words, and in danger what can be dialled."""
    told, language = _told(turn), _complete(turn.assessment.language)
    known = numbers_for(turn.country, language)
    danger = turn.assessment.urgency in (EMERGENCY, CHECK)
    for shown, reply in zip(told["replies"], turn.replies):
        shown["dial"] = _dial(reply, known, language) if danger else []
    severity = phrases(language).get(f"page_severity_{turn.assessment.urgency}", "")
    return {**told, "spoken": language, "severity": severity}


def _dial(reply: Reply, known: Numbers, language: str) -> List[Dict[str, str]]:
    """A call for the ambulance, and for the crisis line where the reply names it."""
    named = [known.emergency] + [known.crisis] * (known.crisis in reply.text)
    return [
        {"title": phrase("page_call", language, number=part), "number": number}
        for text in named
        for part, number in _dialable(text)
        if number
    ]


def _dialable(text: str) -> List[Tuple[str, str]]:
    """The text in parts, each with the number that it dials, or ''."""
    parts = re.split(f"({DIALLED.pattern})", text)
    return [(part, dialled(part)[0] if place % 2 else "") for place, part in enumerate(parts)]


templates.env.filters["dialable"] = _dialable


def _briefly(known: Numbers, language: str) -> str:
    """The emergency number, short enough to stay in view on a phone."""
    return known.emergency if known.country else phrase("page_number_unknown", language)


def _complete(language: str) -> str:
    return language if language in COMPLETE else "en"


def _emergency_line(request: Request) -> str:
    numbers = numbers_for(request.app.state.bot.settings.country)
    return phrase("page_emergency", **numbers.values)
