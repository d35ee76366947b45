"""Everyday questions: quoted from the guidance, or a plain word that they were not understood."""

from typing import List, Optional, Text

from rasa_sdk.events import EventType

from actions.turn import Button, Reply, Turn
from bot.guidance import Section, find_section, load_sections, next_steps
from bot.guidance.flows import Flow, load_flows
from bot.guidance.phrases import fill

ALSO, ALSO_SHARE = 0.3, 0.4  # a second topic is answered too from this score and this share of the first
NEAREST = 3
UNSURE = ("unsure", "unsure_again", "unsure_third")
UNDERSTOOD = {"unsure_turns": 0}


class ActionAnswer(Reply):
    """The guidance on what was asked, and on a second thing asked in the same message."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_answer"

    def reply(self, turn: Turn) -> List[EventType]:
        """Quotes each section with its source, how to read on, and the next question of a protocol or
        else what is near it."""
        flow = load_flows().get(turn.flow)
        question = flow.next_question(turn.said) if flow else None
        sections = _asked(turn, flow)
        if turn.language == "es" and not turn.slots["told_english"]:
            turn.say(turn.phrase("english_only"))
        if turn.told and sections[0].id == turn.slots["quoted"]:
            _settle(turn, sections[0], bool(question))
        else:
            _quote(turn, sections, [] if question else _related(turn, sections))
        if flow and question:
            turn.ask(flow, question)
        return turn.remember(**UNDERSTOOD, quoted=sections[0].id, told_english=turn.language == "es")


class ActionMore(Reply):
    """The rest of a section."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_more"

    def reply(self, turn: Turn) -> List[EventType]:
        """Quotes it, or says that there is no more."""
        section = load_sections().get(turn.entities.get("section", ""))
        if section is None or not section.more:
            turn.say(turn.phrase("more_none"))
            return turn.remember(**UNDERSTOOD)
        turn.quote(section.id, _with_source(turn, section, section.more))
        return turn.remember(**UNDERSTOOD)


class ActionAnswerUnsure(Reply):
    """The message was not understood."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_answer_unsure"

    def reply(self, turn: Turn) -> List[EventType]:
        """Says so, each time in other words, and offers the nearest topics."""
        turns = int(turn.slots["unsure_turns"])
        lines = [turn.phrase(UNSURE[turns])] + ([turn.phrase("urgent_signs")] if turn.urgent else [])
        nearest = turn.topic_buttons(turn.topics[:NEAREST])
        turn.say("\n".join(lines + ([turn.phrase("nearest")] if nearest else [])), nearest)
        # After the third the second comes again, so that no two in a row are the same.
        return turn.remember(unsure_turns=turns + 1 if turns + 1 < len(UNSURE) else 1)


def _settle(turn: Turn, section: Section, goes_on: bool) -> None:
    """The answer leads to what was quoted just before: that it holds, in short."""
    key = "flow_thanks" if goes_on else "flow_settled"
    turn.quote(
        section.id, turn.phrase(f"{key}_urgent" if turn.urgent else key), [] if goes_on else _more(turn, section)
    )


def _quote(turn: Turn, sections: List[Section], related: List[Text]) -> None:
    for section in sections:
        last = section is sections[-1]
        buttons = _more(turn, section) + (turn.topic_buttons(related) if last else [])
        turn.quote(section.id, _with_source(turn, section, section.short), buttons)


def _asked(turn: Turn, flow: Optional[Flow]) -> List[Section]:
    """The sections on what was asked, the urgent ones first."""
    urgency = "urgent" if turn.urgent else "routine"
    topics = turn.assessment["topics"]
    others = [t["name"] for t in topics[1:2] if _asked_too(topics[0], t)]
    asked_for = find_section(turn.intent, urgency, turn.said)
    led_to = load_sections().get(flow.section(turn.said)) if flow else None
    found = [asked_for if asked_for and asked_for.said and not turn.told else led_to or asked_for]
    found += [find_section(topic, urgency, turn.said) for topic in others]
    sections = list(dict.fromkeys(section for section in found if section))
    return sorted(sections, key=lambda section: section.urgency != "urgent")


def _asked_too(first, second) -> bool:
    return second["score"] >= max(ALSO, ALSO_SHARE * first["score"])


def _related(turn: Turn, sections: List[Section]) -> List[Text]:
    """Topics that people ask about next, but for what the answer holds already."""
    return [topic for topic in next_steps(turn.intent) if find_section(topic) not in sections]


def _more(turn: Turn, section: Section) -> List[Button]:
    return [turn.button("more", f"more:{section.id}")] if section.more else []


def _with_source(turn: Turn, section: Section, passage: Text) -> Text:
    words = fill(passage, **turn.numbers.section_values)
    signs = [turn.phrase("urgent_signs")] if turn.urgent and section.urgency != "urgent" else []
    return "\n".join([words, *signs, turn.phrase("source", title=section.title)])
