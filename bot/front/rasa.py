"""The way from the front to Rasa and back, with a deadline."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import aiohttp

from bot.front.reply import Button, Reply
from bot.triage.assessment import Assessment

log = logging.getLogger(__name__)
RESTED = 3  # seconds after which a connection is not used again: Rasa closes its own after five


class NoAnswer(RuntimeError):
    """Rasa said nothing that a patient can read, in time."""


@dataclass(frozen=True)
class Protocol:
    """The protocol (data/flows) that an answer goes on with; `told`: the message answered its question."""

    name: str
    told: bool


@dataclass(frozen=True)
class Answer:
    """Rasa's replies, the guidance sections that they quote, and the question of a protocol that they
    ask ('flow.question'; 'flow.' where it asks no more)."""

    replies: Tuple[Reply, ...]
    sections: Tuple[str, ...] = ()
    asks: str = ""


class RasaClient:
    """Asks the Rasa process of this machine. One for the front's life; close it at the end."""

    def __init__(self, address: str, key: str, seconds: float):
        self.address, self._seconds = address, seconds
        self._headers = {"X-Bot-Key": key}
        self._session: Optional[aiohttp.ClientSession] = None

    async def ask(
        self,
        name: str,
        text: str,
        assessment: Assessment,
        country: str,
        payload: str = "",
        flow: Optional[Protocol] = None,
    ) -> Answer:
        """The answer to one message of the conversation. Raises NoAnswer after the deadline,
        on any failure, and when the answer holds no text."""
        metadata = {
            "assessment": assessment.as_dict(),
            "deadline": time.time() + self._seconds,
            "country": country,
            "payload": payload or None,
            "flow": flow.name if flow else None,
            "told": bool(flow and flow.told),
        }
        said = await self._post({"sender": name, "message": text, "metadata": metadata})
        answer = _answer(said)
        if not answer.replies:
            raise NoAnswer("Rasa answered without a text")
        return answer

    async def ready(self) -> bool:
        """Whether Rasa has loaded its model."""
        try:
            async with self._open().get(f"{self.address}/ready", timeout=aiohttp.ClientTimeout(1)) as response:
                return bool((await response.json()).get("ready"))
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, AttributeError):
            return False

    async def close(self) -> None:
        """Gives the connections back."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, body: Dict[str, Any]) -> Any:
        url, limit = f"{self.address}/webhooks/rest/webhook", aiohttp.ClientTimeout(self._seconds)
        try:
            async with self._open().post(url, json=body, headers=self._headers, timeout=limit) as response:
                response.raise_for_status()
                return await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, RecursionError) as error:
            log.warning("no answer from Rasa: %s", type(error).__name__)
            raise NoAnswer(type(error).__name__) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=RESTED))
        return self._session


def _answer(said: Any) -> Answer:
    """What Rasa said, where it has the shape it should have; anything else counts as nothing."""
    messages: Sequence[Any] = said if isinstance(said, list) else []
    proper = [m for m in messages if isinstance(m, dict)]
    replies = [_reply(m) for m in proper if isinstance(m.get("text"), str) and m["text"].strip()]
    notes = [m["custom"] for m in proper if isinstance(m.get("custom"), dict)]
    cited = [section for note in notes for section in _list(note.get("sections"))]
    asked = [note["asks"] for note in notes if isinstance(note.get("asks"), str)]
    return Answer(
        tuple(replies),
        tuple(dict.fromkeys(str(section) for section in cited)),
        next(iter(sorted(asked, key=lambda name: name.endswith("."))), ""),
    )


def _reply(message: Dict[str, Any]) -> Reply:
    buttons = [b for b in _list(message.get("buttons")) if isinstance(b, dict) and b.get("title") and b.get("payload")]
    return Reply(message["text"], tuple(Button(str(b["title"]), str(b["payload"])) for b in buttons))


def _list(value: Any) -> List[Any]:
    return value if isinstance(value, list) else []
