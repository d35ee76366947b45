"""Talks to the real bot as a patient does, and reads what the patient sees."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any, Awaitable, Callable, List, Tuple

from bot.front.turn.desk import Desk
from bot.settings import Settings
from bot.testing import chat as testing
from bot.testing.talkers import DeskTalker

READY = 60.0  # seconds that a process may take to come up
SECRET = "only-the-tests-sign-with-this-key"


def settings(folder: Path, **own: Any) -> Settings:
    """Settings of a bot in Britain that keeps everything in `folder`."""
    given = {"country": "GB", "secret": SECRET, "database": f"sqlite:///{folder}/bot.db", **own}
    return Settings(_env_file=None, **given)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = READY) -> None:
    """Waits until it holds. Raises AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < end, f"still waiting after {seconds:.0f} s"
        await asyncio.sleep(0.1)


class Chat(testing.Chat):
    """One conversation at a desk. `seconds` is how long the last turn took."""

    def __init__(self, desk: Desk, name: str):
        super().__init__(DeskTalker(desk, name))
        self.desk, self.name = desk, name

    def sees(self, *words: str) -> None:
        """All of these stand in the last answer, in whatever case."""
        for said in words:
            assert said.lower() in self.text.lower(), self._told(f"{said!r} is not in the answer")

    def sees_not(self, *words: str) -> None:
        """None of these stands in the last answer."""
        for said in words:
            assert said.lower() not in self.text.lower(), self._told(f"{said!r} is in the answer")

    def sees_number(self, number: str) -> None:
        """The number stands in the last answer by itself, not inside another."""
        assert re.search(rf"(?<!\d){re.escape(number)}(?!\d)", self.text), self._told(f"no number {number}")

    def never_saw(self, *words: str) -> None:
        """None of these was said in the whole conversation."""
        for said in words:
            heard = [exchange.answer.text.lower() for exchange in self.exchanges]
            assert not any(said.lower() in text for text in heard), self._told(f"{said!r} was said")

    @property
    def text(self) -> str:
        """The last answer."""
        return self.answer.text

    @property
    def urgency(self) -> str:
        """How urgent the bot took the last message to be."""
        return self.answer.urgency

    @property
    def red_flags(self) -> List[str]:
        """Red flags that the last answer rests on."""
        return list(self.answer.red_flags)

    @property
    def sections(self) -> Tuple[str, ...]:
        """Guidance sections that the last answer quotes."""
        return self.answer.sections

    @property
    def seconds(self) -> float:
        """How long the last turn took."""
        return self.exchanges[-1].seconds

    def _told(self, problem: str) -> str:
        return f"{problem}\n\n{self.transcript}"
