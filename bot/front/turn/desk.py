"""One turn: a message in, the replies out. Every channel comes through here.

Danger is answered by the front itself, before anything that can fail is asked; everything else
goes to Rasa, and where Rasa says nothing in time the safety net does.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Any, Dict, Iterable, Optional, Tuple

from bot.front.history import BOT, PATIENT, History, Said
from bot.front.limits import Limits
from bot.front.memory import Conversation, Memory
from bot.front.rasa import Answer, NoAnswer, Protocol, RasaClient
from bot.front.reply import Reply
from bot.front.turn.reader import Message, Reader, reading_on
from bot.front.turn.recall import RECALLED
from bot.front.turn.replies import AT_ONCE, asked_again, instead_of_the_same, said, spoken
from bot.guidance import Numbers, country_names, numbers_for
from bot.guidance.flows import load_flows, option_titles
from bot.guidance.phrases import COMPLETE, phrases
from bot.triage import course
from bot.triage.assessment import ROUTINE, URGENT, Assessment
from bot.triage.gate import Gate

PAYLOAD = re.compile(r"(more|topic|check|after|country|tell|ask):[\w-]{1,48}")
CAME_UP = 8  # topics kept for the questions to a clinician
RECALLED_FOR = 3  # turns in which a script that nobody answered is recalled
TWICE, LATELY = 2, 6  # a reply is not given more often than twice in so many
UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs")  # Unicode categories of letters that show nothing


@dataclass(frozen=True)
class Turn:
    """What a message came to: the assessment, the replies, the sections they quote, the country whose
    numbers they give ('' where it is not known), the question of a protocol ('flow.question') that
    they ask, and message and replies as history keeps them."""

    assessment: Assessment
    replies: Tuple[Reply, ...]
    sections: Tuple[str, ...] = ()
    country: str = ""
    flow: str = ""
    said: Tuple[Said, ...] = ()


@dataclass
class Desk:
    """Answers messages. Holds the gate, the conversations and the way to Rasa."""

    gate: Gate
    memory: Memory
    history: History
    rasa: RasaClient
    country: str
    longest: int
    limits: Optional[Limits] = None

    async def turn(self, name: str, text: str, payload: str = "", key: str = "") -> Turn:
        """The answer to one message of the conversation `name`.

        `payload` is what a pressed button carries; it counts only in PAYLOAD's shape and beside no
        other text than a button's, so that nothing typed escapes the gate. `key` is the channel's own
        name for the message, kept with it. Never raises for what a patient can send, and never
        returns without a reply.
        """
        pressed = payload if PAYLOAD.fullmatch(payload) and _is_button(text) else ""
        before = self.memory.load(name)
        there = replace(self, country=_country(pressed) or before.country or self.country)
        if pressed == "ask:erase":
            return there._erased(name, before)
        asked = self.history.add(name, PATIENT, [{"text": text, "key": key}] if not _blank(text) else [])
        turn = replace(await there._turn(name, text, before, pressed), country=there.country)
        answered = self.history.add(name, BOT, [_kept(turn, reply) for reply in turn.replies])
        return replace(turn, said=asked + answered)

    async def _turn(self, name: str, text: str, before: Conversation, pressed: str) -> Turn:
        if _country(pressed):
            return self._settled(name, before)
        message, reader = Message(text, pressed, before), Reader(self.gate)
        kind, assessed = reader.read(message)
        after = _remembered(_moved(before, kind, text, assessed), reader.known_after(before, assessed), assessed)
        # Kept before anything is waited for: a slow answer must not overwrite a later turn.
        self.memory.save(name, after)
        turn = await self._answered(name, message, kind, assessed, reader)
        return self._concluded(name, kind, turn)

    async def _answered(self, name: str, message: Message, kind: str, assessed: Assessment, reader: Reader) -> Turn:
        if kind in AT_ONCE:
            return Turn(assessed, AT_ONCE[kind](assessed, self._numbers(assessed)))
        if self.limits and not self.limits.allow(name):
            return self._said("rate_limited", assessed)
        if kind == course.RECALL:
            return self._recalled(name, message.asked_to_recall, assessed)
        if kind == course.ASKED_AGAIN:
            return self._asked_again(message.before, assessed)
        if kind == course.CLEARED:
            return await self._cleared(name, message.before, assessed)
        protocol = reader.protocol(message, kind, assessed)
        turn = await self._everyday(name, message.text, reading_on(message, kind), assessed, protocol)
        return self._recalling_danger(turn) if self.memory.load(name).unresolved else turn

    def _recalling_danger(self, turn: Turn) -> Turn:
        """The answer after a script of which nobody said what became of it."""
        assessed = replace(turn.assessment, urgency=URGENT)
        return replace(
            turn, assessment=assessed, replies=(*self._said("after_script_open", assessed).replies, *turn.replies)
        )

    def _numbers(self, assessed: Assessment) -> Numbers:
        return numbers_for(self.country, spoken(assessed))

    def _said(self, key: str, assessed: Assessment) -> Turn:
        return Turn(assessed, said(key, assessed, self._numbers(assessed)))

    def _settled(self, name: str, before: Conversation) -> Turn:
        """The country was chosen: its number, which every later answer gives."""
        self.memory.save(name, replace(before, country=self.country))
        return self._said("country_set", Assessment(language=before.language))

    def _erased(self, name: str, before: Conversation) -> Turn:
        assessed = Assessment(language=before.language)
        try:
            self.memory.erase(name)
        except RuntimeError:
            return self._said("forget_failed", assessed)
        return self._said("forgotten", assessed)

    def _recalled(self, name: str, what: str, assessed: Assessment) -> Turn:
        recall = RECALLED.get(what, RECALLED["memory"])
        return Turn(assessed, recall(self.memory.load(name), self.history.since(name)))

    def _asked_again(self, before: Conversation, assessed: Assessment) -> Turn:
        question = load_flows()[before.flow].question(before.question)
        assert question is not None
        replies = asked_again(question, assessed, self._numbers(assessed))
        return Turn(assessed, replies, flow=f"{before.flow}.{before.question}")

    async def _everyday(
        self, name: str, text: str, pressed: str, assessed: Assessment, protocol: Optional[Protocol] = None
    ) -> Turn:
        if _blank(text) and not pressed:
            return self._said("empty", assessed)
        answer = await self._ask(name, text[: self.longest], assessed, pressed, protocol)
        told = self._said("too_long", assessed).replies if len(text) > self.longest else ()
        return Turn(assessed, told + answer.replies, answer.sections, flow=answer.asks)

    async def _cleared(self, name: str, before: Conversation, assessed: Assessment) -> Turn:
        """The question was answered with no: now the answer to what was asked before it."""
        asked = self.gate.assess(before.asked_about)
        calm = replace(asked, urgency=_without_danger(asked), red_flags=(), language=assessed.language)
        answer = await self._ask(name, before.asked_about[: self.longest], calm)
        replies = self._said("check_cleared", assessed).replies + answer.replies
        return Turn(calm, replies, answer.sections, flow=answer.asks)

    async def _ask(
        self, name: str, text: str, assessed: Assessment, pressed: str = "", protocol: Optional[Protocol] = None
    ) -> Answer:
        try:
            return await self.rasa.ask(name, text, assessed, self.country, pressed, protocol)
        except NoAnswer:
            return Answer(self._said("safety_net", assessed).replies)

    def _concluded(self, name: str, kind: str, turn: Turn) -> Turn:
        """The turn, with other words where its last reply was given twice just before; what it quotes and
        asks is kept, unless danger was told while it was made."""
        now = self.memory.load(name)
        replies = self._not_the_same_again(kind, turn, now.lately)
        lately = (*now.lately, replies[-1].text)[-LATELY:]
        self.memory.save(name, replace(now if now.in_danger else _noted(now, turn), lately=lately))
        return replace(turn, replies=replies, flow="" if turn.flow.endswith(".") else turn.flow)

    def _not_the_same_again(self, kind: str, turn: Turn, lately: Tuple[str, ...]) -> Tuple[Reply, ...]:
        if lately.count(turn.replies[-1].text) < TWICE:
            return turn.replies
        others = instead_of_the_same(turn.replies, kind, turn.assessment, self._numbers(turn.assessment))
        return next((other for other in others if lately.count(other[-1].text) < TWICE), others[-1])


def _blank(text: str) -> bool:
    """Nothing to see in it, as in a message of spaces or of a zero-width letter."""
    return all(unicodedata.category(letter) in UNSEEN for letter in text)


def _is_button(text: str) -> bool:
    titles = [*(phrases(language).values() for language in COMPLETE), country_names(), option_titles()]
    return _blank(text) or any(text in known for known in titles)


def _kept(turn: Turn, reply: Reply) -> Dict[str, Any]:
    """What a channel needs to show the reply again."""
    return {
        **reply.as_json(),
        "urgency": turn.assessment.urgency,
        "language": spoken(turn.assessment),
        "country": turn.country,
    }


def _country(pressed: str) -> str:
    """The country that a button chose, or ''."""
    return pressed.removeprefix("country:").upper() if pressed.startswith("country:") else ""


def _noted(now: Conversation, turn: Turn) -> Conversation:
    """The conversation with the sections that the turn quotes and the question that it asks."""
    if not (turn.sections or turn.flow):
        return now
    flow, _, question = turn.flow.partition(".")
    return replace(now, flow=flow or now.flow, question=question, quoted=turn.sections or now.quoted)


def _without_danger(assessed: Assessment) -> str:
    scores = assessed.scores
    return URGENT if URGENT in assessed.raised or scores.get(URGENT, 0.0) > scores.get(ROUTINE, 1.0) else ROUTINE


def _remembered(after: Conversation, facts: Iterable[str], assessed: Assessment) -> Conversation:
    return replace(
        after,
        facts=tuple(sorted(facts)),
        language=spoken(assessed) if assessed.language in COMPLETE else after.language,
        about_other=assessed.about_other or after.about_other,
    )


def _moved(before: Conversation, kind: str, text: str, assessed: Assessment) -> Conversation:
    """The state of the conversation after a reply of this kind."""
    if kind == course.SCRIPT:
        return replace(before, asked="", unclear=0, script=assessed.red_flags, stays=0, flow="", question="")
    if kind == course.ASK:
        return replace(before, asked=assessed.red_flags[0], asked_about=text, unclear=0, flow="", question="")
    if kind in (course.UNCLEAR, course.ASKED_AGAIN):
        return replace(before, unclear=before.unclear + 1)
    if kind in (course.AFTER_STAY, course.AFTER_THANKS):
        return replace(before, stays=before.stays + 1)
    if kind == course.RECALL:
        return before
    about = assessed.topics[0].name if assessed.topics else ""
    lapsed = before.script and kind not in (course.AFTER_CALLED, course.AFTER_OVER, course.AFTER_OVER_SELF_HARM)
    return replace(
        before,
        unresolved=RECALLED_FOR if lapsed else max(0, before.unresolved - 1),
        asked="",
        asked_about="",
        unclear=0,
        script=(),
        stays=0,
        question="",
        about=about,
        urgent_about=about if assessed.urgency == URGENT else "",
        came_up=tuple(dict.fromkeys((*before.came_up, about)))[-CAME_UP:] if about else before.came_up,
    )
