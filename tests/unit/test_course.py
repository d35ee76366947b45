"""From message to conversation: what an answer says, and what it makes of an open question or a script."""

import pytest

from bot.triage import course
from bot.triage.assessment import CHECK, EMERGENCY, RED_FLAGS, ROUTINE, URGENT, Assessment

CALM = Assessment()
DANGER = Assessment(urgency=EMERGENCY, red_flags=("breathing",))
DOUBT = Assessment(urgency=CHECK, red_flags=("overdose",))


@pytest.mark.parametrize(
    "says, meaning",
    [
        ("yes", "yes"),
        ("Yeah, a bit", "yes"),
        ("sí", "yes"),
        ("no", "no"),
        ("Nope, not at all", "no"),
        ("I don't know", "unsure"),
        ("maybe", "unsure"),
        ("he is not", "no"),
        ("it is not hard for her", "no"),
        ("no sé", "unsure"),
        ("he's fine now", "over"),
        ("false alarm", "over"),
        ("I've called 999", "called"),
        ("the ambulance is here", "called"),
        ("ya llamé", "called"),
        ("thanks!", "thanks"),
        ("gracias", "thanks"),
    ],
)
def test_what_an_answer_says(says, meaning):
    assert meaning in course.answers_in(says)


@pytest.mark.parametrize("says", ["what is baclofen", "I take ten a day", ""])
def test_what_is_no_answer(says):
    assert not course.answers_in(says)


@pytest.mark.parametrize("says", ["no, yes", "yes no"])
def test_the_first_word_of_two_counts(says):
    assert course.answers_in(says) & {"yes", "no"} == {says.split(",")[0].split()[0]}


@pytest.mark.parametrize("said", [set(), {"no"}, {"thanks"}, {"over"}])
def test_danger_after_a_question_is_a_script(said):
    assert course.after_question("overdose", 0, DANGER, frozenset(said)) == (course.SCRIPT, DANGER)


@pytest.mark.parametrize("said", [{"yes"}, {"unsure"}, {"unsure", "no"}])
def test_yes_or_not_sure_after_a_question_is_a_script_for_what_was_asked(said):
    kind, assessed = course.after_question("overdose", 0, CALM, frozenset(said))
    assert (kind, assessed.urgency, assessed.red_flags) == (course.SCRIPT, EMERGENCY, ("overdose",))


@pytest.mark.parametrize("unclear, kind", [(0, course.UNCLEAR), (1, course.UNCLEAR_AGAIN)])
def test_what_is_no_answer_is_asked_about_once(unclear, kind):
    assert course.after_question("overdose", unclear, CALM, frozenset())[0] == kind


def test_danger_after_a_script_is_a_script_again():
    assert course.after_script(("fever",), 0, DANGER, frozenset()) == (course.SCRIPT, DANGER)


def test_a_mere_doubt_after_a_script_leaves_it_standing():
    kind, standing = course.after_script(("fever",), 0, DOUBT, frozenset())
    assert (kind, standing.urgency, standing.red_flags) == (course.AFTER_STAY, EMERGENCY, ("fever",))


def test_help_that_was_called_ends_a_script():
    kind, assessed = course.after_script(("fever",), 0, CALM, frozenset({"called"}))
    assert (kind, assessed.urgency) == (course.AFTER_CALLED, ROUTINE)


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_feeling_better_ends_only_what_it_can(flag):
    kind, assessed = course.after_script((flag,), 0, CALM, frozenset({"over"}))
    if flag in ("chest_heart", "stroke", "overdose", "allergic"):
        assert (kind, assessed.urgency) == (course.AFTER_STAY, EMERGENCY)
    elif flag == "self_harm":
        assert (kind, assessed.urgency) == (course.AFTER_OVER_SELF_HARM, EMERGENCY)
    else:
        assert (kind, assessed.urgency) == (course.AFTER_OVER, URGENT)


def test_a_script_holds_for_a_few_turns_only():
    kinds = [course.after_script(("fever",), stays, CALM, frozenset())[0] for stays in range(course.STAYS + 1)]
    assert kinds == [course.AFTER_STAY] * course.STAYS + [course.ORDINARY]
