"""Which web pages may speak with the bot: its own and those of the clinics in the settings."""

from typing import Dict, List

from starlette.exceptions import HTTPException
from starlette.requests import Request

OWN = ""  # stands for the bot's own address, which a proxy may change on the way here


def origin_of(request: Request) -> str:
    """The origin of the asking page, or OWN. Browsers leave it out where a page reads from its own server."""
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise HTTPException(403, "other sites cannot read from this chat")
        return OWN
    return OWN if origin.partition("://")[2] == request.headers.get("host") else origin or "null"


def allowed(origin: str, clinics: Dict[str, List[str]]) -> bool:
    """Whether one of these clinics, or the bot itself, has pages there."""
    return origin == OWN or any(origin in origins for origins in clinics.values())
