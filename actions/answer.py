"""Everyday questions: quoted from the guidance, or a plain word that they were not understood."""

from typing import List, Text

from rasa_sdk.events import EventType

from actions.turn import Button, Reply, Turn
from bot.guidance import Section, find_section, load_sections
from bot.guidance.phrases import fill

ALSO, ALSO_SHARE = 0.2, 0.3  # a second topic is answered too from this score and this share of the first
RELATED, NEAREST = 2, 3
UNSURE = ("unsure", "unsure_again", "unsure_third")
UNDERSTOOD = {"unsure_turns": 0, "after_script": False, "check_open": False}


class ActionAnswer(Reply):
    """The guidance on what was asked, and on a second thing asked in the same message."""

    def name(self) -> Text:
        """As the domain lists it."""
        return "action_answer"

    def reply(self, turn: Turn) -> List[EventType]:
        """Quotes each section with its source, how to read on, and what is near it."""
        if turn.language == "es":
            turn.say(turn.phrase("english_only"))
        sections = _asked(turn)
        for section in sections:
            last = section is sections[-1]
            buttons = _more(turn, section) + (turn.topic_buttons(_related(turn, sections)) if last else [])
            text = _with_source(turn, section, section.short)
            turn.quote(section.id, text, buttons)
        return turn.remember(**UNDERSTOOD)


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


def _asked(turn: Turn) -> List[Section]:
    urgency = "urgent" if turn.urgent else "routine"
    topics = turn.assessment["topics"]
    asked = [turn.intent] + [t["name"] for t in topics[1:2] if _asked_too(topics[0], t)]
    found = [find_section(topic, urgency, turn.said) for topic in asked]
    return list(dict.fromkeys(section for section in found if section))


def _asked_too(first, second) -> bool:
    return second["score"] >= max(ALSO, ALSO_SHARE * first["score"])


def _related(turn: Turn, sections: List[Section]) -> List[Text]:
    """Topics of other sections: what the sections themselves touch, then the next likeliest."""
    near = [topic for section in sections for topic in section.topics] + turn.topics
    other = [t for t in dict.fromkeys(near) if t != turn.intent and find_section(t) not in sections]
    return other[:RELATED]


def _more(turn: Turn, section: Section) -> List[Button]:
    return [turn.button("more", f"more:{section.id}")] if section.more else []


def _with_source(turn: Turn, section: Section, passage: Text) -> Text:
    words = fill(passage, **turn.numbers.section_values)
    signs = [turn.phrase("urgent_signs")] if turn.urgent and section.urgency != "urgent" else []
    return "\n".join([words, *signs, turn.phrase("source", title=section.title)])
