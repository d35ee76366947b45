"""What a message means in its conversation: danger, an answer to a question, a follow-up, a new matter."""

from dataclasses import dataclass, replace
from typing import FrozenSet, Optional, Tuple

from bot.front.memory import Conversation
from bot.front.rasa import Protocol
from bot.front.turn.flow import after_telling, told
from bot.front.turn.follow_up import AGAIN, MORE, follow_up, recalled
from bot.guidance import load_sections, other_language, section_asked_for
from bot.guidance.flows import Flow, flow_about, flow_telling, load_flows, used_in_flows
from bot.triage import course
from bot.triage.assessment import CHECK, EMERGENCY, ROUTINE, URGENT, Assessment, Topic
from bot.triage.gate import Gate

TELLS_NO_LANGUAGE = 12  # characters that do not tell a language
OUT_OF_SCOPE = "out_of_scope"
Reading = Tuple[str, Assessment]  # the kind of reply (bot.triage.course) and what it rests on


@dataclass(frozen=True)
class Message:
    """One message: what was typed, the payload of the button that was pressed ('' where none was), and
    the conversation before it."""

    text: str
    pressed: str
    before: Conversation

    @property
    def told_by_button(self) -> str:
        """The fact that a button tells, or ''."""
        return self.pressed.removeprefix("tell:") if self.pressed.startswith("tell:") else ""

    @property
    def asked_to_recall(self) -> str:
        """What of the conversation itself is asked for (bot.front.turn.recall), or ''."""
        return self.pressed.removeprefix("ask:") if self.pressed.startswith("ask:") else self._recalled()

    def _recalled(self) -> str:
        return "" if self.pressed else recalled(self.text)


