"""Whom to call, by country."""

import csv

import pytest

from bot.guidance import numbers_for
from bot.guidance.numbers import COLUMNS, BadNumbers, dialled, load_numbers

ROW = dict(zip(COLUMNS, ["GB", "United Kingdom", "999 / 112", "999", "111", "116 123", "samaritans.org"]))


def table(folder, *rows, columns=COLUMNS):
    """A table of numbers with these rows."""
    path = folder / "numbers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_every_row_of_ours_is_right():
    assert len(load_numbers()) >= 40


@pytest.mark.parametrize(
    "country, emergency", [("GB", "999"), ("gb", "999"), ("US", "911"), ("AU", "000"), ("DE", "112"), ("ES", "112")]
)
def test_each_country_has_its_emergency_number(country, emergency):
    assert emergency in numbers_for(country).emergency


@pytest.mark.parametrize("country", sorted(load_numbers()))
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_country_is_left_without_a_number_to_call(country, language):
    numbers = numbers_for(country, language)
    assert dialled(numbers.emergency)
    assert numbers.poison and numbers.crisis


@pytest.mark.parametrize("country", ["", "ZZ", "nowhere"])
def test_an_unknown_country_gets_what_works_nearly_everywhere(country):
    assert numbers_for(country).emergency == "112 or your local emergency number (911 in the US and Canada)"
    assert "911" in numbers_for(country, "es").emergency


@pytest.mark.parametrize(
    "change, says",
    [
        ({"iso": "gb"}, "'gb' is no ISO country code"),
        ({"general_emergency": ""}, "no emergency number"),
        ({"source": " "}, "no source"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, change, says):
    with pytest.raises(BadNumbers, match=f"line 3: {says}"):
        load_numbers(table(tmp_path, ROW, {**ROW, **change}))


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(BadNumbers, match="columns must be iso, country"):
        load_numbers(table(tmp_path, ROW, columns=COLUMNS[:-1]))


def test_all_that_is_wrong_with_a_row_is_told_at_once(tmp_path):
    with pytest.raises(BadNumbers, match="no emergency number; no source"):
        load_numbers(table(tmp_path, {**ROW, "general_emergency": "?", "source": ""}))


def test_the_phone_can_dial_what_is_shown():
    assert dialled("999 / 112") == ["999", "112"]
    assert dialled("1-844-764-7669 / Quebec 1-800-463-5060") == ["18447647669", "18004635060"]
