"""The gate on rules alone: each sign is found by its words, and taken back by what denies it."""

from dataclasses import replace

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.paths import ROOT
from bot.triage.assessment import EMERGENCY, PRESENT, RED_FLAGS, ROUTINE, URGENT
from bot.triage.gate import Gate
from bot.triage.rules import load_rules

DATA = ROOT / "tests" / "data"
RULES = load_rules()
GATE = Gate(RULES)
SIGNS = {sign.id: sign for sign in RULES.signs}


def data(name):
    """A data file of the tests."""
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


EXAMPLES = data("sign_examples.yml")
COMBINED = data("combination_examples.yml")
HAVE = [(flag, thing) for flag, things in data("present_and_absent.yml").items() for thing in things]


def present(text, gate=GATE):
    """The evidence that stands, by what found it."""
    return {e.source: e for e in gate.assess(text).evidence if e.standing == PRESENT}


def test_every_sign_has_an_example():
    assert set(EXAMPLES) == set(SIGNS)


@pytest.mark.parametrize("sign, says", [(sign, says) for sign, examples in EXAMPLES.items() for says in examples])
def test_a_sign_is_found_in_the_words_that_say_it(sign, says):
    found = present(says)
    assert f"rule:{sign}" in found
    words = found[f"rule:{sign}"]
    assert says[words.start : words.end] == words.words
    assert GATE.assess(says).urgency in (EMERGENCY, SIGNS[sign].raises)


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_without_a_file_of_signs_its_red_flag_is_missed(flag):
    """Mutation: each file of data/red_flags is needed by some example."""
    gate = Gate(replace(RULES, signs=tuple(sign for sign in RULES.signs if sign.flag != flag)))
    said = [says for sign, examples in EXAMPLES.items() if SIGNS[sign].flag == flag for says in examples]
    assert any(flag in GATE.assess(says).red_flags and gate.assess(says).urgency == ROUTINE for says in said)


def test_every_combination_has_an_example():
    assert set(COMBINED) == {rule.id for rule in RULES.combinations}


@pytest.mark.parametrize("rule", RULES.combinations, ids=lambda rule: rule.id)
def test_a_combination_raises_what_its_parts_do_not(rule):
    says = COMBINED[rule.id]
    alone = Gate(replace(RULES, combinations=()))
    assert f"combination:{rule.id}" in present(says)
    assert GATE.assess(says).urgency == rule.raises != alone.assess(says).urgency


@pytest.mark.parametrize("fact", ["kidney", "pump"])
def test_a_fact_said_before_counts_later(fact):
    assert GATE.assess("she seems confused").urgency != EMERGENCY
    assert GATE.assess("she seems confused", known=[fact]).urgency == EMERGENCY


AROUND = st.tuples(
    st.sampled_from(["", "Hello, ", "please help. ", "URGENT: ", "Dear team,\n"]),
    st.sampled_from(["", ".", "!!", " today", "\nthank you"]),
)


@given(st.sampled_from(HAVE), AROUND)
def test_i_have_it(what, around):
    flag, thing = what
    assessed = GATE.assess(f"{around[0]}I have {thing}{around[1]}")
    assert assessed.urgency == EMERGENCY and flag in assessed.red_flags


@given(
    st.sampled_from(HAVE),
    AROUND,
    st.sampled_from(["I do not have", "I don't have", "I dont have", "no", "without", "there is no"]),
)
def test_i_do_not_have_it(what, around, no):
    assert not present(f"{around[0]}{no} {what[1]}{around[1]}")


@given(
    st.sampled_from(HAVE),
    st.sampled_from(HAVE),
    st.sampled_from(["no {} but I have {}", "I don't have {}, however I do have {}", "not {} but {}"]),
)
def test_not_this_but_that(this, that, says):
    assume(this[0] != that[0])
    found = GATE.assess(says.format(this[1], that[1]))
    assert found.urgency == EMERGENCY and found.red_flags == (that[0],)


@pytest.mark.parametrize(
    "says",
    [
        "what happens if I have a seizure on it",
        "can baclofen cause hallucinations?",
        "the leaflet says it may cause trouble breathing",
        "what should I do if he stops responding",
        "I had a seizure years ago",
        "I am dying to know how it works",
        "qué pasa si tengo una convulsión",
    ],
)
def test_asked_past_or_said_in_jest_it_is_no_emergency(says):
    assert GATE.assess(says).urgency in (ROUTINE, URGENT)


@pytest.mark.parametrize(
    "says",
    [
        "my sister can't breathe",
        "I can not breathe",
        "I cant breathe",
        "I CAN'T BREATHE",
        "I can’t breathe",
        "I caaaaan't breeeathe",
        "I can&#39;t breathe",
        "I can't <b>breathe</b>",
        "I can't brea\u200bthe",
        "I c\u0430n't bre\u0430the",
        "Ｉ ｃａｎ＇ｔ ｂｒｅａｔｈｅ",
        "no fever. no rash. I can't breathe",
        "no no no he has stopped breathing",
    ],
)
def test_however_it_is_typed_it_is_found(says):
    assert GATE.assess(says).red_flags == ("breathing",)


@pytest.mark.parametrize(
    "says, flag",
    [
        ("his temperature is 40.1", "fever"),
        ("temp 103F", "fever"),
        ("tiene 39,8 de fiebre", "fever"),
        ("sats 82 on air", "breathing"),
        ("resp rate 6", "breathing"),
        ("only 5 breaths a minute", "breathing"),
        ("pulse 34", "chest_heart"),
        ("heart rate of 180 bpm", "chest_heart"),
    ],
)
def test_a_reading_beyond_its_limit_is_a_red_flag(says, flag):
    assert GATE.assess(says).red_flags == (flag,)


@pytest.mark.parametrize(
    "says",
    [
        "temp 36.8",
        "it is 40 degrees outside",
        "I take 40 mg",
        "sats 97",
        "pulse 72",
        "12 breaths a minute",
        "he is 84",
        "£39.50",
        "at 8:40",
    ],
)
def test_a_number_that_is_no_such_reading_is_none(says):
    assert GATE.assess(says).urgency == ROUTINE


def test_a_new_line_in_the_middle_hides_nothing(gate):
    assert gate.assess("I can't\nbreathe").red_flags == ("breathing",)


def test_the_worst_red_flag_leads():
    flags = GATE.assess("he has a high fever, chest pain, a seizure and he can't breathe").red_flags
    assert flags == ("breathing", "seizure", "chest_heart", "fever")


def test_who_it_is_about():
    assert GATE.assess("my mum can't breathe").about_other
    assert not GATE.assess("I can't breathe").about_other
