"""Protocols: wrong files are refused with a reason, and answers are read as they were meant."""

import pytest
import yaml

from bot.front.turn.flow import told
from bot.front.turn.follow_up import follow_up, recalled
from bot.guidance.documents import BadGuidance
from bot.guidance.flows import flow_about, flow_telling, load_flows
from bot.guidance.sections import load_sections
from bot.triage.rules import load_rules

YES = {"tell": "hot", "title": "Yes", "answer": "yes", "raises": "emergency", "flag": "fever"}
NO = {"tell": "cool", "title": "No", "answer": "no"}
QUESTION = {"id": "heat", "asks": "Is it hot?", "options": [YES, NO]}
RIGHT = {"source": "here", "topics": ["pump"], "begins": ["urgent"], "questions": [QUESTION]}


@pytest.fixture
def loaded(tmp_path):
    """What comes of a file of flows with these values."""

    def load(**values):
        (tmp_path / "heat.yml").write_text(yaml.safe_dump({**RIGHT, **values}), encoding="utf-8")
        return load_flows.__wrapped__(tmp_path)

    return load


def question(*options, **values):
    """One question with these options."""
    return {**QUESTION, "options": list(options), **values}


def test_a_right_file_is_read(loaded):
    assert loaded()["heat"].tells == {"hot", "cool"}


@pytest.mark.parametrize(
    "reason, values",
    [
        ("source missing", {"source": ""}),
        ("missing or wrong", {"topics": None}),
        ("missing or wrong", {"questions": [{"id": "heat", "options": [YES, NO]}]}),
        ("missing or wrong", {"questions": [question({**NO, "tells": "cool"})]}),
        ("a fact told by two options", {"questions": [question(YES, {**NO, "tell": "hot"})]}),
        ("an option that nothing says", {"questions": [question(YES, {**NO, "answer": "perhaps"})]}),
        ("an unknown urgency", {"questions": [question({**YES, "raises": "soon"}, NO)]}),
        ("danger without a red flag", {"questions": [question({**YES, "flag": ""}, NO)]}),
        ("an unknown section", {"endings": [{"given": ["hot"], "section": "nowhere"}]}),
        (
            "more than 3 questions",
            {"questions": [question({**NO, "tell": f"cool{n}"}, id=f"heat{n}") for n in range(4)]},
        ),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_a_reason(loaded, reason, values):
    with pytest.raises(BadGuidance, match=rf"heat\.yml: .*{reason}"):
        loaded(**values)


def test_four_questions_are_right_where_nobody_is_asked_more_than_three(loaded):
    first = question({**NO, "tell": "a"}, {**NO, "tell": "b"}, id="first")
    later = [question({**NO, "tell": f"cool{n}"}, id=f"heat{n}", when=["a" if n % 2 else "b"]) for n in range(4)]
    assert loaded(questions=[first, *later])


def test_what_was_said_begins_a_flow_before_urgency_does():
    assert flow_about("side_effects", ["itch"], "urgent").name == "itching"
    assert flow_about("kidney", [], "urgent").name == "kidney"
    assert flow_about("kidney", [], "routine") is None


def test_a_button_finds_its_flow():
    assert flow_telling("one_dose").name == "missed_dose"
    assert flow_telling("no such fact") is None


def test_passages_wait_for_what_can_be_said():
    rules = load_rules()
    sayable = set(rules.facts) | {sign.id for sign in rules.signs}
    assert {name for section in load_sections().values() for name in section.said} - sayable == set()


ANSWERS = [
    ("missed_dose.how_many", "just one", {"one_dose"}),
    ("missed_dose.how_many", "2 days not 2 hours", {"several_doses"}),
    ("missed_dose.how_many", "two", {"several_doses"}),
    ("missed_dose.signs", "I am not sure", {"withdrawal_signs"}),
    ("missed_dose.signs", "no, not sure really", {"withdrawal_signs"}),
    ("missed_dose.signs", "he is fine, not sure about the stiffness", {"withdrawal_signs"}),
    ("missed_dose.signs", "I am fine", {"no_withdrawal_signs"}),
    ("missed_dose.signs", "nope", {"no_withdrawal_signs"}),
    ("missed_dose.signs", "yes, he shakes", {"withdrawal_signs"}),
    ("mixed.how_sleepy", "he is awake", {"awake"}),
    ("mixed.alone", "I am alone", {"alone"}),
    ("mixed.alone", "not alone", {"somebody_there"}),
    ("ran_out.doses_left", "none left", {"none_left"}),
    ("ran_out.doses_left", "I missed some since yesterday", {"doses_missed"}),
    ("ran_out.doses_left", "two days are left", {"doses_left"}),
    ("stop_or_taper.stopped_yet", "I stopped just now", {"stopped_today"}),
    ("stop_or_taper.stopped_yet", "still on it", {"still_taking"}),
    ("pregnancy.pregnant_now", "trying to get pregnant", {"planning_baby"}),
    ("side_effect_weak.one_side", "no, not on one side", {"both_sides"}),
    ("side_effect_nausea.keeps_down", "yes", set()),
    ("missed_dose.signs", "what do you mean?", set()),
    ("missed_dose.signs", "hmm", set()),
]


@pytest.mark.parametrize("asked, typed, tells", ANSWERS)
def test_answers_are_read_as_they_were_meant(gate, asked, typed, tells):
    name, _, open_question = asked.partition(".")
    options = told(load_flows()[name], open_question, typed, gate.facts_in(typed))
    assert {option.tell for option in options} == tells


def test_after_the_end_only_a_correction_counts(gate):
    flow = load_flows()["missed_dose"]
    assert told(flow, "", "two days", gate.facts_in("two days")) == ()
    options = told(flow, "", "sorry, two days", gate.facts_in("sorry, two days"))
    assert [option.tell for option in options] == ["several_doses"]


def test_a_correction_is_never_taken_for_danger(gate):
    flow = load_flows()["missed_dose"]
    options = told(flow, "", "no wait, not sure", gate.facts_in("no wait, not sure"))
    assert not [option for option in options if option.raises == "emergency"]


@pytest.mark.parametrize(
    "typed, about, then",
    [
        ("why?", "storage", "more"),
        ("ok, but why?", "storage", "more"),
        ("how long?", "side_effects", "how_long_side_effects"),
        ("how long", "withdrawal_signs", "stop_or_taper"),
        ("how long", "storage", ""),
        ("again?", "alcohol", "again"),
        ("yes", "alcohol", "more"),
        ("no thanks", "alcohol", "goodbye"),
        ("why does it make me sleepy?", "storage", ""),
        ("ok", "alcohol", "more"),
    ],
)
def test_bare_messages_go_on_about_the_answer_before(typed, about, then):
    assert follow_up(typed, about) == then


@pytest.mark.parametrize(
    "typed, what",
    [
        ("what do you know about me?", "memory"),
        ("memory", "memory"),
        ("my questions, please", "questions"),
        ("make a list of questions for my doctor", "questions"),
        ("can I have a summary of this chat?", "summary"),
        ("delete my data", "forget"),
        ("I forget my pills", ""),
        ("my memory is bad", ""),
    ],
)
def test_what_is_asked_of_the_conversation_itself(typed, what):
    assert recalled(typed) == what
