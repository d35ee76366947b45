"""Sessions that only this server can mint, so that nobody reads or joins another's conversation."""

import secrets
from typing import Optional

from itsdangerous import BadSignature, URLSafeSerializer


class NotOurs(ValueError):
    """The session was not signed by this server."""


class Sessions:
    """Mints and opens session tokens. Each channel has its own name space."""

    def __init__(self, key: str):
        self._signer = URLSafeSerializer(key)

    def mint(self, channel: str, origin: str = "") -> str:
        """A new token, good for pages of this origin alone; its conversation name cannot be guessed."""
        return str(self._signer.dumps(f"{channel}:{secrets.token_hex(16)}", salt=_salt(origin)))

    def open(self, token: Optional[str], channel: str, origin: str = "") -> str:
        """The conversation name in the token. Raises NotOurs for any other token, channel or origin."""
        try:
            name = str(self._signer.loads(token or "", salt=_salt(origin)))
        except BadSignature as error:
            raise NotOurs("the session was not minted here") from error
        if not name.startswith(f"{channel}:"):
            raise NotOurs("the session belongs to another channel")
        return name


def _salt(origin: str) -> str:
    return f"session {origin}"
