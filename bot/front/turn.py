"""One turn: a message in, the replies out. Every channel comes through here.

Danger is answered by the front itself, before anything that can fail is asked; everything else
goes to Rasa, and where Rasa says nothing in time the safety net does.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Optional, Tuple

from bot.front.history import BOT, PATIENT, History, Said
from bot.front.limits import Limits
from bot.front.memory import Conversation, Memory
from bot.front.rasa import Answer, Button, NoAnswer, RasaClient, Reply
from bot.guidance import Numbers, check_question, country_names, emergency_script, numbers_for, other_language, phrase
from bot.guidance.phrases import COMPLETE, phrases
from bot.triage import course
from bot.triage.assessment import ROUTINE, URGENT, Assessment
from bot.triage.gate import Gate

PAYLOAD = re.compile(r"(more|topic|check|after|country):[\w-]{1,48}")
CHECK_ANSWERS = ("yes", "no", "unsure")
SHORT = 12  # characters that do not tell a language


@dataclass(frozen=True)
class Turn:
    """What a message came to: the assessment, the replies, the sections they quote, the country
    whose numbers they give ('' where it is not known), and message and replies as history keeps them."""

    assessment: Assessment
    replies: Tuple[Reply, ...]
    sections: Tuple[str, ...] = ()
    country: str = ""
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
        asked = self.history.add(name, PATIENT, [{"text": text, "key": key}] if text.strip() else [])
        before = self.memory.load(name)
        pressed = payload if PAYLOAD.fullmatch(payload) and _is_button(text) else ""
        kind, _, chosen = pressed.partition(":")
        there = replace(self, country=(chosen if kind == "country" else before.country) or self.country)
        turn = there._settled(name, before) if kind == "country" else await there._turn(name, text, before, pressed)
        turn = replace(turn, country=there.country)
        answered = self.history.add(name, BOT, [_kept(turn, reply) for reply in turn.replies])
        return replace(turn, said=asked + answered)

    def _settled(self, name: str, before: Conversation) -> Turn:
        """The country was chosen: its number, which every later answer gives."""
        self.memory.save(name, replace(before, country=self.country))
        return self._said("country_set", Assessment(language=before.language))

    async def _turn(self, name: str, text: str, before: Conversation, pressed: str) -> Turn:
        kind, assessed = self._course(text, before, pressed, self._assess(text, before, pressed))
        # Kept before anything is waited for: a slow answer must not overwrite a later turn.
        self.memory.save(name, self._remember(before, _moved(before, kind, text, assessed), assessed))
        if kind in AT_ONCE:
            return Turn(assessed, AT_ONCE[kind](assessed, self._numbers(assessed)))
        if self.limits and not self.limits.allow(name):
            return self._said("rate_limited", assessed)
        if kind == course.CLEARED:
            return await self._cleared(name, before, assessed)
        return await self._everyday(name, text, pressed, assessed)

    def _assess(self, text: str, before: Conversation, pressed: str) -> Assessment:
        if pressed:
            return Assessment(language=before.language, about_other=before.about_other, facts=before.facts)
        assessed = self.gate.assess(text, known=before.facts)
        unsaid = before.language == "es" and assessed.language == "en" and len(text) < SHORT
        return replace(assessed, language=before.language) if unsaid else assessed

    def _course(self, text: str, before: Conversation, pressed: str, assessed: Assessment) -> Tuple[str, Assessment]:
        said = frozenset({pressed.partition(":")[2]}) if pressed else course.answers_in(text)
        if before.asked or before.script:
            assessed = replace(assessed, about_other=before.about_other or assessed.about_other)
        if before.asked:
            return course.after_question(before.asked, before.unclear, assessed, said)
        if before.script:
            return course.after_script(before.script, before.stays, assessed, said)
        kind, assessed = course.opening(assessed)
        if kind == course.ORDINARY and not pressed:
            if other_language(assessed.language):
                return course.FOREIGN, assessed
            assessed = course.follow_up(before.urgent_about, assessed)
        return kind, assessed

    def _remember(self, before: Conversation, after: Conversation, assessed: Assessment) -> Conversation:
        rules = self.gate.rules
        kept = rules.remembered if assessed.urgency == ROUTINE else frozenset(assessed.facts) - rules.asked_once
        return replace(
            after,
            facts=tuple(sorted(set(before.facts) | (set(assessed.facts) & kept))),
            language=_spoken(assessed) if assessed.language in COMPLETE else after.language,
            about_other=assessed.about_other or after.about_other,
        )

    def _numbers(self, assessed: Assessment) -> Numbers:
        return numbers_for(self.country, _spoken(assessed))

    def _said(self, key: str, assessed: Assessment) -> Turn:
        return Turn(assessed, (Reply(phrase(key, _spoken(assessed), **self._numbers(assessed).values)),))

    async def _everyday(self, name: str, text: str, pressed: str, assessed: Assessment) -> Turn:
        if not text.strip() and not pressed:
            return self._said("empty", assessed)
        answer = await self._ask(name, text[: self.longest], assessed, pressed)
        told = self._said("too_long", assessed).replies if len(text) > self.longest else ()
        return Turn(assessed, told + answer.replies, answer.sections)

    async def _cleared(self, name: str, before: Conversation, assessed: Assessment) -> Turn:
        """The question was answered with no: now the answer to what was asked before it."""
        asked = self.gate.assess(before.asked_about)
        calm = replace(asked, urgency=_without_danger(asked), red_flags=(), language=assessed.language)
        answer = await self._ask(name, before.asked_about[: self.longest], calm)
        return Turn(calm, self._said("check_cleared", assessed).replies + answer.replies, answer.sections)

    async def _ask(self, name: str, text: str, assessed: Assessment, pressed: str = "") -> Answer:
        try:
            return await self.rasa.ask(name, text, assessed, self.country, pressed)
        except NoAnswer:
            return Answer(self._said("safety_net", assessed).replies)


def _is_button(text: str) -> bool:
    titles = [*(phrases(language).values() for language in COMPLETE), country_names()]
    return not text.strip() or any(text in known for known in titles)


def _kept(turn: Turn, reply: Reply) -> Dict[str, Any]:
    """What a channel needs to show the reply again."""
    buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    return {
        "text": reply.text,
        "buttons": buttons,
        "urgency": turn.assessment.urgency,
        "language": _spoken(turn.assessment),
        "country": turn.country,
    }


def _spoken(assessed: Assessment) -> str:
    return assessed.language if assessed.language in COMPLETE else "en"


def _without_danger(assessed: Assessment) -> str:
    scores = assessed.scores
    return URGENT if scores.get(URGENT, 0.0) > scores.get(ROUTINE, 1.0) else ROUTINE


def _script(assessed: Assessment, known: Numbers) -> Tuple[Reply, ...]:
    return (Reply(emergency_script(assessed.red_flags, assessed.about_other, _spoken(assessed), known)),)


def _question(assessed: Assessment, known: Numbers) -> Tuple[Reply, ...]:
    text = check_question(assessed.red_flags[0], assessed.about_other, _spoken(assessed), known)
    return (Reply(text, _check_buttons(_spoken(assessed))),)


def _unclear(assessed: Assessment, known: Numbers) -> Tuple[Reply, ...]:
    language = _spoken(assessed)
    return (Reply(phrase("check_unclear", language, **known.values), _check_buttons(language)),)


def _check_buttons(language: str) -> Tuple[Button, ...]:
    return tuple(Button(phrase(f"check_{said}", language), f"check:{said}") for said in CHECK_ANSWERS)


def _after_thanks(assessed: Assessment, known: Numbers) -> Tuple[Reply, ...]:
    language = _spoken(assessed)
    buttons = (
        Button(phrase("after_called", language), "after:called"),
        Button(phrase("after_not_yet", language), "after:not-yet"),
    )
    return (Reply(phrase("after_script_thanks", language, **known.values), buttons),)


def _foreign(assessed: Assessment, known: Numbers) -> Tuple[Reply, ...]:
    return (Reply(other_language(assessed.language, number=known.short)),)


def _after(key: str) -> Callable[[Assessment, Numbers], Tuple[Reply, ...]]:
    return lambda assessed, known: (Reply(phrase(key, _spoken(assessed), **known.values)),)


AT_ONCE: Dict[str, Callable[[Assessment, Numbers], Tuple[Reply, ...]]] = {
    course.SCRIPT: _script,
    course.ASK: _question,
    course.UNCLEAR: _unclear,
    course.FOREIGN: _foreign,
    course.AFTER_THANKS: _after_thanks,
    course.AFTER_CALLED: _after("after_script_help_called"),
    course.AFTER_STAY: _after("after_script_stay"),
    course.AFTER_OVER: _after("after_script_over"),
    course.AFTER_OVER_SELF_HARM: _after("after_script_over_self_harm"),
}


def _moved(before: Conversation, kind: str, text: str, assessed: Assessment) -> Conversation:
    """The state of the conversation after a reply of this kind."""
    if kind == course.SCRIPT:
        return replace(before, asked="", unclear=0, script=assessed.red_flags, stays=0)
    if kind == course.ASK:
        return replace(before, asked=assessed.red_flags[0], asked_about=text, unclear=0)
    if kind == course.UNCLEAR:
        return replace(before, unclear=before.unclear + 1)
    if kind in (course.AFTER_STAY, course.AFTER_THANKS):
        return replace(before, stays=before.stays + 1)
    about = assessed.topics[0].name if assessed.urgency == URGENT and assessed.topics else ""
    return replace(before, asked="", asked_about="", unclear=0, script=(), stays=0, urgent_about=about)
