"""Nothing that the bot can say or do is left without a conversation that reaches it."""

from itertools import pairwise

import pytest
import yaml

from bot.guidance.flows import load_flows
from bot.guidance.phrases import COMPLETE, phrases
from bot.guidance.sections import load_sections
from bot.paths import ROOT
from bot.testing import words
from bot.testing.cases import load_cases
from bot.triage.assessment import RED_FLAGS

CONVERSATIONS, STORIES = ROOT / "tests" / "conversations", ROOT / "tests" / "rasa"

# Words around a conversation and not in it: tests/browser and tests/channels see them.
AROUND = ("page_", "telegram_", "disclaimer", "consent")
# Said when something is broken: tests/faults and tests/channels see to it.
BROKEN = {"safety_net", "rate_limited", "forget_failed"}
# Parts of other phrases.
PARTS = ("number_", "poison_", "crisis_")

# Understood without a topic.
NO_TOPIC = {"emergency", "check", "more", "unsure"}
# Rasa runs it before every story.
UNSEEN = {"action_session_start"}


@pytest.fixture(scope="session")
def conversations(stage):
    """The exchanges of every conversation test."""
    cases = [case for path in sorted(CONVERSATIONS.glob("*.yml")) for case in load_cases(path)]
    return [stage.play(case).exchanges for case in cases]


@pytest.fixture(scope="session")
def answers(conversations):
    """All that the bot answered."""
    return [exchange.answer for exchanges in conversations for exchange in exchanges]


@pytest.fixture(scope="session")
def stories():
    """Rasa's story tests."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(STORIES.glob("*.yml"))]
    return [story for file in files for story in file["stories"]]


def missing(wanted, reached):
    """What is wanted and not reached."""
    return sorted(set(wanted) - set(reached))


def test_there_are_many(conversations, stories):
    assert len(conversations) >= 150 and len(stories) >= 60


@pytest.mark.parametrize("kind", ["intent", "action"])
def test_every_intent_and_action_has_a_story(stories, kind):
    reached = {step[kind] for story in stories for step in story["steps"] if kind in step}
    assert missing(words.domain()[f"{kind}s"], reached | UNSEEN) == []


def test_every_topic_is_spoken_of(answers):
    spoken_of = {topic for answer in answers for topic in answer.topics[:1]}
    assert missing(words.domain()["intents"], spoken_of | NO_TOPIC) == []


@pytest.mark.parametrize("language", COMPLETE)
def test_every_red_flag_is_answered(answers, language):
    told = {answer.red_flags[0] for answer in answers if answer.urgency == "emergency" and answer.language == language}
    assert missing(RED_FLAGS, told) == []


def test_every_section_is_quoted(answers):
    quoted = {section for answer in answers for section in answer.sections}
    assert missing(load_sections(), quoted) == []


def test_every_phrase_and_response_is_said(answers):
    said = {text for answer in answers for text in (answer.text, *(button.title for button in answer.buttons))}
    wanted = [key for key in phrases("en") if not key.startswith((*AROUND, *PARTS)) and key not in BROKEN]
    keys = [*wanted, *words.domain()["responses"]]
    assert [key for key in keys if not any(words.says(key, text) for text in said)] == []


@pytest.mark.parametrize("key", [key for key in phrases("en") if key.startswith(PARTS)])
def test_every_part_of_a_phrase_is_said(answers, key):
    part = phrases("en")[key].partition("{")[0]
    assert any(part in answer.text for answer in answers)


def test_every_branch_of_every_flow_is_taken(conversations):
    branches = {
        (f"{flow.name}.{question.id}", tell)
        for flow in load_flows().values()
        for question in flow.questions
        for tell in question.tells
    }
    taken = {
        (before.answer.flow, fact)
        for exchanges in conversations
        for before, after in pairwise(exchanges)
        for fact in set(after.answer.facts) - set(before.answer.facts)
    }
    assert missing(branches, taken) == []
