"""What a person can ask of the conversation itself: what is remembered, questions for the visit, a summary."""

from datetime import datetime, timezone
from typing import Callable, Dict, List, Sequence, Tuple

from bot.front.history import BOT, PATIENT, Said
from bot.front.memory import Conversation
from bot.front.reply import Button, Reply
from bot.guidance import phrase
from bot.guidance.phrases import phrases

ALWAYS = ("question_start", "question_change", "question_urgent")  # those of the guidance text
SHOWN = 20  # messages in a summary
Replies = Tuple[Reply, ...]


def memory(conversation: Conversation, history: Sequence[Said]) -> Replies:
    """What is remembered, in words, and how to change or erase it."""
    language = conversation.language
    facts = _facts(conversation)
    lines = [phrase("memory_intro" if facts else "memory_none", language), *facts, phrase("memory_change", language)]
    return (Reply("\n".join(lines), (_button("forget", language), _button("summary", language))),)


def questions(conversation: Conversation, history: Sequence[Said]) -> Replies:
    """Questions for the visit: three that everybody should ask, then those that came up here."""
    language = conversation.language
    keys = [*ALWAYS, *(f"question_{topic}" for topic in conversation.came_up)]
    asked = [phrase(key, language) for key in dict.fromkeys(keys) if key in phrases(language)]
    text = "\n".join([phrase("questions_intro", language), *_listed(asked)])
    return (Reply(text, (_button("summary", language), _button("memory", language))),)


def summary(conversation: Conversation, history: Sequence[Said]) -> Replies:
    """The conversation in short, to show to a clinician: circumstances, the person's own words, alarms given."""
    language = conversation.language
    lines = [phrase("summary_intro", language), *_facts(conversation)]
    said = [f"{_time(row)} {row.content['text']}" for row in history if row.by == PATIENT]
    lines += [phrase("summary_said", language), *_listed(said[-SHOWN:])] if said else []
    alarms = [row for row in history if row.by == BOT and row.content.get("urgency") == "emergency"]
    lines += [phrase("summary_alarm", language, time=_time(row)) for row in alarms[:1]]
    return (Reply("\n".join([*lines, phrase("summary_end", language)]), (_button("questions", language),)),)


def forget(conversation: Conversation, history: Sequence[Said]) -> Replies:
    """Asks before anything is erased."""
    language = conversation.language
    return (Reply(phrase("forget_sure", language), (Button(phrase("forget_yes", language), "ask:erase"),)),)


def _facts(conversation: Conversation) -> List[str]:
    language = conversation.language
    keys = [f"fact_{name}" for name in conversation.facts] + ["fact_other"] * conversation.about_other
    words = [phrase(key, language) for key in keys if key in phrases(language)]
    words += [phrase("fact_country", language, country=conversation.country)] if conversation.country else []
    return _listed(words)


def _listed(lines: Sequence[str]) -> List[str]:
    return [f"- {line}" for line in lines]


def _time(row: Said) -> str:
    return datetime.fromtimestamp(row.at, timezone.utc).strftime("%H:%M UTC")


def _button(name: str, language: str) -> Button:
    return Button(phrase(f"ask_{name}", language), f"ask:{name}")


RECALLED: Dict[str, Callable[[Conversation, Sequence[Said]], Replies]] = {
    "memory": memory,
    "questions": questions,
    "summary": summary,
    "forget": forget,
}
