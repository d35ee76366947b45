"""The evaluation counts what it says it counts, and writes a report that can be read."""

import json
from html import unescape

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.evaluation.ablation import RULES, WHOLE
from bot.evaluation.cases import BadCases, own_sets, read_sets
from bot.evaluation.evaluate import figures, write
from bot.evaluation.figures import Answer, by_flag, confusions, measure, reliability, share
from bot.evaluation.latency import latencies
from bot.evaluation.perturbations import perturbations
from bot.evaluation.report import write_docs
from bot.triage.assessment import Assessment, Topic
from bot.triage.gate import Gate
from bot.triage.text import plain_text

EMERGENCY = {"urgency": "emergency", "topic": "emergency"}
CASES = [
    {"id": "breath", "text": "I cannot breathe", "red_flags": ["breathing"], **EMERGENCY},
    {"id": "fit", "text": "she is having a fit <now>", "red_flags": ["seizure", "unconscious"], **EMERGENCY},
    {"id": "throat", "text": "se me cierra la garganta", "red_flags": ["allergic"], "style": ["es"], **EMERGENCY},
    {
        "id": "split",
        "text": "my chest is odd",
        "urgency_ok": ["emergency", "urgent"],
        "red_flags": ["chest_heart"],
        **EMERGENCY,
    },
    {
        "id": "ran",
        "text": "i have no pills left",
        "urgency": "urgent",
        "topic": "ran_out",
        "also": ["withdrawal_signs"],
    },
    {"id": "wine", "text": "can I drink wine with it?", "urgency": "routine", "topic": "alcohol"},
    {"id": "car", "text": "may I drive?", "urgency": "routine", "topic": "driving"},
    {"id": "rain", "text": "will it rain?", "urgency": "routine", "topic": "out_of_scope"},
]


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, CASES)), encoding="utf-8")
    (read,) = read_sets([path]).values()
    return read


@pytest.fixture
def answers(cases):
    """Answers as a gate might give them, right and wrong."""
    said = {
        "breath": answer("emergency", "breathing", score=0.95),
        "fit": answer("check", "seizure", "fever", score=0.55),
        "throat": answer("routine", topics=["side_effects"], score=0.05),
        "split": answer("emergency", "chest_heart", score=0.5),
        "ran": answer("urgent", topics=["withdrawal_signs", "ran_out"], score=0.03),
        "wine": answer("emergency", "overdose", score=0.91),
        "car": answer("routine", topics=["out_of_scope", "driving"], score=0.01),
        "rain": answer("routine", topics=["out_of_scope"], score=0.01),
    }
    return [Answer(case, said[case.id]) for case in cases]


def answer(urgency, *flags, topics=(), score=0.0):
    named = tuple(Topic(name, 0.5) for name in topics)
    return Assessment(urgency=urgency, red_flags=flags, topics=named, scores={"emergency": score})


@pytest.mark.parametrize(
    "hits, n, low, high",
    [(0, 10, 0.0, 0.2775), (8, 10, 0.4902, 0.9433), (10, 10, 0.7225, 1.0), (474, 474, 0.9920, 1.0)],
)
def test_intervals_are_wilsons(hits, n, low, high):
    found = share([True] * hits + [False] * (n - hits))
    assert (found.value, found.n) == (hits / n, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    "figure, value, n",
    [
        ("safe", 2 / 3, 3),
        ("script", 1 / 3, 3),
        ("false_alarm", 1 / 4, 4),
        ("caution", 0, 4),
        ("ppv", 1 / 2, 2),
        ("flags_f1", 4 / 7, 7),
        ("urgent", 1, 1),
        ("topic1", 1 / 2, 2),
        ("topic2", 1, 2),
        ("oos", 1, 1),
        ("oos_wrong", 1, 1),
    ],
)
def test_each_figure_counts_what_it_says(answers, figure, value, n):
    found = measure(answers)[figure]
    assert (found.value, found.n) == (pytest.approx(value), n)
    assert found.low <= found.value <= found.high


def test_a_figure_that_nothing_counts_for_is_left_out(answers):
    assert set(measure([a for a in answers if a.case.id == "rain"])) == {"false_alarm", "caution", "oos"}


