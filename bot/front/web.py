"""The page, the HTTP door for testers and other front ends, and the signs of health."""

import json
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Dict, Optional

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.front.bot import Bot
from bot.front.headers import SecurityHeaders
from bot.front.sessions import NotOurs
from bot.front.turn import Turn
from bot.guidance import numbers_for, phrase
from bot.guidance.numbers import dialled
from bot.guidance.phrases import COMPLETE, phrases
from bot.paths import ROOT

WEB = ROOT / "bot" / "web"
COOKIE = "conversation"
LARGEST_BODY = 1_000_000  # bytes; patients' longest messages are far below, and all of each is read
templates = Jinja2Templates(WEB)


def application(bot: Bot) -> Starlette:
    """The ASGI application around a bot."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with bot.running():
            yield

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/chat", chat, methods=["POST"]),
            Route("/api/turn", api_turn, methods=["POST"]),
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
    bot: Bot = request.app.state.bot
    language = _language(request)
    numbers = numbers_for(bot.settings.country, language)
    values = {
        "language": language,
        "words": phrases(language),
        "number": numbers.emergency,
        "dialled": dialled(numbers.emergency)[0],
    }
    return templates.TemplateResponse(request, "page.html", values)


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
    response = JSONResponse(_told(await bot.desk.turn(name, body["text"], body["payload"])))
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
        fields = {key: body.get(key) or "" for key in ("session", "text", "payload")}
    except (ValueError, AttributeError, RecursionError):
        return None
    whole = "text" in body and all(isinstance(value, str) for value in fields.values())
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


def _language(request: Request) -> str:
    wanted = request.headers.get("accept-language", "en")[:2].lower()
    return wanted if wanted in COMPLETE else "en"


def _emergency_line(request: Request) -> str:
    numbers = numbers_for(request.app.state.bot.settings.country)
    return phrase("page_emergency", **numbers.values)
