"""What a reply looks like in Telegram."""

import pytest

from bot.front.reply import Button
from bot.front.telegram.format import LONGEST, marked_up, parts, rows, tappable
from bot.front.telegram.privacy import Privacy
from bot.guidance import emergency_script, numbers_for
from bot.guidance.numbers import load_numbers
from bot.triage.assessment import RED_FLAGS


def long(text):
    """How long Telegram takes it to be."""
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("country", load_numbers())
def test_the_script_is_one_message_in_every_country(country, language):
    script = emergency_script(RED_FLAGS, True, language, numbers_for(country, language))
    assert parts(script) == [script]


@pytest.mark.parametrize("text", ["a" * 9000, "word " * 3000, "😀" * 5000, "x\n" * 5000, "\n\n\n" + "y" * 4096])
def test_a_text_of_any_kind_fits_into_messages_and_none_of_it_is_lost(text):
    told = parts(text)
    assert all(0 < long(part) <= LONGEST for part in told)
    assert "".join("".join(told).split()) == "".join(text.split())


def test_numbers_to_call_are_unbroken_and_doses_stay_as_they_are():
    said = tappable("Call the crisis line on 116 123. Take 10-20 mg at 8 00.", numbers_for("GB"))
    assert said == "Call the crisis line on 116123. Take 10-20 mg at 8 00."


def test_danger_begins_in_bold_and_what_was_typed_stays_text():
    assert marked_up("Call <999> now.\n1. <b> & more", danger=True) == (
        "<b>Call &lt;999&gt; now.</b>\n1. &lt;b&gt; &amp; more"
    )


def test_a_payload_that_no_button_can_carry_has_none():
    assert rows([Button("long", "x" * 65), Button("fits", "é" * 32)]) == [[("fits", "é" * 32)]]


def test_a_chat_has_one_name_that_only_the_key_gives():
    assert Privacy("key").name(5) == Privacy("key").name(5) != Privacy("other").name(5)
    assert Privacy("key").name(5) != Privacy("key").name(6) and Privacy("key").secret != Privacy("other").secret


def test_what_was_sealed_with_another_key_stays_closed():
    sealed = Privacy("key").seal({"chat": 5})
    assert Privacy("key").unseal(sealed) == {"chat": 5} and Privacy("other").unseal(sealed) is None
