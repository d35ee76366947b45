"""All that the front serves: pages and web chat, the HTTP door for testers and other front ends, and the signs of health."""

from contextlib import asynccontextmanager, nullcontext
from typing import Any, AsyncIterator, Dict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from bot.front.bot import Bot
from bot.front.incoming import texts
from bot.front.sessions import NotOurs
from bot.front.turn.desk import Turn
from bot.front.web import chat, pages
from bot.front.web.headers import SecurityHeaders
from bot.guidance import numbers_for, phrase


def application(bot: Bot) -> Starlette:
    """The ASGI application around a bot."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with bot.running(), bot.telegram.running() if bot.telegram else nullcontext():
            yield

    app = Starlette(
        routes=[
            *pages.routes,
            Mount("/web", routes=chat.routes, middleware=[_for_clinics(bot)]),
            Route("/api/turn", api_turn, methods=["POST"]),
            Route("/telegram", telegram, methods=["POST"]),
            Route("/health", health),
            Route("/ready", ready),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: refused, Exception: broken},
        lifespan=lifespan,
    )
    app.state.bot = bot
    app.state.script = pages.Script(bot.settings)
    return app


def _for_clinics(bot: Bot) -> Middleware:
    """Browsers let pages of these origins read the answers, and no others."""
    return Middleware(
        CORSMiddleware,
        allow_origins=[origin for origins in bot.settings.clinics.values() for origin in origins],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["authorization", "content-type", "last-event-id"],
        max_age=3600,
    )


async def api_turn(request: Request) -> Response:
    """`{"session", "text"}` in, the turn out; without a session one is minted, a foreign one gets 401."""
    bot: Bot = request.app.state.bot
    body = await texts(request, "text", session="", payload="")
    token = body["session"] or bot.sessions.mint("api")
    try:
        name = bot.sessions.open(token, "api")
    except NotOurs as error:
        raise HTTPException(401, "this session was not minted here; leave it out for a new one") from error
    return JSONResponse({"session": token, **as_json(await bot.desk.turn(name, body["text"], body["payload"]))})


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


def as_json(turn: Turn) -> Dict[str, Any]:
    """The turn as `POST /api/turn` tells it."""
    return {
        "country": turn.country,
        "urgency": turn.assessment.urgency,
        "red_flags": list(turn.assessment.red_flags),
        "topics": [topic.name for topic in turn.assessment.topics],
        "sections": list(turn.sections),
        "language": turn.assessment.language,
        "flow": turn.flow,
        "facts": list(turn.assessment.facts),
        "replies": [reply.as_json() for reply in turn.replies],
    }


def _emergency_line(request: Request) -> str:
    numbers = numbers_for(request.app.state.bot.settings.country)
    return phrase("page_emergency", **numbers.values)
