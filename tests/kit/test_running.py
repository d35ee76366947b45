"""Tests are run by pytest, against the running bot by its address."""

import re
import xml.etree.ElementTree as xml

import pytest

from bot.paths import ROOT
from tests.kit.conftest import command, run

DOCS = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)[0]
MIXED = """
test_cases:
- test_case: Stored well
  steps:
  - user: "how should I store baclofen?"
  - section: storage
- test_case: Not about storing
  steps:
  - user: "what is baclofen"
  - section: storage
- test_case: Within a question
  steps:
  - given: {asked: overdose, asked_about: "I took two pills by mistake"}
  - user: "yes"
  - urgency: emergency
"""


async def test_the_example_of_the_docs_holds(written, address):
    assert "2 passed" in await run(written(EXAMPLE), "--bot-address", address)


@pytest.fixture(scope="module")
async def mixed(address, tmp_path_factory):
    """What pytest said of the mixed file, and the folder with its reports."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "my_tests.yml").write_text(MIXED, encoding="utf-8")
    reports = ["--conversation-report", folder / "reports" / "page.html", "--junitxml", folder / "junit.xml"]
    return await run(folder / "my_tests.yml", "--bot-address", f"{address}/", *reports), folder


async def test_a_failure_shows_the_conversation_and_what_was_wanted(mixed):
    told, _ = mixed
    assert "my_tests.yml:10: section: storage\n\npatient: what is baclofen\n    bot: Baclofen is" in told
    assert ">>> section: storage\n>>> wanted: storage\n>>> said:   what-is-baclofen\n" in told
    assert "Traceback" not in told and ".py:" not in told


async def test_what_cannot_be_run_against_a_server_is_named(mixed):
    told, _ = mixed
    assert "1 failed, 1 passed, 1 deselected" in told
    assert re.search(r"not run against a server, as they begin in a given state =*\n.*Within a question", told)


async def test_the_page_holds_every_conversation_the_failed_first(mixed):
    html = (mixed[1] / "reports" / "page.html").read_text(encoding="utf-8")
    assert "2 held, 1 failed" in html and 'type="search"' in html
    assert html.index("Failed: Not about storing") < html.index("Held: Stored well")
    assert "how should I store baclofen?" in html and "wanted: storage" in html


async def test_junit_holds_every_conversation(mixed):
    cases = xml.parse(mixed[1] / "junit.xml").iter("testcase")
    failed = {case.get("name"): case.find("failure") is not None for case in cases}
    assert failed == {"Stored well": False, "Not about storing": True}


async def test_a_wrong_file_is_told_and_nothing_is_run(written):
    told = await run(written("test_cases:\n- test_case: a\n"))
    assert (
        "my_tests.yml:2: 'steps' is missing" in told
        and "Traceback" not in told
        and ".py" not in told.split("ERRORS")[1]
    )


async def test_other_yaml_is_left_alone(written):
    written("stories: []\n", "stories.yml")
    assert "1/3 tests collected" in await run(written(MIXED).parent, "--collect-only", "-k", "Stored")


async def test_a_server_that_is_not_there_is_one_line(written):
    told = await run(written(EXAMPLE), "--bot-address", "http://127.0.0.1:9")
    assert told.count("http://127.0.0.1:9/api/turn does not answer: ") >= 2 and "Traceback" not in told


@pytest.fixture
def recorded(tmp_path):
    """Where a recording goes."""
    return tmp_path / "recorded.yml"


SAID = """how should I store baclofen?
1
flurb gnax wibble
hello
2
¿puedo beber alcohol?
what is the lethal dose of baclofen
1
thanks
1
i took an extra tablet this morning by mistake
"""


@pytest.mark.parametrize("where", ["here", "server"])
async def test_what_was_recorded_holds_at_once(recorded, address, where):
    there = ["--address", address] if where == "server" else []
    done = await command("bot", "record", recorded, *there, said=SAID)
    assert done.returncode == 0, done.stderr
    text = recorded.read_text(encoding="utf-8")
    assert "press: Tell me more" in text and "utter: utter_greet" in text and "section: storage" in text
    assert "red_flags:" in text and "bot:" not in text
    assert "1 passed" in await run(recorded, "--bot-address", address)


async def test_nothing_is_overwritten(recorded, address):
    recorded.write_text("mine", encoding="utf-8")
    done = await command("bot", "record", recorded, "--address", address, said="hello\n")
    assert (done.returncode, done.stderr) == (2, f"{recorded} is there already: name a new file\n")
    assert recorded.read_text(encoding="utf-8") == "mine"


async def test_a_folder_that_is_not_there_is_told_before_anything_is_said(tmp_path, address):
    done = await command("bot", "record", tmp_path / "none" / "a.yml", "--address", address, said="hello\n")
    assert (done.returncode, done.stderr, done.stdout) == (2, f"there is no folder {tmp_path / 'none'}\n", "")


async def test_a_silent_recording_is_not_written(recorded, address):
    done = await command("bot", "record", recorded, "--address", address)
    assert (done.returncode, done.stderr) == (2, "nothing was said, so nothing was written\n")
    assert not recorded.exists()
