"""One plain form for all the ways to type: nothing is lost, every letter knows its place."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.triage.text import WINDOW, plain_text, windows

WORDS = st.lists(
    st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=9), max_size=400
)


@pytest.mark.parametrize(
    "typed, plain",
    [
        ("I CAN'T", "i cant"),
        ("can’t", "cant"),
        ("convulsión", "convulsion"),
        ("bre\u00adathe", "breathe"),
        ("\u202ebreathe", "breathe"),
        ("f\u0435ver", "fever"),
        ("heeeelp", "help"),
        ("caf\u0065\u0301", "cafe"),
        ("a&nbsp;b", "a b"),
        ("a\x00b", "a b"),
        ("привет", "привет"),
        ("после baclofen", "после baclofen"),
        ("  /he is burning up", "he is burning up"),
        ("5/10", "5/10"),
    ],
)
def test_the_same_words_have_one_form(typed, plain):
    assert plain_text(typed).plain == plain


def test_markup_is_blank_and_what_only_looks_like_it_stays():
    assert plain_text("<b>help</b>").plain.split() == ["help"]
    assert "3" in plain_text("5 < 7 and a<3").plain


@given(st.text())
@example("İstanbul")
@example("&#x110000;&#xD800;")
@example("\ud800")
def test_any_text_has_a_plain_form_whose_letters_know_their_place(typed):
    text = plain_text(typed)
    assert len(text.plain) == len(text.origin)
    assert list(text.origin) == sorted(text.origin)
    assert all(0 <= place < len(typed) for place in text.origin)


@given(st.text(min_size=1))
def test_evidence_is_shown_as_it_was_typed(typed):
    text = plain_text(typed)
    first, last, words = text.words(0, len(text.plain))
    assert words == typed[first:last]


@given(WORDS, st.sampled_from([" ", ". ", "\n", "! "]))
def test_windows_cover_every_word_and_are_short(words, gap):
    plain = gap.join(words)
    found = windows(plain)
    covered = {place for start, end in found for place in range(start, end)}
    assert all(place in covered for word in re.finditer(r"\S+", plain) for place in range(*word.span()))
    assert all(len(plain[start:end].split()) <= WINDOW for start, end in found)
    assert len(found) <= 2 + len(words) // 20


def test_no_sentence_is_cut_that_fits():
    sentences = ["one two three four five six seven eight nine ten."] * 20
    plain = " ".join(sentences)
    assert all(plain[start:end].endswith(".") for start, end in windows(plain))


def test_danger_at_the_end_of_a_long_message_is_read(gate):
    assert gate.assess("we went to the shop and then home again. " * 240 + "he can't breathe").red_flags == (
        "breathing",
    )
