"""One conversation as a patient holds it, with all that was said."""

import time
from dataclasses import dataclass
from typing import List

from bot.testing.talkers import Answer, Talker


class Broken(AssertionError):
    """Something does not hold of an answer: what was wanted, and what was said."""

    def __init__(self, wanted: str, said: str):
        super().__init__(f"wanted: {wanted}\nsaid:   {said}")


@dataclass(frozen=True)
class Exchange:
    """What the patient did and what the bot answered after `seconds`. `kind` is the step that does the
    same (user, press or payload), `said` its value."""

    kind: str
    said: str
    answer: Answer
    seconds: float

    @property
    def patient(self) -> str:
        """What the patient did, to be read: buttons stand in brackets."""
        return self.said if self.kind == "user" else f"[{self.said}]"


class Chat:
    """Writes to the bot and keeps the transcript. Each turn must answer something."""

    def __init__(self, talker: Talker):
        self.talker = talker
        self.exchanges: List[Exchange] = []

    async def says(self, text: str) -> Answer:
        """The patient types."""
        return await self.sends(text, "")

    async def presses(self, title: str) -> Answer:
        """The patient presses a button of the last answer."""
        shown = self.answer.buttons if self.exchanges else ()
        button = next((b for b in shown if b.title == title), None)
        if button is None:
            raise Broken(f"a button {title!r}", _listed([b.title for b in shown]) or "no buttons")
        return await self.sends(button.title, button.payload)

    async def sends(self, text: str, payload: str) -> Answer:
        """A message, or a button with its title and payload; a channel's menu sends a payload alone."""
        began = time.monotonic()
        answer = await self.talker.send(text, payload)
        kind = ("press" if text else "payload") if payload else "user"
        said = text or payload
        self.exchanges.append(Exchange(kind, said, answer, time.monotonic() - began))
        if not answer.replies or not all(reply.text.strip() for reply in answer.replies):
            raise Broken("an answer", "nothing")
        return answer

    @property
    def answer(self) -> Answer:
        """The last answer."""
        return self.exchanges[-1].answer

    @property
    def transcript(self) -> str:
        """The conversation so far, to be read."""
        return "\n".join(line for exchange in self.exchanges for line in _lines(exchange))


def _lines(exchange: Exchange) -> List[str]:
    said = [f"    bot: {line}" for line in exchange.answer.text.splitlines()]
    return [f"patient: {exchange.patient}", *said, *(f"         [{b.title}]" for b in exchange.answer.buttons)]


def _listed(titles: List[str]) -> str:
    return ", ".join(repr(title) for title in titles)
