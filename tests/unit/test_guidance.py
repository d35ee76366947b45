"""What patients read: whole, sourced, plain, and free of what must never be said."""

import re
from functools import lru_cache

import pytest
import textstat
import yaml

from bot.guidance import check_question, emergency_script, find_section, load_sections, numbers_for
from bot.guidance.documents import BadGuidance, read_document
from bot.guidance.phrases import COMPLETE, phrases
from bot.guidance.scripts import FOLDER as SCRIPTS
from bot.guidance.scripts import load_script
from bot.paths import GUIDANCE, MESSAGES, ROOT
from bot.triage.assessment import RED_FLAGS

DATA = ROOT / "tests" / "data"
SECTIONS = list(load_sections().values())
PLACEHOLDERS = {"number", "poison", "crisis", "names", "title", "line", "country", "time", "hours", "phone"}
TALK = {"greet", "goodbye", "thanks", "help", "bot_challenge", "human", "privacy", "out_of_scope", "emergency"}
SCRIPT_PARTS = [(flag, language) for flag in RED_FLAGS for language in COMPLETE]
NEVER_SAID = [
    "nothing to worry",
    "need to worry",
    "be fine",
    "no need to call",
    "you can double",
    "lethal",
    "deadly",
    "you are having",
]
ONLY_IN_SCRIPTS = ["call {number} now", "call 911 now", "call 999 now", "call 112 now", "call an ambulance now"]
AMOUNT = re.compile(r"\d ?(?:mg|mcg|ml|tablets|pills|drinks)\b")


def lines(name):
    """The lines of a data file, without its remarks."""
    return [line for line in (DATA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def passages():
    """Everything that patients read in English, by where it stands."""
    yield from (
        (f"{s.id}, {part}", text) for s in SECTIONS for part, text in (("short", s.short), ("more", s.more)) if text
    )
    yield from ((f"phrase {key}", text) for key, text in phrases("en").items())
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    for name, variations in responses.items():
        for place, variation in enumerate(variations):
            if {"type": "slot", "name": "language", "value": "es"} not in variation.get("condition", []):
                yield f"{name} {place}", variation["text"]
    for flag in RED_FLAGS:
        script = load_script(flag)
        yield from (
            (f"script {flag}, {part}", getattr(script, part)) for part in ("you", "they", "check_you", "check_they")
        )


PASSAGES = list(passages())
WHERE = [where for where, _ in PASSAGES]


@lru_cache
def names():
    """What the reading grade leaves out, as one expression."""
    return re.compile(rf"\b({'|'.join(map(re.escape, lines('names_without_a_simpler_word.txt')))})\b", re.IGNORECASE)


def grade(text):
    """Reading grade by Flesch and Kincaid; each line of a list counts as a sentence."""
    for name, said in {"number": "999", "poison": "111", "crisis": "988", "names": "fever", "title": "Pumps"}.items():
        text = text.replace("{" + name + "}", said)
    spoken = [re.sub(r"^(-|\d\.) ", "", line).rstrip(":") for line in text.splitlines() if line.strip()]
    ended = [line if line[-1] in ".?!" else f"{line}." for line in spoken]
    return textstat.textstat.flesch_kincaid_grade(names().sub("drug", "\n".join(ended)))


@pytest.mark.parametrize("row", lines("seed_facts.txt"))
def test_every_fact_of_the_seed_has_a_section(row):
    cited = {fact for section in SECTIONS for fact in section.facts}
    assert set(row.split()) <= cited


def test_the_seed_has_47_rows():
    assert len(lines("seed_facts.txt")) == 47


def test_sections_cite_facts_that_exist_and_none_that_is_for_reviewers_only():
    known = set(lines("fact_ids.txt")) - {"overdose.amount"}
    assert {fact for section in SECTIONS for fact in section.facts} - known == set()


@pytest.mark.parametrize("flag, language", SCRIPT_PARTS)
def test_scripts_name_their_facts(flag, language):
    header, _ = read_document(SCRIPTS / f"{flag}.{language}.md")
    assert header["flag"] == flag and header["language"] == language and header["facts"]


@pytest.mark.parametrize("topic", sorted({path.stem for path in MESSAGES.glob("*/*.yml")} - TALK))
def test_every_topic_has_a_section(topic):
    assert find_section(topic)


@pytest.mark.parametrize("where, text", PASSAGES, ids=WHERE)
def test_it_is_plain(where, text):
    """Grade 4 where someone is frightened, else 6; parts of sentences have no grade."""
    highest = 4 if where.startswith("script") else 6
    assert len(text.split()) < 8 or "_unknown" in where or round(grade(text), 1) <= highest


@pytest.mark.parametrize("where, text", PASSAGES, ids=WHERE)
def test_it_never_says_what_must_never_be_said(where, text):
    assert not [said for said in NEVER_SAID if said in text.lower()]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.id)
def test_sections_leave_the_alarm_to_the_scripts(section):
    text = f"{section.short}\n{section.more}".lower()
    assert not [said for said in ONLY_IN_SCRIPTS if said in text]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.id)
