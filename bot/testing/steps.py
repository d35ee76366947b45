"""The steps of a conversation test: what the patient does, and what must then hold of the answer.

What each means and takes is told in data/schemas/conversation_tests.json.
"""

from typing import Any, Awaitable, Callable, Dict, List, Mapping, Sequence

from bot.testing import words
from bot.testing.chat import Broken, Chat
from bot.testing.talkers import Answer

DOES: Dict[str, Callable[[Chat, str], Awaitable[Answer]]] = {
    "user": lambda chat, text: chat.says(text),
    "press": lambda chat, title: chat.presses(title),
    "payload": lambda chat, payload: chat.sends("", payload),
}


def _bot(answer: Answer, text: str) -> None:
    if text not in [reply.text for reply in answer.replies]:
        raise Broken(text, answer.text)


def _utter(answer: Answer, key: str) -> None:
    if not any(words.says(key, reply.text) for reply in answer.replies):
        raise Broken(key, ", ".join(words.keys_in(answer.text)) or answer.text)


def _section(answer: Answer, section: str) -> None:
    if section not in answer.sections:
        raise Broken(section, ", ".join(answer.sections) or "no section of the guidance")


def _mentions(answer: Answer, texts: Sequence[str]) -> None:
    missing = [text for text in texts if text.lower() not in answer.text.lower()]
    if missing:
        raise Broken(f"{_quoted(missing)} in the answer", answer.text)


def _never_says(answer: Answer, texts: Sequence[str]) -> None:
    there = [text for text in texts if text.lower() in answer.text.lower()]
    if there:
        raise Broken(f"no {_quoted(there)} in the answer", answer.text)


def _slot_was_set(answer: Answer, slots: Sequence[Mapping[str, Any]]) -> None:
    for name, wanted in ((name, value) for slot in slots for name, value in slot.items()):
        held = getattr(answer, name) if name in ("country", "language") else name in answer.facts
        if held != wanted:
            raise Broken(f"{name}: {wanted}", f"{name}: {held}; the bot remembers {_named(answer.facts)}")


def _is(read: Callable[[Answer], Any]) -> Callable[[Answer, Any], None]:
    def check(answer: Answer, wanted: Any) -> None:
        if read(answer) != wanted:
            raise Broken(_named(wanted), _named(read(answer)))

    return check


def _named(value: Any) -> str:
    named = value if isinstance(value, str) else ", ".join(value)
    return named or "none"


def _quoted(texts: List[str]) -> str:
    return ", ".join(repr(text) for text in texts)


HOLDS: Dict[str, Callable[[Answer, Any], None]] = {
    "bot": _bot,
    "utter": _utter,
    "mentions": _mentions,
    "never_says": _never_says,
    "urgency": _is(lambda answer: answer.urgency),
    "red_flags": _is(lambda answer: list(answer.red_flags)),
    "section": _section,
    "topic": _is(lambda answer: "".join(answer.topics[:1])),
    "flow": _is(lambda answer: answer.flow),
    "slot_was_set": _slot_was_set,
    "buttons": _is(lambda answer: [button.title for button in answer.buttons]),
    "language": _is(lambda answer: answer.language),
}