def test_red_flags_are_counted_one_by_one(answers):
    found = {flag: (of["safe"].value, of["named"].value) for flag, of in by_flag(answers).items()}
    assert found == {"breathing": (1, 1), "unconscious": (1, 0), "seizure": (1, 1), "allergic": (0, 0)}


def test_a_topic_that_the_label_also_allows_is_no_confusion(answers):
    assert {(of["labelled"], of["said"]) for of in confusions(answers)} == {
        ("ran_out", "ran_out"),
        ("driving", "out_of_scope"),
    }


def test_reliability_sets_scores_beside_what_was_so(answers):
    found = reliability(answers)
    assert [(round(of["score"], 3), of["emergencies"].value) for of in found["bins"]] == [
        (0.025, 1 / 4),
        (0.55, 1),
        (0.93, 1 / 2),
    ]


@pytest.mark.parametrize(
    "line", ["{", '{"id": "a", "text": "b"}', '{"id": "a", "text": "b", "urgency": "soon", "topic": "c"}']
)
def test_a_wrong_line_is_named(tmp_path, line):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{json.dumps(CASES[0])}\n{line}\n", encoding="utf-8")
    with pytest.raises(BadCases, match="cases.jsonl, line 2"):
        read_sets([path])


@pytest.mark.parametrize(
    "arguments, says",
    [(["no-such-file.jsonl"], "no-such-file.jsonl"), (["--write-docs", "cases.jsonl"], "the project's own sets")],
)
def test_what_cannot_be_evaluated_is_said_in_a_line(arguments, says):
    done = CliRunner().invoke(app, ["evaluate", *arguments])
    assert done.exit_code == 2
    assert says in done.output and len(done.output.splitlines()) == 1


def test_our_own_sets_have_messages_in_both_languages():
    sets = own_sets()
    assert set(sets) == {"north", "south"}
    spanish = {case.text for cases in sets.values() for case in cases if case.spanish}
    assert 200 < len(spanish) < 350


@pytest.mark.parametrize("name", ["in capitals", "zero-width characters", "Cyrillic look-alikes", "a slash before"])
def test_what_is_typed_otherwise_means_the_same(name):
    typed = perturbations()[name]("My temperature is 39.6, I can't cope")
    assert typed != "My temperature is 39.6, I can't cope"
    assert plain_text(typed).plain == "my temperature is 39.6, i cant cope"


def test_numbers_keep_their_point_when_marks_go():
    typed = perturbations()["no apostrophes or punctuation"]("It's 39.6, help.")
    assert typed.split() == ["Its", "39.6", "help"]


def test_misspelling_is_the_same_every_time():
    typed = [perturbations()["misspelt"]("terribly high temperature tonight") for _ in range(2)]
    assert typed[0] == typed[1] != "terribly high temperature tonight"


@pytest.fixture(scope="module")
def found(gate, tmp_path_factory):
    path = tmp_path_factory.mktemp("cases") / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, CASES)), encoding="utf-8")
    gates = {RULES: Gate(), WHOLE: gate}
    measured = latencies(gates, [case["text"] for case in CASES], lengths=(5, 10))
    return {**figures(read_sets([path]), gates), "latency": measured}


def shown(share):
    return f"{100 * share['value']:.1f} % ({100 * share['low']:.1f} to {100 * share['high']:.1f})"


def test_the_report_holds_figures_plots_and_misses(found, answers, tmp_path):
    missed = [{"id": "fit", "text": CASES[1]["text"], "labelled": ["emergency"], "said": ["routine"], "score": 0.01}]
    page = write({**found, "misses": missed}, tmp_path).read_text(encoding="utf-8")
    assert page.count("data:image/svg+xml;base64,") == 4
    assert "http" not in page
    assert "&lt;now&gt;" in page and CASES[1]["text"] in unescape(page)
    assert shown(found["flags"]["breathing"]["safe"]) in page
    assert json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["sets"]["all together"]["messages"] == 8


def test_the_page_of_the_docs_is_made_from_the_figures(found, tmp_path):
    own = {**found, "sets": {"south": found["sets"]["all together"], **found["sets"]}}
    page = write_docs(own, tmp_path / "evaluation.md").read_text(encoding="utf-8")
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert len(tables) > 40 and all(line.endswith("|") for line in tables)
    assert shown(found["flags"]["breathing"]["safe"]) in page
