"""Pages and the widget's script: a clinic's page as a demonstration, the chat on a page of its own, and
the page that writes the tag."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, Dict

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.front.web.chat import briefly
from bot.guidance import country_names, numbers_for
from bot.guidance.numbers import dialable
from bot.guidance.phrases import COMPLETE, fill, phrase, phrases
from bot.settings import Settings

WEB = Path(__file__).parent
PARTS = ("colours", "elements", "voice", "wire", "messages", "panel", "chat", "start")  # in the order of their use
SLACK = 10.0  # seconds that the chat waits for an answer beyond the front's own deadline
FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=600, stale-while-revalidate=604800"
templates = Jinja2Templates(WEB / "templates")


class Script:
    """The widget in one file: its modules in one scope, its styles, and every word that it shows by
    itself, so that it can say whom to call without a network. The same bytes at every start."""

    def __init__(self, settings: Settings):
        modules = [_lean(f"{name}.js") for name in PARTS]
        given = {
            "words": {language: words(settings, language) for language in COMPLETE},
            "countries": country_names(),
            "patience": round(1000 * (settings.answer_seconds + SLACK)),
            "styles": _lean("chat.css"),
        }
        lines = [
            '(() => {\n"use strict";',
            f"const GIVEN = {json.dumps(given, ensure_ascii=False)};",
            *modules,
            "})();",
        ]
        self.text = "\n".join(lines) + "\n"
        self.integrity = "sha384-" + base64.b64encode(hashlib.sha384(self.text.encode()).digest()).decode()
        self.version = hashlib.sha256(self.text.encode()).hexdigest()[:12]


def _lean(name: str) -> str:
    """A file of the widget without indents and lines of comment, which its readers have no use for."""
    lines = (line.strip() for line in (WEB / "widget" / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))


def words(settings: Settings, language: str) -> Dict[str, Any]:
    """What the widget says by itself; texts with a number come in parts, so that it can be dialled."""
    number = briefly(numbers_for(settings.country, language), language)
    told = {key.removeprefix("page_"): text for key, text in phrases(language).items() if key.startswith("page_")}
    del told["consent"], told["call"], told["number_unknown"]  # said by the server alone
    filled = {key: fill(text, number=number, hours=f"{settings.session_hours:g}") for key, text in told.items()}
    numbered = {key: dialable(filled[key]) for key, text in told.items() if "{number}" in text}
    return {**filled, **numbered, "disclaimer": phrase("disclaimer", language)}


async def script(request: Request) -> Response:
    """The widget. Its address with `?v=` and the present version may be kept for ever."""
    made: Script = request.app.state.script
    tag = f'"{made.version}"'
    headers = {
        "etag": tag,
        "cache-control": FOR_EVER if request.query_params.get("v") == made.version else FOR_NOW,
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
    }
    if request.headers.get("if-none-match", "").removeprefix("W/") == tag:
        return Response(status_code=304, headers=headers)
    return Response(made.text, headers=headers, media_type="text/javascript")


async def demo(request: Request) -> Response:
    """A clinic's page with the chat in its corner."""
    return _page(request, "clinic.html")


async def chat(request: Request) -> Response:
    """The chat alone, for phones and for links."""
    return _page(request, "chat.html")


async def embed(request: Request) -> Response:
    """Writes the tag for a chosen look."""
    return _page(request, "embed.html")


async def icon(request: Request) -> Response:
    """The page's icon, where browsers look for one unasked."""
    return FileResponse(WEB / "static" / "icon.svg")


def _page(request: Request, name: str) -> Response:
    """A page; whom to call in danger stands in its HTML, and needs no JavaScript."""
    asked = request.headers.get("accept-language", "")[:2].lower()
    language = asked if asked in COMPLETE else "en"
    values = {
        "language": language,
        "words": words(request.app.state.bot.settings, language),
        "script": request.app.state.script,
        "address": str(request.base_url).rstrip("/"),
    }
    return templates.TemplateResponse(request, name, values)


routes: list[BaseRoute] = [
    Route("/", demo),
    Route("/chat", chat),
    Route("/embed", embed),
    Route("/favicon.ico", icon),
    Route("/widget.js", script, middleware=[Middleware(GZipMiddleware)]),
    Mount("/static", StaticFiles(directory=WEB / "static")),
]
