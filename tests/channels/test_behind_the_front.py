"""Rasa behind the front: on this machine only, for the front only, and telling nobody anything."""

import json
import os
import subprocess
import sys

import aiohttp
import psutil
import pytest
import yaml

from bot.front.supervisor import PYTHON
from bot.paths import ROOT

TELEMETRY = "import bot.dialogue; from rasa.telemetry import is_telemetry_enabled; print(is_telemetry_enabled())"
HOME = ("127.0.0.1", "::1")


def in_rasas_environment(code, **environment):
    """What the code prints there."""
    done = subprocess.run(
        [PYTHON, "-c", code], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def rasa(bot):
    """The running Rasa process."""
    return psutil.Process(bot.supervisor.process.pid)


def test_rasas_process_is_told_to_send_no_telemetry(rasa):
    assert rasa.environ()["RASA_TELEMETRY_ENABLED"] == "false"


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_telemetry_is_off_whatever_the_environment_says(wanted):
    assert in_rasas_environment(TELEMETRY, RASA_TELEMETRY_ENABLED=wanted) == "False\n"


async def test_it_speaks_with_nobody_outside_this_machine(rasa, talk):
    chat = talk()
    for says in ("hello", "what is baclofen", "can I drink", "bye"):
        await chat.says(says)
        ends = [
            end.ip
            for one in [rasa, *rasa.children(recursive=True)]
            for c in one.net_connections()
            for end in (c.laddr, c.raddr)
            if end
        ]
        assert ends and set(ends) <= set(HOME)


def test_it_listens_once_and_on_this_machine_only(rasa, bot):
    listening = [c.laddr for c in rasa.net_connections() if c.status == psutil.CONN_LISTEN]
    assert [(end.ip, f"http://127.0.0.1:{end.port}") for end in listening] == [
        ("127.0.0.1", bot.supervisor.client.address)
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/model",
        "/model/parse",
        "/conversations/cli:1/tracker",
        "/conversations/cli:1/messages",
        "/domain",
        "/status",
        "/docs",
    ],
)
async def test_its_http_api_is_off(bot, path):
    async with aiohttp.ClientSession(bot.supervisor.client.address) as session:
        for method in ("GET", "POST", "PUT"):
            async with session.request(method, path, json={"text": "hello"}) as response:
                assert response.status == 404


@pytest.mark.parametrize("key", ["", "guess"])
async def test_it_answers_only_who_holds_the_key(bot, key):
    said = {"sender": "cli:1", "message": "hello"}
    session = aiohttp.ClientSession(bot.supervisor.client.address, headers={"X-Bot-Key": key})
    async with session, session.post("/webhooks/rest/webhook", json=said) as response:
        assert response.status == 401 and "text" not in await response.text()


def said_in_tests():
    """Messages of every kind: what the conversation tests say and one example of each sign."""
    for path in sorted((ROOT / "tests" / "conversations").glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["test_cases"]:
            yield from (step["user"] for step in case["steps"] if "user" in step)
    examples = yaml.safe_load((ROOT / "tests" / "data" / "sign_examples.yml").read_text(encoding="utf-8"))
    yield from (says[0] for says in examples.values())


def test_both_environments_give_the_same_verdicts(verdicts):
    ours, rasas = verdicts
    assert len(ours) > 60
    for (*ours_says, here), (*rasas_says, there) in zip(ours, rasas, strict=True):
        assert ours_says == rasas_says
        assert here == pytest.approx(there, abs=1e-4)


@pytest.fixture
def verdicts():
    """The verdicts of the front's environment and of Rasa's on the same messages."""
    said = json.dumps(sorted(set(said_in_tests())))

    def verdicts_of(python):
        script = ROOT / "tests" / "data" / "verdicts.py"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [python, "-W", "ignore", script],
            cwd=ROOT,
            env=environment,
            input=said,
            capture_output=True,
            text=True,
            check=True,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    return verdicts_of(sys.executable), verdicts_of(PYTHON)