class Reader:
    """Reads messages with the gate, and with what the conversation knows."""

    def __init__(self, gate: Gate):
        self._gate = gate

    def read(self, message: Message) -> Reading:
        """The kind of reply that the message needs, and the assessment that it rests on."""
        before, assessed = message.before, self._assess(message)
        answers = _answers(message, assessed)
        if before.in_danger:
            assessed = replace(assessed, about_other=before.about_other or assessed.about_other)
        if before.asked:
            return course.after_question(before.asked, before.unclear, assessed, answers)
        if before.script:
            return course.after_script(before.script, before.stays, assessed, answers)
        kind, opened = course.opening(assessed)
        if kind == course.ORDINARY:
            return self._ordinary(message, assessed, answers)
        if kind == course.ASK and not course.by_rule(assessed):
            # A score alone does not turn the answer to one question into another question.
            return self._told(message, assessed) or self._unanswered(message, assessed, answers) or (kind, opened)
        return kind, opened

    def known_after(self, before: Conversation, assessed: Assessment) -> FrozenSet[str]:
        """The facts to remember once the message is answered."""
        rules, facts = self._gate.rules, frozenset(assessed.facts)
        told_here = facts & used_in_flows()
        kept = facts & rules.remembered if assessed.urgency == ROUTINE else facts - rules.asked_once
        return (frozenset(before.facts) & facts) | kept | told_here

    def protocol(self, message: Message, kind: str, assessed: Assessment) -> Optional[Protocol]:
        """The protocol that the answer is to go on with, or to begin. Questions are asked in English alone."""
        flow = self._flow(message)
        if kind == course.TOLD and flow:
            return Protocol(flow.name, True)
        begun = _begun(assessed) if kind == course.ORDINARY and not message.pressed else None
        if begun is None or assessed.language != "en" or _asked_in_vain(message.before, begun):
            return None
        return Protocol(begun.name, False)

    def _assess(self, message: Message) -> Assessment:
        before = message.before
        if message.pressed:
            return Assessment(
                language=before.language,
                about_other=before.about_other,
                facts=before.facts,
                told=tuple(self._gate.facts_in(message.text)),
            )
        assessed = self._gate.assess(message.text, known=before.facts)
        unsaid = before.language == "es" and assessed.language == "en" and len(message.text) < TELLS_NO_LANGUAGE
        return replace(assessed, language=before.language) if unsaid else assessed

    def _ordinary(self, message: Message, assessed: Assessment, answers: FrozenSet[str]) -> Reading:
        """A message without danger."""
        if message.asked_to_recall:
            return course.RECALL, assessed
        if other_language(assessed.language) and not message.pressed:
            return course.FOREIGN, assessed
        return (
            self._told(message, assessed)
            or self._unanswered(message, assessed, answers)
            or self._followed_up(message, assessed)
            or (course.ORDINARY, self._begun_anew(message, assessed))
        )

    def _told(self, message: Message, assessed: Assessment) -> Optional[Reading]:
        """The message answers a question of a protocol, or corrects an answer; None where it does not."""
        before, flow = message.before, self._flow(message)
        if flow is None:
            return None
        pressed = flow.option(message.told_by_button)
        if message.pressed and not pressed:
            return None
        typed = () if pressed else told(flow, before.question, message.text, assessed.told)
        options = (pressed,) if pressed else typed
        if not options:
            return None
        after = after_telling(flow, before.about, _was_urgent(before), options, assessed)
        return {EMERGENCY: course.SCRIPT, CHECK: course.ASK}.get(after.urgency, course.TOLD), after

    def _unanswered(self, message: Message, assessed: Assessment, answers: FrozenSet[str]) -> Optional[Reading]:
        """A protocol's question is open and the message does not answer it."""
        before, flow = message.before, load_flows().get(message.before.flow)
        if flow is None or not before.question or message.pressed:
            return None
        if "leave" in answers:
            return course.LEFT, assessed
        if before.unclear or course.elsewhere(assessed, flow.topics):
            return None
        return course.ASKED_AGAIN, _about(before.about, before, assessed)

    def _followed_up(self, message: Message, assessed: Assessment) -> Optional[Reading]:
        """A bare message that goes on about what was answered last."""
        before, asked = message.before, "" if message.pressed else follow_up(message.text, message.before.about)
        if not asked:
            return None
        about = asked if before.about and asked not in (MORE, AGAIN) else before.about
        return course.READ_ON if asked == MORE else course.FOLLOW_UP, _about(about, before, assessed)

    def _begun_anew(self, message: Message, assessed: Assessment) -> Assessment:
        """A protocol that begins again forgets what was told in it before, but for what lasts."""
        before = message.before
        assessed = assessed if message.pressed else course.still_about(before.urgent_about, self._made_clear(assessed))
        flow = _begun(assessed)
        passing = (flow.uses if flow else frozenset()) - self._gate.rules.remembered
        return replace(assessed, facts=tuple(f for f in assessed.facts if f in assessed.told or f not in passing))

    def _made_clear(self, assessed: Assessment) -> Assessment:
        """Where the topic is not clear, words that ask for one section name it; a few do so even where the
        message sounds like another subject."""
        section = section_asked_for(assessed.said)
        foreign = assessed.topics[:1] and assessed.topics[0].name == OUT_OF_SCOPE
        clear = not assessed.said & self._gate.rules.ours if foreign else course.elsewhere(assessed, ())
        if section is None or clear:
            return assessed
        named = section.topics[0]
        return replace(assessed, topics=(Topic(named, 1.0), *(t for t in assessed.topics if t.name != named)))

    def _flow(self, message: Message) -> Optional[Flow]:
        """The protocol of the conversation, or the one that the pressed button belongs to."""
        flow, tell = load_flows().get(message.before.flow), message.told_by_button
        return flow if not tell or (flow and tell in flow.tells) else flow_telling(tell)


def reading_on(message: Message, kind: str) -> str:
    """The payload that the message stands for: to read on, where there is more of what was quoted."""
    quoted = [name for name in message.before.quoted if load_sections()[name].more]
    return f"more:{quoted[0]}" if kind == course.READ_ON and quoted else message.pressed


def _begun(assessed: Assessment) -> Optional[Flow]:
    """The protocol that a message begins, by what it says itself and not by what is remembered."""
    return flow_about(assessed.topics[0].name, assessed.said, assessed.urgency) if assessed.topics else None


def _answers(message: Message, assessed: Assessment) -> FrozenSet[str]:
    if message.pressed:
        return frozenset({message.pressed.partition(":")[2]})
    asked = message.before.asked
    return course.answers_to(asked, message.text, assessed) if asked else course.answers_in(message.text)


def _asked_in_vain(before: Conversation, flow: Flow) -> bool:
    """Whether a question of the flow was asked twice and not understood."""
    return bool(before.question) and before.flow == flow.name and before.unclear > 0


def _about(topic: str, before: Conversation, assessed: Assessment) -> Assessment:
    urgency = URGENT if _was_urgent(before) else ROUTINE
    return replace(assessed, urgency=urgency, topics=(Topic(topic, 1.0),) if topic else ())


def _was_urgent(before: Conversation) -> bool:
    return bool(before.urgent_about) and before.urgent_about == before.about
