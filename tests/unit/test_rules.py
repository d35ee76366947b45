"""The reviewed data files, and the notation they are written in."""

import re
import shutil

import pytest

from bot.paths import RED_FLAGS as FOLDER
from bot.triage.notation import BadPattern, compile_all
from bot.triage.rules import BadRules, load_rules

LISTS = {"he": ["he", "she", "my dad"]}


@pytest.fixture
def folder(tmp_path):
    """A copy of our rules, to break."""
    return shutil.copytree(FOLDER, tmp_path / "red_flags")


@pytest.mark.parametrize(
    "pattern, found, left",
    [
        (
            "chest pain",
            ["chest pain", "chest, pain", "my chest  pain now"],
            ["chestpain", "chest paint", "pain chest", "chest. pain"],
        ),
        ("(fit|fits)", ["a fit", "fits!"], ["fitting", "outfit"]),
        ("very [high] fever", ["very fever", "very high fever"], ["very low fever"]),
        ("{he} fell", ["he fell", "my dad fell"], ["it fell"]),
        (
            "cannot ... walk",
            ["cannot walk", "cannot even begin to walk"],
            ["cannot and this is why he must walk", "cannot but walk"],
        ),
        ("seiz*", ["seizure", "seizing"], ["a size"]),
        ("# pills", ["12 pills", "2.5 pills"], ["some pills"]),
    ],
)
def test_the_notation(pattern, found, left):
    says = compile_all([pattern], LISTS)
    assert [text for text in found if not says.search(text)] == []
    assert [text for text in left if says.search(text)] == []


@pytest.mark.parametrize(
    "pattern, says",
    [
        ("(a|b", "unbalanced"),
        ("a)", "unbalanced"),
        ("{nobody} fell", "no word list named 'nobody'"),
        ("[a]", "nothing to look for"),
    ],
)
def test_a_wrong_pattern_is_refused(pattern, says):
    with pytest.raises(BadPattern, match=f"{says}.* {re.escape(repr(pattern))}"):
        compile_all([pattern], LISTS)


@pytest.mark.parametrize(
    "file, old, new, says",
    [
        ("fever.yml", "flag: fever", "flag: heat", "fever.yml: flag must be the file's name"),
        ("fever.yml", "id: high-fever", "name: high-fever", "fever.yml: sign None needs id and says"),
        ("fever.yml", "raises: routine", "raises: alarm", "sign 'fever' raises 'alarm'"),
        ("fever.yml", "{fever}", "{heat}", "fever: no word list named 'heat'"),
        ("fever.yml", "flag: fever", "flag: [fever", "fever.yml: "),
        ("combinations.yml", '"fever"', '"heat"', "unknown \\['heat'\\]"),
        ("combinations.yml", "source:", "from:", "no source"),
    ],
)
def test_a_wrong_file_is_named(folder, file, old, new, says):
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadRules, match=says):
        load_rules(folder)


def test_a_missing_file_is_named(folder):
    (folder / "words.yml").unlink()
    with pytest.raises(BadRules, match="words.yml"):
        load_rules(folder)


def test_every_sign_has_a_name_of_its_own():
    names = [sign.id for sign in load_rules().signs]
    assert len(names) == len(set(names))