def test_no_sentence_names_an_amount_as_safe(section):
    for sentence in re.split(r"(?<=[.?!])\s", f"{section.short} {section.more}"):
        named = AMOUNT.search(sentence) and re.search(r"\b(safe|fine|ok|harmless)\b", sentence)
        assert not named or "not" in sentence.split()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.id)
def test_an_urgent_section_says_today_and_the_emergency_number(section):
    if section.urgency == "urgent":
        assert re.search(r"today|right away|at once|now", section.short) and "{number}" in section.short


@pytest.mark.parametrize("where, text", PASSAGES, ids=WHERE)
def test_placeholders_are_known(where, text):
    assert set(re.findall(r"\{(\w+)\}", text)) <= PLACEHOLDERS


@pytest.mark.parametrize("flag, language", SCRIPT_PARTS)
@pytest.mark.parametrize("about_other", [False, True])
def test_scripts_begin_with_the_call_and_give_three_steps(flag, language, about_other):
    script = emergency_script([flag], about_other, language, numbers_for("GB", language))
    assert script.startswith("Call 999 now" if language == "en" else "Llame al 999 ahora")
    assert re.findall(r"^(\d)\. ", script, re.MULTILINE) == ["1", "2", "3"]
    assert "{" not in script


@pytest.mark.parametrize("flag, language", SCRIPT_PARTS)
def test_check_questions_name_the_number_first_and_ask_one_thing(flag, language):
    for about_other in (False, True):
        asked = check_question(flag, about_other, language, numbers_for("GB", language))
        assert "999" in asked.split("\n")[0]
        assert asked.count("?") == 1 and asked.endswith("?")


def test_the_other_signs_are_named_after_the_worst():
    script = emergency_script(["breathing", "fever"], False, "en", numbers_for("GB"))
    assert script.startswith("Call 999 now. Trouble breathing")
    assert script.endswith("high fever.")


def test_phrases_stand_in_both_languages():
    assert set(phrases("en")) == set(phrases("es"))
    for key, text in phrases("en").items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", phrases("es")[key])), key


@pytest.mark.parametrize("language", sorted(phrases("other_languages")))
def test_a_language_that_the_bot_cannot_read_still_gets_the_number(language):
    assert "{number}" in phrases("other_languages")[language]


@pytest.mark.parametrize("language", COMPLETE)
def test_button_titles_fit_on_a_button(language):
    titles = [text for key, text in phrases(language).items() if key.startswith("topic_")]
    assert titles and all(len(title) <= 28 for title in titles)


@pytest.mark.parametrize(
    "text, says",
    [
        ("no header at all", "needs a header"),
        ("---\nid: storage\ntitle: T\n---\ntext", "needs 'topics'"),
        (
            "---\nid: other\ntitle: T\ntopics: [storage]\nurgency: routine\nfacts: [a.b]\n---\ntext",
            "id must be the file's name",
        ),
        (
            "---\nid: storage\ntitle: T\ntopics: [storage]\nurgency: soon\nfacts: [a.b]\n---\ntext",
            "urgency routine or urgent",
        ),
        ("---\nid: storage\ntitle: T\ntopics: [storage]\nurgency: routine\nfacts: [a.b]\n---\n", "text not empty"),
    ],
)
def test_a_wrong_section_is_refused_with_its_name(tmp_path, text, says):
    (tmp_path / "storage.md").write_text(text, encoding="utf-8")
    with pytest.raises(BadGuidance, match=f"storage.md: .*{says}"):
        load_sections(tmp_path)


def test_a_script_without_three_steps_is_refused(tmp_path):
    right = (SCRIPTS / "fever.en.md").read_text(encoding="utf-8")
    (tmp_path / "fever.en.md").write_text(right.replace("3. ", "- ", 1), encoding="utf-8")
    with pytest.raises(BadGuidance, match="fever.en.md: needs 3 numbered steps"):
        load_script("fever", folder=tmp_path)


def test_no_guidance_file_is_left_unread():
    assert {path.stem for path in (GUIDANCE / "sections").iterdir()} == {section.id for section in SECTIONS}
    assert {path.name for path in SCRIPTS.iterdir()} == {f"{flag}.{language}.md" for flag, language in SCRIPT_PARTS}
