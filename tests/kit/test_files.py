"""What is wrong in a file is told by line, and the schema, the steps and the docs say the same."""

import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.paths import CONVERSATION_TESTS, ROOT
from bot.testing.cases import GIVEN, BadCases, load_cases, schema
from bot.testing.steps import DOES, HOLDS
from bot.triage.assessment import RED_FLAGS, URGENCIES
from scripts.steps_table import steps_tables

STEPS = schema()["$defs"]["step"]["properties"]
DOCS = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
A_STEP = "test_cases:\n- test_case: a\n  steps:\n  - user: hello\n"

WRONG = {
    "": ["1: 'test_cases' is missing"],
    "hello": ["1: 'hello' should be names with values"],
    "test_cases: [": ["1: expected the node content, but found '<stream end>'"],
    "test_cases:\n- test_case: a\n": ["2: 'steps' is missing"],
    "test_cases:\n- test_case: a\n  contry: GB\n  steps: []\n": [
        "3: there is no 'contry'; did you mean 'country'?",
        "4: [] should be non-empty",
    ],
    "test_cases:\n- test_case: a\n  steps:\n  - user: yes\n": ["4: True is no text here: put it in quotes"],
    A_STEP + "  - hello\n": ["5: 'hello' should be names with values"],
    A_STEP + "  - mentoins: [a]\n": ["5: there is no 'mentoins'; did you mean 'mentions'?"],
    A_STEP + "  - mentions: a\n": ["5: 'a' should be a list"],
    A_STEP + "  - red_flags: [fevr]\n": [
        f"5: there is no 'fevr'; did you mean 'fever'?; there is {', '.join(RED_FLAGS)}"
    ],
    A_STEP + "  - urgency: bad\n": ["5: there is no 'bad'; there is emergency, check, urgent, routine"],
    A_STEP + "  - section: mised-dose\n": ["5: section: there is no 'mised-dose'; did you mean 'missed-dose'?"],
    A_STEP + "  - utter: utter_gret\n": ["5: utter: there is no 'utter_gret'; did you mean 'utter_greet'?"],
    A_STEP + "  - slot_was_set: [{pmp: true}]\n": ["5: slot_was_set: there is no 'pmp'; did you mean 'pump'?"],
    A_STEP + "  - user: a\n    user: b\n": ["6: 'user' stands twice here"],
    A_STEP + "  - given: {asked: fever}\n": ["3: 'given' is no first step"],
    A_STEP + "- test_case: a\n  steps:\n  - user: b\n": ["5: a second test is named 'a'"],
    A_STEP + "- test_case: b\n  country: XX\n  steps:\n  - urgency: urgent\n": [
        "6: country: there is no 'XX'; did you mean 'MX'?",
        "7: the first step must be one of user, press, payload",
    ],
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_by_line(written, text):
    path = written(text)
    with pytest.raises(BadCases) as told:
        load_cases(path)
    assert str(told.value).splitlines() == [f"{path}:{reason}" for reason in WRONG[text]]


def test_what_is_no_text_is_told(tmp_path):
    path = tmp_path / "my_tests.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadCases, match="1: this is no text"):
        load_cases(path)


def test_a_case_knows_its_lines(written):
    (case,) = load_cases(written(A_STEP + "  - urgency: routine\n    buttons: []\n"))
    assert [(step.kind, step.value, step.line) for step in case.steps] == [
        ("user", "hello", 4),
        ("urgency", "routine", 5),
        ("buttons", [], 6),
    ]


def test_the_schema_knows_the_steps_that_there_are():
    assert set(STEPS) == {GIVEN, *DOES, *HOLDS}
    assert tuple(STEPS["urgency"]["enum"]) == URGENCIES
    assert tuple(STEPS["red_flags"]["items"]["enum"]) == RED_FLAGS


@pytest.mark.parametrize("step", STEPS)
def test_the_schemas_examples_are_right(step, written):
    Draft202012Validator.check_schema(schema())
    example = {"test_case": "a", "steps": [{step: STEPS[step]["examples"][0]}]}
    if step in HOLDS:
        example["steps"].insert(0, {"user": "hello"})
    example["steps"].append({"user": "bye"})
    assert load_cases(written(yaml.safe_dump({"test_cases": [example]})))


def test_the_docs_list_the_steps():
    assert all(table in DOCS for table in steps_tables())


def test_the_docs_show_what_a_wrong_file_says(written):
    wrong = "test_cases:\n- test_case: a\n  steps:\n  - user: hello\n  - mentoins: [a]\n"
    with pytest.raises(BadCases) as told:
        load_cases(written(wrong))
    assert str(told.value).rpartition("my_tests.yml")[2] in DOCS


def test_every_file_of_ours_names_the_schema_to_editors():
    for path in (ROOT / "tests" / "conversations").glob("*.yml"):
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
        assert named and (path.parent / named[1]).resolve() == CONVERSATION_TESTS
