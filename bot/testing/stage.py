"""Plays conversation tests, each once."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from bot.settings import BadSettings, Settings
from bot.testing.cases import Case, Step
from bot.testing.chat import Broken, Chat, Exchange
from bot.testing.steps import DOES, HOLDS
from bot.testing.talkers import Begin, CannotTalk, DeskTalker, Talker, talkers


@dataclass(frozen=True)
class Played:
    """A test and what came of it. `broken` is the step that does not hold, `problem` why; both are
    None and '' where all hold."""

    case: Case
    exchanges: Sequence[Exchange]
    transcript: str
    broken: Optional[Step] = None
    problem: str = ""

    @property
    def failure(self) -> str:
        """The conversation with the broken step marked, what was wanted and what was said; '' where all hold."""
        if self.broken is None:
            return ""
        step = f"{self.broken.kind}: {self.broken.value}"
        marked = [f">>> {line}" for line in (step, *self.problem.splitlines())]
        return "\n".join([f"{self.case.path.name}:{self.broken.line}: {step}", "", self.transcript, *marked])


class Stage:
    """Holds the bot, or the way to one, from the first test that is played until it is closed."""

    def __init__(self, address: str, settings: Callable[[], Settings]):
        self._talkers = lambda: talkers(address, settings)
        self._loop = asyncio.Runner()
        self._open = AsyncExitStack()
        self._begin: Optional[Begin] = None
        self._why_not = ""
        self._played: Dict[Tuple[Path, int], Played] = {}

    def play(self, case: Case) -> Played:
        """What comes of the test; it is held once, however often it is asked for. Raises CannotTalk."""
        place = (case.path, case.line)
        if place not in self._played:
            self._played[place] = self._loop.run(self._play(case))
        return self._played[place]

    @property
    def played(self) -> List[Played]:
        """All that were played so far."""
        return list(self._played.values())

    def close(self) -> None:
        """Ends the bot, where one was started."""
        self._loop.run(self._open.aclose())
        self._loop.close()

    async def _play(self, case: Case) -> Played:
        chat = Chat(await self._talker())
        broken, problem = None, ""
        try:
            await _set_out(chat, case)
            for broken in case.steps:
                await _take(chat, broken)
            broken = None
        except Broken as why:
            problem = str(why)
        return Played(case, chat.exchanges, chat.transcript, broken, problem)

    async def _talker(self) -> Talker:
        """A new conversation. Where the bot did not start, it is not tried for every test again."""
        if self._why_not:
            raise CannotTalk(self._why_not)
        if self._begin:
            return self._begin()
        try:
            self._begin = begin = await self._open.enter_async_context(self._talkers())
        except (CannotTalk, BadSettings) as error:
            self._why_not = str(error)
            raise CannotTalk(self._why_not) from error
        return begin()


async def _set_out(chat: Chat, case: Case) -> None:
    if case.given:
        if not isinstance(chat.talker, DeskTalker):
            raise CannotTalk("a server lets nobody begin in a given state")
        chat.talker.begin_as(case.given)
    if case.country:
        await chat.sends("", f"country:{case.country}")


async def _take(chat: Chat, step: Step) -> None:
    if step.kind in DOES:
        await DOES[step.kind](chat, step.value)
    else:
        HOLDS[step.kind](chat.answer, step.value)
