"""What a request brings: a JSON object of texts, and not too much of it."""

import json
from typing import Any, Dict, Optional, Tuple

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def texts(request: Request, largest: int, *wanted: str, **optional: str) -> Dict[str, str]:
    """The fields of the JSON object in the body, at most `largest` bytes of it; `wanted` must be
    there, `optional` names each other field with its default. Raises HTTPException 400 or 413."""
    fields = _fields(await _body(request, largest), wanted, optional)
    if fields is None:
        named = ", ".join(f'"{name}": "..."' for name in (*wanted, *optional))
        raise HTTPException(400, f"send JSON: {{{named}}}, all of them texts")
    return fields


async def _body(request: Request, largest: int) -> bytes:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > largest:
            raise HTTPException(413, "the message is too long")
    return raw


def _fields(raw: bytes, wanted: Tuple[str, ...], optional: Dict[str, str]) -> Optional[Dict[str, str]]:
    try:
        body: Any = json.loads(raw)
        given = {**optional, **{key: value for key, value in body.items() if value is not None}}
    except (ValueError, AttributeError, RecursionError):
        return None
    if not all(isinstance(given.get(name), str) for name in (*wanted, *optional)):
        return None
    # Half a surrogate pair can be sent, but not be sent back.
    return {name: given[name].encode(errors="replace").decode() for name in (*wanted, *optional)}
