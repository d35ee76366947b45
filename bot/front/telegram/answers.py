"""What the bot answers to each kind of update. All that a person says goes through the desk."""

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any, Awaitable, Callable, Dict, List, Sequence

from bot.front.consent import Consents, may_wait, version
from bot.front.memory import Conversation
from bot.front.reply import Reply
from bot.front.telegram import menu
from bot.front.telegram.courtesy import Courtesy
from bot.front.telegram.format import parts, rows, tappable
from bot.front.telegram.outbox import Letter, Outbox
from bot.front.telegram.updates import COMMAND, INLINE, PAYMENT, PRESS, STRANGERS, TEXT, UNREADABLE, Incoming
from bot.front.turn.desk import Desk
from bot.front.turn.reader import TELLS_NO_LANGUAGE
from bot.guidance import Numbers, numbers_for, phrase
from bot.guidance.phrases import COMPLETE
from bot.triage.gate import Gate
from bot.triage.language import language_of

log = logging.getLogger(__name__)
TYPING_AFTER = 0.2  # seconds without an answer
FEW = 20  # chats that wait at once
IN_QUESTION = ("check", "after")  # buttons that mean something only while their question stands
FILE = "baclofen-bot.json"
ON_THE_WAY = ("telegram_updates", "telegram_outbox")  # sealed, and gone when the file arrives


