"""The whole bot in one object, for every channel: web, Telegram, HTTP door, terminal, batch."""

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, AsyncIterator, Dict, List, Optional

import yaml

from bot.front.consent import Consents
from bot.front.database import Database
from bot.front.history import History
from bot.front.limits import Limits
from bot.front.memory import Memory
from bot.front.once import Once
from bot.front.sessions import Sessions
from bot.front.supervisor import Supervisor
from bot.front.turn.desk import Desk
from bot.paths import RED_FLAGS
from bot.settings import Settings, signing_key
from bot.triage.gate import Gate

if TYPE_CHECKING:
    from bot.front.telegram.channel import Telegram


class Bot:
    """Desk, sessions, supervisor and, with a token, the Telegram channel, made from the settings.
    `supervisor` may be one that has started Rasa already."""

    def __init__(self, settings: Settings, limits: Optional[Limits] = None, supervisor: Optional[Supervisor] = None):
        self.settings = settings
        key = signing_key(settings)
        self.sessions = Sessions(key)
        self.supervisor = supervisor or Supervisor(settings.answer_seconds, settings.session_hours)
        self.database = Database(settings.database)
        self.consents = Consents(self.database)
        self.once = Once(self.database)
        self.newcomers = Limits(burst=60, per_second=1)  # by address; a whole clinic may share one
        self.desk = Desk(
            gate=Gate.load(),
            memory=Memory(self.database, settings.session_hours),
            history=History(self.database),
            rasa=self.supervisor.client,
            country=settings.country,
            longest=settings.message_characters,
            limits=limits,
        )
        self.telegram = self._telegram(key) if settings.telegram_bot_token else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bot"]:
        """The bot with its Rasa process and memory, until the block ends."""
        self.database.open()
        self.supervisor.start()
        chores = [asyncio.create_task(chore()) for chore in (self._take_up_classifier, self._forget)]
        try:
            yield self
        finally:
            for chore in chores:
                chore.cancel()
            await self.supervisor.stop()
            self.database.close()

    async def parts(self) -> Dict[str, Any]:
        """Which parts are up, by name; `gate` decides whether the bot is ready."""
        return {
            "gate": not wrong_canaries(self.desk.gate),
            "classifier": self.desk.gate.classifier is not None,
            "memory": self.database.working,
            "rasa": await self.supervisor.client.ready(),
            "telegram": self.telegram is not None and self.telegram.working,
        }

    async def until_rasa(self, seconds: float = 120.0) -> bool:
        """Waits until Rasa has loaded; whether it has within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while not await self.supervisor.client.ready():
                    await asyncio.sleep(0.2)
        except TimeoutError:
            return False
        return True

    def _telegram(self, key: str) -> "Telegram":
        from bot.front.telegram.channel import Telegram  # half a second that nobody without it should wait

        return Telegram(self.settings, key, self.desk, self.consents)

    async def _forget(self) -> None:
        while True:
            self.desk.memory.forget()
            await asyncio.sleep(3600)

    async def _take_up_classifier(self) -> None:
        """At the very first start the gate begins with rules alone, while the classifier trains."""
        while self.desk.gate.classifier is None:
            await asyncio.sleep(2)
            trained = await asyncio.to_thread(Gate.load)
            if trained.classifier is not None:
                self.desk.gate = trained


def wrong_canaries(gate: Gate) -> List[str]:
    """The canary phrases that the gate judges wrong; none where it works."""
    return [says for says, urgency in load_canaries().items() if gate.assess(says).urgency != urgency]


def load_canaries() -> Dict[str, str]:
    """The canary phrases with the urgency of each."""
    canaries = yaml.safe_load((RED_FLAGS / "canaries.yml").read_text(encoding="utf-8"))["canaries"]
    return {canary["says"]: canary["urgency"] for canary in canaries}
