"""One turn: a message in, the replies out. Every channel comes through here.

Danger is answered by the front itself, before anything that can fail is asked; everything else
goes to Rasa, and where Rasa says nothing in time the safety net does.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Dict, FrozenSet, Optional, Tuple

from bot.front.flow import after_telling, told
from bot.front.follow_up import AGAIN, MORE, follow_up, recalled
from bot.front.history import BOT, PATIENT, History
from bot.front.limits import Limits
from bot.front.memory import Conversation, Memory
from bot.front.rasa import Answer, NoAnswer, Protocol, RasaClient, Reply
from bot.front.recall import RECALLED
from bot.front.replies import AT_ONCE, asked_again, instead_of_the_same, said, spoken
from bot.guidance import Numbers, country_names, load_sections, numbers_for, other_language
from bot.guidance.flows import Flow, flow_about, flow_telling, load_flows
from bot.guidance.phrases import COMPLETE, phrases
from bot.triage import course
from bot.triage.assessment import CHECK, EMERGENCY, ROUTINE, URGENT, Assessment, Topic
from bot.triage.gate import Gate

PAYLOAD = re.compile(r"(more|topic|check|after|country|tell|ask):[\w-]{1,48}")
SHORT = 12  # characters that do not tell a language
CAME_UP = 8  # topics kept for the questions to a clinician
TWICE, LATELY = 2, 4  # a reply is not given more often than twice in so many


@dataclass(frozen=True)
class Turn:
    """What a message came to: the assessment, the replies, the sections they quote, the country whose
    numbers they give ('' where it is not known), and the question of a protocol ('flow.question') that
    they ask."""

    assessment: Assessment
    replies: Tuple[Reply, ...]
    sections: Tuple[str, ...] = ()
    country: str = ""
    flow: str = ""


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

    async def turn(self, name: str, text: str, payload: str = "") -> Turn:
        """The answer to one message of the conversation `name`.

        `payload` is what a pressed button carries; it counts only in PAYLOAD's shape and beside no
        other text than a button's, so that nothing typed escapes the gate. Never
        raises for what a patient can send, and never returns without a reply.
        """
        pressed = payload if PAYLOAD.fullmatch(payload) and _is_button(text) else ""
        before = self.memory.load(name)
        there = replace(self, country=_country(pressed) or before.country or self.country)
        if pressed == "ask:erase":
            return there._erased(name, before)
        self.history.add(name, PATIENT, [{"text": text}] if text.strip() else [])
        turn = replace(await there._turn(name, text, before, pressed), country=there.country)
        self.history.add(name, BOT, [_kept(turn, reply) for reply in turn.replies])
        return turn

    async def _turn(self, name: str, text: str, before: Conversation, pressed: str) -> Turn:
        if _country(pressed):
            return self._settled(name, before)
        kind, assessed = self._course(text, before, pressed, self._assess(text, before, pressed))
        after = self._remember(before, _moved(before, kind, text, assessed), assessed)
        # Kept before anything is waited for: a slow answer must not overwrite a later turn.
        self.memory.save(name, after)
        turn = await self._answered(name, text, pressed, kind, before, assessed)
        return self._not_the_same_again(name, kind, turn)

    async def _answered(
        self, name: str, text: str, pressed: str, kind: str, before: Conversation, assessed: Assessment
    ) -> Turn:
        if kind in AT_ONCE:
            return Turn(assessed, AT_ONCE[kind](assessed, self._numbers(assessed)))
        if self.limits and not self.limits.allow(name):
            return self._said("rate_limited", assessed)
        if kind == course.RECALL:
            return self._recalled(name, text, pressed, assessed)
        if kind == course.ASKED_AGAIN:
            return self._asked_again(before, assessed)
        if kind == course.CLEARED:
            return await self._cleared(name, before, assessed)
        flow = self._flow(text, before, pressed, kind, assessed)
        return await self._everyday(name, text, _follow(kind, text, before, pressed), assessed, flow)

    def _assess(self, text: str, before: Conversation, pressed: str) -> Assessment:
        if pressed:
            return Assessment(language=before.language, about_other=before.about_other, facts=before.facts)
        assessed = self.gate.assess(text, known=before.facts)
        unsaid = before.language == "es" and assessed.language == "en" and len(text) < SHORT
        return replace(assessed, language=before.language) if unsaid else assessed

    def _course(self, text: str, before: Conversation, pressed: str, assessed: Assessment) -> Tuple[str, Assessment]:
        answers = frozenset({pressed.partition(":")[2]}) if pressed else course.answers_in(text)
        if before.asked or before.script:
            assessed = replace(assessed, about_other=before.about_other or assessed.about_other)
        if before.asked:
            return course.after_question(before.asked, before.unclear, assessed, answers)
        if before.script:
            return course.after_script(before.script, before.stays, assessed, answers)
        kind, opened = course.opening(assessed)
        if kind == course.ORDINARY:
            return self._ordinary(text, before, pressed, assessed, answers)
        if kind == course.ASK and not course.by_rule(assessed):
            # A score alone does not turn the answer to one question into another question.
            answered = self._in_protocol(text, before, pressed, assessed, answers)
            return answered if answered and answered[0] in (course.TOLD, course.SCRIPT) else (kind, opened)
        return kind, opened

    def _ordinary(
        self, text: str, before: Conversation, pressed: str, assessed: Assessment, answers: FrozenSet[str]
    ) -> Tuple[str, Assessment]:
        """A message without danger: an answer to a protocol's question, a follow-up, or a new matter."""
        if pressed.startswith("ask:") or (not pressed and recalled(text)):
            return course.RECALL, assessed
        if other_language(assessed.language) and not pressed:
            return course.FOREIGN, assessed
        in_protocol = self._in_protocol(text, before, pressed, assessed, answers)
        if in_protocol:
            return in_protocol
        asked = "" if pressed else follow_up(text, before.about)
        if asked:
            about = asked if before.about and asked not in (MORE, AGAIN) else before.about
            topics = (Topic(about, 1.0),) if about else ()
            return course.FOLLOW_UP, replace(assessed, urgency=_kept_urgent(before), topics=topics)
        assessed = assessed if pressed else course.follow_up(before.urgent_about, assessed)
        return course.ORDINARY, self._begun_anew(text, assessed)

    def _in_protocol(
        self, text: str, before: Conversation, pressed: str, assessed: Assessment, answers: FrozenSet[str]
    ) -> Optional[Tuple[str, Assessment]]:
        """What the message means to the protocol that is open, or was just now; None where nothing."""
        tell = pressed.removeprefix("tell:") if pressed.startswith("tell:") else ""
        flow = load_flows().get(before.flow) if tell in ("", *_tells(before.flow)) else flow_telling(tell)
        if flow is None or (pressed and not tell):
            return None
        option = flow.option(tell)
        options = (option,) if option else told(flow, before.question, text, self.gate.facts_in(text))
        if options:
            after = after_telling(flow, before.about, before.urgent_about == before.about, options, assessed)
            return {EMERGENCY: course.SCRIPT, CHECK: course.ASK}.get(after.urgency, course.TOLD), after
        if before.question and "leave" in answers:
            return course.LEFT, assessed
        if not before.question or before.unclear or course.elsewhere(assessed, flow.topics):
            return None
        return course.ASKED_AGAIN, replace(assessed, urgency=_kept_urgent(before), topics=(Topic(before.about, 1.0),))

    def _begun(self, text: str, assessed: Assessment) -> Optional[Flow]:
        """The protocol that this message begins, by what it says itself and not by what is remembered."""
        said_now = assessed.signs | self.gate.facts_in(text)
        return flow_about(assessed.topics[0].name, said_now, assessed.urgency) if assessed.topics else None

    def _begun_anew(self, text: str, assessed: Assessment) -> Assessment:
        """A protocol that begins again forgets what was told in it before, but for what lasts."""
        flow = self._begun(text, assessed)
        passing = (flow.tells if flow else frozenset()) - self.gate.rules.remembered - self.gate.facts_in(text)
        return replace(assessed, facts=tuple(fact for fact in assessed.facts if fact not in passing))

    def _flow(
        self, text: str, before: Conversation, pressed: str, kind: str, assessed: Assessment
    ) -> Optional[Protocol]:
        """The protocol that the answer is to go on with, or to begin."""
        if kind == course.TOLD:
            told_by_button = flow_telling(pressed.removeprefix("tell:"))
            return Protocol(before.flow or (told_by_button.name if told_by_button else ""), True)
        begun = self._begun(text, assessed) if kind == course.ORDINARY and not pressed else None
        return Protocol(begun.name, False) if begun and assessed.language == "en" else None

    def _remember(self, before: Conversation, after: Conversation, assessed: Assessment) -> Conversation:
        rules, facts = self.gate.rules, frozenset(assessed.facts)
        told_here = facts & frozenset().union(*(flow.tells for flow in load_flows().values()))
        kept = facts & rules.remembered if assessed.urgency == ROUTINE else facts - rules.asked_once
        return replace(
            after,
            facts=tuple(sorted((frozenset(before.facts) & facts) | kept | told_here)),
            language=spoken(assessed) if assessed.language in COMPLETE else after.language,
            about_other=assessed.about_other or after.about_other,
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

    def _recalled(self, name: str, text: str, pressed: str, assessed: Assessment) -> Turn:
        what = pressed.partition(":")[2] or recalled(text)
        conversation, known = self.memory.load(name), self._numbers(assessed)
        recall = RECALLED.get(str(what), RECALLED["memory"])
        return Turn(assessed, recall(conversation, known, self.history.since(name)))

    def _asked_again(self, before: Conversation, assessed: Assessment) -> Turn:
        question = load_flows()[before.flow].question(before.question)
        assert question is not None
        replies = asked_again(question, assessed, self._numbers(assessed))
        return Turn(assessed, replies, flow=f"{before.flow}.{before.question}")

    async def _everyday(
        self, name: str, text: str, pressed: str, assessed: Assessment, flow: Optional[Protocol] = None
    ) -> Turn:
        if not text.strip() and not pressed:
            return self._said("empty", assessed)
        answer = await self._ask(name, text[: self.longest], assessed, pressed, flow)
        told = self._said("too_long", assessed).replies if len(text) > self.longest else ()
        return Turn(assessed, told + answer.replies, answer.sections, flow=_open_question(answer))

    async def _cleared(self, name: str, before: Conversation, assessed: Assessment) -> Turn:
        """The question was answered with no: now the answer to what was asked before it."""
        asked = self.gate.assess(before.asked_about)
        calm = replace(asked, urgency=_without_danger(asked), red_flags=(), language=assessed.language)
        answer = await self._ask(name, before.asked_about[: self.longest], calm)
        replies = self._said("check_cleared", assessed).replies + answer.replies
        return Turn(calm, replies, answer.sections, flow=_open_question(answer))

    async def _ask(
        self, name: str, text: str, assessed: Assessment, pressed: str = "", flow: Optional[Protocol] = None
    ) -> Answer:
        try:
            answer = await self.rasa.ask(name, text, assessed, self.country, pressed, flow)
        except NoAnswer:
            return Answer(self._said("safety_net", assessed).replies)
        self._note(name, answer)
        return answer

    def _note(self, name: str, answer: Answer) -> None:
        """What the answer quotes and asks, unless danger was told while it was made."""
        now = self.memory.load(name)
        if not (now.script or now.asked):
            flow, _, question = answer.asks.partition(".")
            noted = replace(now, flow=flow or now.flow, question=question, quoted=answer.sections or now.quoted)
            self.memory.save(name, noted)

    def _not_the_same_again(self, name: str, kind: str, turn: Turn) -> Turn:
        """The turn, with other words where its last reply was given twice just before."""
        now = self.memory.load(name)
        others = instead_of_the_same(turn.replies, kind, turn.assessment, self._numbers(turn.assessment))
        fresh = (replies for replies in (turn.replies, *others) if now.lately.count(replies[-1].text) < TWICE)
        replies = next(fresh, others[-1])
        self.memory.save(name, replace(now, lately=(*now.lately, replies[-1].text)[-LATELY:]))
        return replace(turn, replies=replies)


def _is_button(text: str) -> bool:
    titles = [*(phrases(language).values() for language in COMPLETE), country_names()]
    return not text.strip() or any(text in known for known in titles)


def _kept(turn: Turn, reply: Reply) -> Dict[str, Any]:
    """What a channel needs to show the reply again."""
    buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    return {"text": reply.text, "buttons": buttons, "urgency": turn.assessment.urgency, "country": turn.country}


def _country(pressed: str) -> str:
    """The country that a button chose, or ''."""
    return pressed.removeprefix("country:").upper() if pressed.startswith("country:") else ""


def _tells(flow: str) -> FrozenSet[str]:
    found: Optional[Flow] = load_flows().get(flow)
    return found.tells if found else frozenset()


def _follow(kind: str, text: str, before: Conversation, pressed: str) -> str:
    """The button that a bare follow-up stands for: to read on, where there is more of what was quoted."""
    quoted = [name for name in before.quoted if load_sections()[name].more]
    more = kind == course.FOLLOW_UP and follow_up(text, before.about) == MORE and quoted
    return f"more:{quoted[0]}" if more else pressed


def _kept_urgent(before: Conversation) -> str:
    return URGENT if before.urgent_about and before.urgent_about == before.about else ROUTINE


def _open_question(answer: Answer) -> str:
    return "" if answer.asks.endswith(".") else answer.asks


def _without_danger(assessed: Assessment) -> str:
    scores = assessed.scores
    return URGENT if scores.get(URGENT, 0.0) > scores.get(ROUTINE, 1.0) else ROUTINE


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
    return replace(
        before,
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
