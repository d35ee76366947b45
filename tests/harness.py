"""Talks to the real bot as a patient does, and reads what the patient sees."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any, Awaitable, Callable, List, Tuple

from bot.front.rasa import Button
from bot.front.turn import Desk, Turn
from bot.settings import Settings

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


class Chat:
    """One conversation. Each turn must answer something; `seconds` is how long the last one took."""

    def __init__(self, desk: Desk, name: str):
        self.desk, self.name = desk, name
        self.heard: List[str] = []
        self.transcript: List[str] = []
        self.seconds = 0.0

    async def says(self, text: str) -> "Chat":
        """The patient types."""
        return await self._send(text, "")

    async def presses(self, title: str) -> "Chat":
        """The patient presses a button of the last answer."""
        button = next((b for b in self._buttons() if b.title == title), None)
        assert button, self._told(f"there is no button {title!r}")
        return await self._send(button.title, button.payload)

    async def sends(self, payload: str) -> "Chat":
        """A menu of the channel sends a payload without a word."""
        return await self._send("", payload)

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
            assert not any(said.lower() in text.lower() for text in self.heard), self._told(f"{said!r} was said")

    @property
    def text(self) -> str:
        """The last answer."""
        return "\n".join(reply.text for reply in self.turn.replies)

    @property
    def buttons(self) -> List[str]:
        """Titles of the buttons of the last answer."""
        return [button.title for button in self._buttons()]

    @property
    def urgency(self) -> str:
        """How urgent the bot took the last message to be."""
        return self.turn.assessment.urgency

    @property
    def red_flags(self) -> List[str]:
        """Red flags that the last answer rests on."""
        return list(self.turn.assessment.red_flags)

    @property
    def sections(self) -> Tuple[str, ...]:
        """Guidance sections that the last answer quotes."""
        return self.turn.sections

    @property
    def language(self) -> str:
        """Language that the last message was taken to be in."""
        return self.turn.assessment.language

    async def _send(self, text: str, payload: str) -> "Chat":
        self.transcript.append(f"patient: [{text}]" if payload else f"patient: {text}")
        began = time.monotonic()
        self.turn: Turn = await self.desk.turn(self.name, text, payload)
        self.seconds = time.monotonic() - began
        self.heard += [reply.text for reply in self.turn.replies]
        self.transcript += [f"    bot: {line}" for line in self.text.splitlines()]
        self.transcript += [f"         [{title}]" for title in self.buttons]
        assert self.turn.replies and all(r.text.strip() for r in self.turn.replies), self._told("the bot is silent")
        return self

    def _buttons(self) -> List[Button]:
        return [button for reply in self.turn.replies for button in reply.buttons]

    def _told(self, problem: str) -> str:
        return "\n".join([problem, "", *self.transcript])
