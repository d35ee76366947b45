"""The training messages: none is a test's, none stands there twice."""

import re
from collections import Counter

import pytest
import yaml

from bot.paths import MESSAGES, ROOT
from bot.training.messages import BadMessages, load_messages
from bot.triage.text import plain_text

TESTS = ROOT / "tests"
LEAST = 30


def plain(text):
    """The words of a message, whatever their case and marks."""
    return " ".join(re.findall(r"\w+", plain_text(text).plain)) or text


TRAINED = Counter(plain(message.text) for message in load_messages())


def test_no_training_message_is_a_test_message():
    tested = {plain(message.text) for message in load_messages(TESTS / "messages")}
    never = yaml.safe_load((TESTS / "never_miss.yml").read_text(encoding="utf-8"))
    tested |= {plain(says) for messages in never.values() for says in messages}
    assert sorted(tested & set(TRAINED)) == []


def test_no_training_message_stands_there_twice():
    assert sorted(text for text, times in TRAINED.items() if times > 1) == []


def test_every_topic_has_messages_enough():
    topics = Counter(message.topic for message in load_messages())
    known = set(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])
    asked = known - {"check", "more", "affirm", "deny", "unsure"}
    assert {topic: topics[topic] for topic in asked if topics[topic] < LEAST} == {}


@pytest.mark.parametrize(
    "labels, says",
    [
        ("{urgency: soon}", "urgency 'soon'"),
        ("{urgency: emergency, red_flags: [cold]}", "unknown red flags \\['cold'\\]"),
        ("{urgency: emergency}", "emergencies, and only they"),
        ("{urgency: routine, red_flags: [fever]}", "emergencies, and only they"),
    ],
)
def test_wrong_labels_are_named(tmp_path, labels, says):
    (tmp_path / "me").mkdir()
    block = f"nlu:\n- intent: emergency\n  metadata: {labels}\n  examples: |\n    - it hurts\n"
    (tmp_path / "me" / "emergency.yml").write_text(block, encoding="utf-8")
    with pytest.raises(BadMessages, match=f"me/emergency.yml, emergency: {says}"):
        load_messages(tmp_path)


def test_messages_come_from_many_hands():
    assert len({path.parent.name for path in MESSAGES.glob("*/*.yml")}) >= 5
