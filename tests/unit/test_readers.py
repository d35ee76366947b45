"""Two readers: the quick one reads every message, the thorough one what leaves it in doubt."""

from dataclasses import replace

import numpy as np
import pytest

from bot.paths import MESSAGES
from bot.training.bases import MINILM, WrongWeights
from bot.training.messages import for_quick_reader, load_messages
from bot.triage.classifier import AGAIN, Classifier

URGENCY = ["emergency", "urgent", "routine"]
NAMES = {"flags": ["seizure"], "urgency": URGENCY, "topics": ["emergency", "missed_dose", "what_is"]}
CALM, DOUBTFUL, SURE = (0.001, 0.009, 0.99), (0.30, 0.20, 0.50), (0.99, 0.005, 0.005)


class Told:
    """A reader that says of each text what it was told to, and keeps what it read."""

    def __init__(self, urgency, topics=(0.02, 0.96, 0.02), names=NAMES):
        self.names, self.texts = names, []
        self._urgency, self._topics = np.log([urgency]), np.log([topics])

    def read(self, texts):
        self.texts += texts
        rows = np.ones((len(texts), 1))
        return {"flags": rows * 0.0, "urgency": rows * self._urgency, "topics": rows * self._topics}


@pytest.mark.parametrize("urgency", [CALM, SURE])
def test_what_the_quick_reader_is_sure_of_is_read_once(urgency):
    thorough = Told(DOUBTFUL)
    Classifier(Told(urgency), thorough).scores(["I forgot my pill"])
    assert thorough.texts == []


def test_a_doubtful_message_is_read_again_and_the_thorough_reader_weighs_more():
    scores = Classifier(Told(DOUBTFUL), Told(SURE)).scores(["my legs jump and I shake"])
    assert 0.9 < scores.urgency["emergency"] < 0.99


def test_a_calm_message_is_read_again_when_its_topic_is_not_clear():
    scores = Classifier(Told(CALM, (0.1, 0.5, 0.4)), Told(CALM, (0.01, 0.01, 0.98))).scores(["that thing again"])
    assert max(scores.topics, key=scores.topics.get) == "what_is"


def test_of_a_long_story_the_most_doubtful_parts_alone_are_read_again():
    thorough = Told(DOUBTFUL)
    Classifier(Told(DOUBTFUL), thorough).scores([f"part {n}" for n in range(20)])
    assert len(thorough.texts) == AGAIN


def test_a_topic_that_the_thorough_reader_never_learned_is_left_to_the_quick_one():
    older = {**NAMES, "topics": ["emergency", "what_is"]}
    quick = Told(DOUBTFUL, (0.02, 0.9, 0.08))
    alone = Classifier(quick).scores(["I missed it"]).topics
    both = Classifier(quick, Told(DOUBTFUL, (0.5, 0.5), older)).scores(["I missed it"]).topics
    assert both["missed_dose"] / both["what_is"] > 1
    assert set(both) == set(alone)


def test_a_package_with_other_weights_is_refused():
    with pytest.raises(WrongWeights, match="all-MiniLM-L6-v2"):
        replace(MINILM, read=lambda name: b"other weights").weights()


def test_the_hands_left_to_the_thorough_reader_are_left_out_and_no_others():
    messages = load_messages()
    left = {m.hand for m in messages} - {m.hand for m in for_quick_reader(messages)}
    named = (MESSAGES / "thorough_only.txt").read_text("utf-8").splitlines()
    assert left == {name for name in named if not name.startswith("#")}
