"""Whole conversations with the real bot, custom actions included, told in the YAML files here."""

from functools import lru_cache

import pytest
import yaml

from bot.front.memory import Conversation
from bot.guidance import numbers_for
from bot.guidance.phrases import fill, phrases
from bot.paths import ROOT


async def test_conversation(case, talk):
    """Every step holds; where one does not, the conversation up to it is shown."""
    chat = talk(country=case.get("country", "GB"))
    for place, step in enumerate(case["steps"], start=1):
        for kind, value in step.items():
            problem = await _problem(STEPS[kind](chat, value))
            if problem:
                pytest.fail("\n".join([*chat.transcript, f">>> step {place}, {kind}: {value}", problem]), pytrace=False)


async def _problem(step):
    try:
        await step
    except AssertionError as error:
        return f">>> {str(error).splitlines()[0]}"


async def _bot(chat, text):
    assert text in [reply.text for reply in chat.turn.replies], "no reply is this text"


async def _utter(chat, key):
    numbers = numbers_for(chat.turn.country, chat.turn.assessment.language)
    known = [fill(text, **numbers.values) for text in _texts(key)]
    assert any(reply.text in known for reply in chat.turn.replies), f"no reply is {key}"


@lru_cache
def _texts(key):
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    if key in responses:
        return [variation["text"] for variation in responses[key]]
    return [phrases("en")[key], phrases("es")[key]]


async def _mentions(chat, words):
    chat.sees(*words)


async def _never_says(chat, words):
    chat.sees_not(*words)


def _equals(read):
    async def step(chat, expected):
        found = read(chat)
        assert found == expected, f"it is {found}"

    return step


async def _section(chat, section):
    assert section in chat.sections, f"it quotes {', '.join(chat.sections) or 'no section'}"


async def _given(chat, state):
    chat.desk.memory.save(chat.name, Conversation(**state))


STEPS = {
    "given": _given,
    "user": lambda chat, text: chat.says(text),
    "payload": lambda chat, payload: chat.sends(payload),
    "press": lambda chat, title: chat.presses(title),
    "bot": _bot,
    "utter": _utter,
    "mentions": _mentions,
    "never_says": _never_says,
    "urgency": _equals(lambda chat: chat.urgency),
    "red_flags": _equals(lambda chat: chat.red_flags),
    "section": _section,
    "buttons": _equals(lambda chat: chat.buttons),
    "language": _equals(lambda chat: chat.language),
}
