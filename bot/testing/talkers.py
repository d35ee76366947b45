"""The two ways to talk with a bot: the one of this project, started here, or any server by its address."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, AsyncContextManager, AsyncIterator, Callable, Dict, Mapping, Protocol, Tuple

import aiohttp

from bot.front.memory import Conversation
from bot.front.reply import Button, Reply
from bot.settings import Settings

if TYPE_CHECKING:  # spaCy comes with it, which nobody needs who talks with a server
    from bot.front.turn.desk import Desk


class CannotTalk(RuntimeError):
    """There is no bot to talk with; the message is one line that says why."""


@dataclass(frozen=True)
class Answer:
    """What the bot answered to one message, as `POST /api/turn` tells it. `facts` are what it remembers
    of the person, `flow` is the question that it asks ('flow.question', else '')."""

    urgency: str
    red_flags: Tuple[str, ...]
    topics: Tuple[str, ...]
    sections: Tuple[str, ...]
    language: str
    country: str
    flow: str
    facts: Tuple[str, ...]
    replies: Tuple[Reply, ...]

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Answer":
        """The answer in the JSON of `POST /api/turn`. Raises KeyError where something is missing."""
        named = {field.name: told[field.name] for field in fields(cls) if field.name != "replies"}
        plain: Dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in named.items()
        }
        return cls(**plain, replies=tuple(map(_reply, told["replies"])))

    @property
    def text(self) -> str:
        """All that was said."""
        return "\n".join(reply.text for reply in self.replies)

    @property
    def buttons(self) -> Tuple[Button, ...]:
        """All buttons that were shown."""
        return tuple(button for reply in self.replies for button in reply.buttons)


def _reply(told: Mapping[str, Any]) -> Reply:
    return Reply(told["text"], tuple(Button(b["title"], b["payload"]) for b in told["buttons"]))


class Talker(Protocol):
    """One conversation with a bot."""

    async def send(self, text: str, payload: str = "") -> Answer:
        """The answer to a message, or to a pressed button (its title and payload). Raises CannotTalk."""


class DeskTalker:
    """The conversation `name` at a desk of this process."""

    def __init__(self, desk: "Desk", name: str):
        self.desk, self.name = desk, name

    async def send(self, text: str, payload: str = "") -> Answer:
        from bot.front.web.app import as_json

        return Answer.read(as_json(await self.desk.turn(self.name, text, payload)))

    def begin_as(self, state: Mapping[str, Any]) -> None:
        """Puts the conversation into a state (fields of Conversation), which a server lets nobody do."""
        self.desk.memory.save(self.name, Conversation(**state))


class HttpTalker:
    """A conversation through `POST /api/turn`, which mints its session."""

    def __init__(self, address: str, http: aiohttp.ClientSession):
        self._turn, self._http, self._session = f"{address.rstrip('/')}/api/turn", http, ""

    async def send(self, text: str, payload: str = "") -> Answer:
        body = {"session": self._session, "text": text, "payload": payload}
        try:
            async with self._http.post(self._turn, json=body, raise_for_status=True) as response:
                told = await response.json()
            self._session = told["session"]
            return Answer.read(told)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CannotTalk(f"{self._turn} does not answer: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise CannotTalk(f"{self._turn} does not answer as this version of the bot does: {error!r}") from error


Begin = Callable[[], Talker]


def talkers(address: str, settings: Callable[[], Settings]) -> AsyncContextManager[Begin]:
    """What begins conversations: with the server at `address`, or where that is '' with a bot of
    these settings, started here with a memory of its own."""
    return _server(address) if address else _here(settings)


@asynccontextmanager
async def _server(address: str) -> AsyncIterator[Begin]:
    async with aiohttp.ClientSession() as http:
        yield lambda: HttpTalker(address, http)


@asynccontextmanager
async def _here(settings: Callable[[], Settings]) -> AsyncIterator[Begin]:
    from bot.front.bot import Bot

    with TemporaryDirectory() as folder:
        bot = Bot(settings().model_copy(update={"database": f"sqlite:///{folder}/bot.db"}))
        async with bot.running():
            if not await bot.until_rasa():
                raise CannotTalk("Rasa is not ready: run `make setup`")
            yield lambda: DeskTalker(bot.desk, bot.sessions.open(bot.sessions.mint("cli"), "cli"))
