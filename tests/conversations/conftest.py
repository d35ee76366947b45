"""Collects the conversations of the YAML files beside it: each is a test of its own.

The form is that of Rasa's end-to-end tests. A step says what the patient does or what must then
hold of the answer:

    given: {field: value}   the conversation stands so (bot.front.memory.Conversation)
    user: text              the patient types
    press: title            the patient presses a button
    payload: form           a channel sends this without a word, as its own menus do
    bot: text               one reply is this text
    utter: key              one reply is this response of domain.yml or phrase, its numbers filled in
    mentions: [text]        each stands in the answer
    never_says: [text]      none stands in the answer
    urgency: name           emergency, check, urgent or routine
    red_flags: [name]       exactly these, most dangerous first
    section: id             the answer quotes this section of the guidance
    buttons: [title]        exactly these buttons
    language: code          the message was read as this language
"""

from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent


def pytest_generate_tests(metafunc):
    """One test for each case of each file."""
    if "case" in metafunc.fixturenames:
        cases = [case for path in sorted(HERE.glob("*.yml")) for case in _cases(path)]
        metafunc.parametrize("case", cases)


def _cases(path):
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))["test_cases"]:
        yield pytest.param(case, id=f"{path.stem}: {case['test_case']}")