class Answers:
    """Answers updates for one bot."""

    def __init__(self, desk: Desk, consents: Consents, courtesy: Courtesy, outbox: Outbox):
        self._desk, self._consents, self._courtesy, self._outbox = desk, consents, courtesy, outbox
        self._rules = Gate()  # by rules alone, a verdict takes about a millisecond
        self._signs: Dict[int, asyncio.TimerHandle] = {}
        self._by_kind: Dict[str, Callable[[Incoming], Awaitable[List[Letter]]]] = {
            TEXT: self._text,
            COMMAND: self._command,
            PRESS: self._press,
            UNREADABLE: self._unreadable,
            STRANGERS: self._strangers,
            INLINE: self._inline,
            PAYMENT: self._payment,
        }

    def dangerous(self, said: Incoming) -> bool:
        """Whether it must not wait: rules see danger in it, or it answers a question about danger."""
        if said.kind == PRESS:
            return said.payload.startswith(IN_QUESTION)
        if said.kind == COMMAND:
            return said.payload == "emergency"
        return said.kind == TEXT and (self._before(said).in_danger or self._rules.assess(said.text).danger)

    def received(self, said: Incoming) -> None:
        """Acknowledges a press at once, and shows the typing sign where the answer takes a while."""
        if said.kind == PRESS:
            self._courtesy.acknowledge(said.query)
        if said.kind in (TEXT, COMMAND, PRESS):
            self._signs[said.id] = asyncio.get_running_loop().call_later(TYPING_AFTER, self._typing, said)

    async def answer(self, said: Incoming) -> List[Letter]:
        """What to send. Never raises: where something fails that should not, the safety net."""
        try:
            return await self._by_kind[said.kind](said)
        except Exception as error:
            log.error("an update could not be answered (%s)", type(error).__name__)
            return self._phrase(said, "safety_net") if said.chat else []
        finally:
            if said.id in self._signs:
                self._signs.pop(said.id).cancel()

    async def _text(self, said: Incoming) -> List[Letter]:
        if not self._agreed(said) and may_wait(self._desk, said.name, said.text):
            return self._first_contact(said)
        letters = await self._turn(said, said.text)
        danger = any(letter.danger for letter in letters)
        return letters + (self._phrase(said, said.note) if said.note and not danger else [])

    async def _command(self, said: Incoming) -> List[Letter]:
        command, language, known = said.payload, self._language(said), self._numbers(said)
        if command in menu.PLAIN:
            return self._letters(said, [menu.plain(command, language, known)], danger=command == "emergency")
        if command == "start":
            return (
                self._letters(said, [menu.welcome(language, known)])
                if self._agreed(said)
                else self._first_contact(said)
            )
        if command == "country":
            return self._letters(said, [menu.ask_country(language)])
        if command == "forget":
            return self._letters(said, [menu.ask_to_forget(language)])
        if command == "export":
            return self._export(said)
        if command in ("questions", "summary"):
            return await self._turn(said, "", f"ask:{command}") if self._agreed(said) else self._first_contact(said)
        return await self._text(said)

    async def _press(self, said: Incoming) -> List[Letter]:
        payload, _, mark = said.payload.partition("~")
        kind, _, chosen = payload.partition(":")
        if kind == "consent":
            return await self._consent(said, chosen)
        if kind == "forget":
            return self._forget(said) if chosen == "yes" else self._phrase(said, "telegram_kept")
        if kind == "countries":
            return self._letters(said, [menu.ask_any_country(self._language(said))])
        if not chosen or kind in IN_QUESTION and mark != _mark(kind, self._before(said)):
            return self._phrase(said, "telegram_old_button")
        if kind not in ("country", *IN_QUESTION) and not self._agreed(said):
            return self._first_contact(said)
        return await self._turn(said, said.text, payload)

    async def _unreadable(self, said: Incoming) -> List[Letter]:
        limits = self._desk.limits
        return self._phrase(said, said.text) if limits is None or limits.allow(said.name) else []

    async def _strangers(self, said: Incoming) -> List[Letter]:
        self._courtesy.leave(said.chat, phrase(said.text, **self._numbers(said).values) if said.text else "")
        return []

    async def _inline(self, said: Incoming) -> List[Letter]:
        self._courtesy.offer_nothing(said.query)
        return []

    async def _payment(self, said: Incoming) -> List[Letter]:
        self._courtesy.take_no_money(said.query, bool(said.payload), phrase("telegram_no_money"))
        return []

    async def _turn(self, said: Incoming, text: str, payload: str = "") -> List[Letter]:
        before = self._before(said)
        turn = await self._desk.turn(said.name, text, payload)
        return self._letters(said, turn.replies, before.in_danger or turn.assessment.danger)

    async def _consent(self, said: Incoming, to: str) -> List[Letter]:
        if to == "no":
            return self._phrase(said, "telegram_declined")
        if to != version(menu.CONSENT):
            return self._first_contact(said)
        language = self._language(said)
        self._consents.give(said.name, to)
        self._desk.memory.save(said.name, replace(self._before(said), language=language))
        answer = await self._turn(said, said.before) if said.before else []
        return answer + self._letters(said, [menu.ask_country(language)])

    def _forget(self, said: Incoming) -> List[Letter]:
        language = self._language(said)
        self._desk.memory.erase(said.name)
        self._outbox.forget(said.name)
        return self._letters(said, [Reply(phrase("telegram_forgotten", language, **self._numbers(said).values))])

    def _export(self, said: Incoming) -> List[Letter]:
        stored = self._desk.memory.database.export(said.name)
        own = {table: lines for table, lines in stored.items() if table not in ON_THE_WAY}
        document = json.dumps(own, ensure_ascii=False, indent=2)
        caption = phrase("telegram_export", self._language(said))
        return [Letter(said.name, {"chat": said.chat, "document": document, "file": FILE, "caption": caption})]

    def _first_contact(self, said: Incoming) -> List[Letter]:
        """The question for consent; a message that waits for it is what the question replies to."""
        letters = self._letters(said, [menu.first_contact(self._language(said), self._numbers(said))])
        letters[0].content["reply_to"] = said.message if said.kind == TEXT else None
        return letters

    def _phrase(self, said: Incoming, key: str) -> List[Letter]:
        return self._letters(said, [Reply(phrase(key, self._language(said), **self._numbers(said).values))])

    def _letters(self, said: Incoming, replies: Sequence[Reply], danger: bool = False) -> List[Letter]:
        known, now = self._numbers(said), self._before(said)
        contents: List[Dict[str, Any]] = []
        for reply in replies:
            buttons = [replace(b, payload=_marked(b.payload, now)) for b in reply.buttons]
            told = [{"chat": said.chat, "text": part, "buttons": []} for part in parts(tappable(reply.text, known))]
            told[-1]["buttons"] = rows(buttons, 1 if len(buttons) < 6 else 3)
            contents += told
        return [
            Letter(said.name, {**content, "silent": place > 0, "reply_to": None}, danger)
            for place, content in enumerate(contents)
        ]

    def _agreed(self, said: Incoming) -> bool:
        return self._consents.given(said.name) == version(menu.CONSENT)

    def _before(self, said: Incoming) -> Conversation:
        return self._desk.memory.load(said.name)

    def _numbers(self, said: Incoming) -> Numbers:
        return numbers_for(self._before(said).country or self._desk.country, self._language(said))

    def _language(self, said: Incoming) -> str:
        """That of the conversation; before there is one, that of what was typed, else of the person's Telegram."""
        before = self._before(said)
        if before != Conversation():
            return before.language
        typed = said.text if said.kind == TEXT else said.before
        likely = language_of(typed) if len(typed) >= TELLS_NO_LANGUAGE else said.language
        return likely if likely in COMPLETE else "en"

    def _typing(self, said: Incoming) -> None:
        if len(self._signs) <= FEW:  # in a flood the letters need the room
            self._courtesy.typing(said.chat)


def _mark(kind: str, now: Conversation) -> str:
    """Which question a button of this kind answers at present."""
    return now.asked if kind == "check" else "".join(now.script[:1])


def _marked(payload: str, now: Conversation) -> str:
    kind = payload.partition(":")[0]
    return f"{payload}~{_mark(kind, now)}" if kind in IN_QUESTION else payload
