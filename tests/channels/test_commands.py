"""The commands as one types them: each is started as a process of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from bot.paths import ROOT
from tests.harness import READY

BOT = [str(Path(sys.executable).with_name("bot"))]
FRIGHTENED = json.dumps({"text": "I can't breathe"}).encode()


@pytest.fixture
def environment(tmp_path):
    """Settings of a bot of its own, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {**os.environ, "BOT_PORT": str(port), "BOT_DATABASE": f"sqlite:///{tmp_path}/bot.db", "BOT_COUNTRY": "GB"}


def bot(environment, *arguments, said=""):
    """The finished command."""
    command = [*BOT, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, input=said, capture_output=True, text=True, timeout=READY)


@contextmanager
def running(environment):
    """`bot run`, once it answers; killed at the end if it still runs."""
    process = subprocess.Popen(
        [*BOT, "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def asked(environment, path, data=None):
    """What the running bot answers; waits until it is up."""
    end = time.monotonic() + READY
    while True:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{environment['BOT_PORT']}{path}", data, timeout=5
            ) as response:
                return json.load(response)
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.1)


def rasa_of(front):
    """The Rasa process that this front started; waits for it."""
    end = time.monotonic() + READY
    while not (found := psutil.Process(front.pid).children()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found[0]


def alive(process):
    """Whether it runs; where nobody reaps it, its name may outlive it."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_run_says_what_is_on_answers_danger_at_once_and_ends_cleanly(environment):
    with running(environment) as front:
        told = asked(environment, "/api/turn", FRIGHTENED)
        assert told["urgency"] == "emergency" and told["replies"][0]["text"].startswith("Call 999 now")
        rasa = rasa_of(front)
        front.send_signal(signal.SIGINT)
        said, errors = front.communicate(timeout=READY)
    assert front.returncode in (0, 130)  # 130 as any command that Ctrl-C ends, 0 where a shell has it ignored
    assert f"http://localhost:{environment['BOT_PORT']}" in said and "GB" in said and re.search("telegram: +off", said)
    assert "Traceback" not in errors
    assert not alive(rasa)


def test_rasa_does_not_outlive_a_front_that_was_killed(environment):
    with running(environment) as front:
        asked(environment, "/health")
        rasa = rasa_of(front)
        front.kill()
        end = time.monotonic() + 30
        while alive(rasa) and time.monotonic() < end:
            time.sleep(0.1)
    assert not alive(rasa)


def test_a_taken_port_is_one_line(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["BOT_PORT"])))
        taken.listen()
        done = bot(environment, "run")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"Cannot listen on 127.0.0.1:{environment['BOT_PORT']} (Address already in use). Set BOT_PORT to a free port."
    ]


@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_wrong_setting_is_one_line(environment, command):
    done = bot({**environment, "BOT_COUNTRY": "XX"}, command)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("BOT_COUNTRY: ")


def test_chat_talks_in_the_terminal(environment):
    done = bot(environment, "chat", said="I can't breathe\nthanks\n1\n")
    assert done.returncode == 0
    assert "Call 999\n" in done.stdout and "Call 999 now. Trouble breathing" in done.stdout
    assert "[1] Yes, I called" in done.stdout and "You did the right thing" in done.stdout


def test_triage_answers_messages_and_conversations_in_their_order(environment):
    cases = [
        {"id": "b", "text": "what is baclofen"},
        {"id": "a", "turns": [{"user": "I can't breathe"}, {"user": "thanks"}]},
    ]
    done = bot(environment, "triage", "-", said="\n".join(map(json.dumps, cases)))
    message, conversation = map(json.loads, done.stdout.splitlines())
    assert set(message) == {"id", "urgency", "red_flags", "topics", "sections", "language", "replies"}
    assert (message["id"], message["sections"]) == ("b", ["what-is-baclofen"])
    assert (conversation["id"], [turn["urgency"] for turn in conversation["turns"]]) == (
        "a",
        ["emergency", "emergency"],
    )


def test_triage_refuses_a_file_that_is_no_text(environment, tmp_path):
    (tmp_path / "cases.jsonl").write_bytes(b"\xff\xfe\x00")
    done = bot(environment, "triage", str(tmp_path / "cases.jsonl"))
    assert (done.returncode, done.stderr.strip()) == (2, f"{tmp_path}/cases.jsonl is not UTF-8 text")


def test_triage_says_which_setting_is_wrong(environment):
    done = bot({**environment, "BOT_PORT": "99999"}, "triage", "-", said='{"id": 0, "text": "hello"}')
    assert done.returncode == 2 and done.stderr.startswith("BOT_PORT: ") and "Traceback" not in done.stderr


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"id": 1, "text": 5}', '{"text": "hello"}'])
def test_triage_names_the_line_that_it_cannot_read(environment, line):
    done = bot(environment, "triage", "-", said='{"id": 0, "text": "hello"}\n' + line)
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("line 2: ")


def test_the_doctor_finds_nothing_wrong(environment):
    done = bot(environment, "doctor")
    assert done.returncode == 0, done.stdout
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"ok"}
    assert "Rasa: starts and answers" in done.stdout


def test_the_doctor_says_what_to_do(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["BOT_PORT"])))
        taken.listen()
        done = bot({**environment, "BOT_DATABASE": "sqlite:////proc/nowhere/bot.db"}, "doctor")
    todo = [line for line in done.stdout.splitlines() if line.startswith("to do")]
    assert done.returncode == 1 and len(todo) == 2
    assert "database" in todo[0] and "BOT_DATABASE" in todo[0]
    assert "port" in todo[1] and "Set BOT_PORT to a free port" in todo[1]


def test_the_doctor_stops_at_wrong_settings(environment):
    done = bot({**environment, "BOT_PORT": "0"}, "doctor")
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        ["to do  settings: BOT_PORT: Input should be greater than or equal to 1"],
    )
