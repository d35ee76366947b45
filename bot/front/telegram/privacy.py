"""What keeps a chat private: its name in the records, its envelope in the queues, silence in the logs."""

import base64
import hashlib
import hmac
import json
import logging
from typing import Any, Optional

from cryptography.fernet import Fernet, InvalidToken

# They write addresses with the token, parameters, or what Telegram or the database gave back.
TALKATIVE = ("telegram", "httpx", "httpcore", "sqlalchemy")


class Privacy:
    """All that is derived from the bot's signing key."""

    def __init__(self, key: str):
        self._key = key.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derived("telegram envelope")))

    @property
    def secret(self) -> str:
        """What Telegram has to show at the webhook."""
        return self._derived("telegram webhook").hex()

    def name(self, chat: int) -> str:
        """The conversation's name; without the key nobody can tell the chat from it."""
        return f"telegram:{self._derived(f'telegram chat {chat}').hex()[:32]}"

    def seal(self, content: Any) -> str:
        """The JSON of the content, encrypted."""
        return self._fernet.encrypt(json.dumps(content).encode()).decode()

    def unseal(self, sealed: str) -> Optional[Any]:
        """What was sealed, or None where it was with another key."""
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            return None

    def _derived(self, purpose: str) -> bytes:
        return hmac.new(self._key, purpose.encode(), hashlib.sha256).digest()


def silence() -> None:
    """Keeps libraries from logging what patients write, or the token, at any level."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
