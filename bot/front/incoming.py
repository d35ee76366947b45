"""What a request brings, and not too much of it."""

import json
from typing import Any, Dict, Optional, Tuple

from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST = 100_000  # bytes of a message with its JSON; all of it is read, and reading has a price


async def texts(request: Request, *wanted: str, **optional: str) -> Dict[str, str]:
    """The fields of the JSON object in the body, at most LARGEST bytes of it; `wanted` must be
    there, `optional` names each other field with its default. Raises HTTPException 400 or 413."""
    fields = _fields(await body(request, LARGEST), wanted, optional)
    if fields is None:
        named = ", ".join(f'"{name}": "..."' for name in (*wanted, *optional))
        raise HTTPException(400, f"send JSON: {{{named}}}, all of them texts")
    return fields


async def body(request: Request, largest: int, named: str = "message") -> bytes:
    """The body, at most `largest` bytes. Raises HTTPException 413 that calls it `named`."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > largest:
            raise HTTPException(413, f"the {named} is too long")
    return raw


def _fields(raw: bytes, wanted: Tuple[str, ...], optional: Dict[str, str]) -> Optional[Dict[str, str]]:
    try:
        read: Any = json.loads(raw)
        given = {**optional, **{key: value for key, value in read.items() if value is not None}}
    except (ValueError, AttributeError, RecursionError):
        return None
    if not all(isinstance(given.get(name), str) for name in (*wanted, *optional)):
        return None
    # Half a surrogate pair can be sent, but not be sent back.
    return {name: given[name].encode(errors="replace").decode() for name in (*wanted, *optional)}
