"""Stock Rasa: the pipeline of `rasa init` on our messages, custom action over HTTP."""

import subprocess
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, List

import aiohttp
import yaml
from rich.progress import track

from bench.processes import megabytes, milliseconds, percentiles, post, running, seconds_until
from bot.front.supervisor import free_port
from bot.paths import RASA_VENV, ROOT
from bot.training.messages import Message

BIN = RASA_VENV / "bin"
CONFIG = Path(__file__).with_name("stock_config.yml")
ACTIONS = Path(__file__).with_name("stock_actions.py")


def build(folder: Path, messages: List[Message]) -> None:
    """Writes and trains the project: every topic is answered by the same custom action."""
    topics = sorted({message.topic for message in messages})
    _write(folder / "data" / "nlu.yml", {"nlu": _examples(messages)})
    _write(
        folder / "data" / "stories.yml",
        {"rules": [_answered(topic) for topic in [*topics, "nlu_fallback"]], "stories": [_story(topics)]},
    )
    _write(folder / "domain.yml", {"intents": topics, "actions": ["action_answer"]})
    (folder / "config.yml").write_bytes(CONFIG.read_bytes())
    (folder / "actions.py").write_bytes(ACTIONS.read_bytes())
    with (ROOT / "reports" / "bench.log").open("ab") as log:
        subprocess.run([str(BIN / "rasa"), "train"], cwd=folder, check=True, stdout=log, stderr=log)


async def measure(folder: Path, texts: List[str], turns: int) -> Dict[str, Any]:
    """Ready time, everyday turns, a long conversation and memory of the trained project."""
    port, actions = free_port(), free_port()
    (folder / "endpoints.yml").write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions}/webhook\n")
    (folder / "credentials.yml").write_text("rest:\n")
    serve = [str(BIN / "rasa"), "run", "--interface", "127.0.0.1", "--port", str(port)]
    act = [str(BIN / "rasa"), "run", "actions", "--port", str(actions)]
    url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    with ExitStack() as stack:
        processes = [stack.enter_context(running(command, folder)) for command in (act, serve)]
        async with aiohttp.ClientSession() as http:
            ready = await seconds_until(lambda: post(http, url, sender="first", message=texts[0]))
            everyday = [
                await milliseconds(post(http, url, sender=f"short{i // 5}", message=texts[i % len(texts)]))
                for i in track(range(turns), "Stock Rasa, everyday turns")
            ]
            long = [
                await milliseconds(post(http, url, sender="long", message=texts[i % len(texts)]))
                for i in track(range(200), "Stock Rasa, one long conversation")
            ]
        return {
            "ready_s": ready,
            "turn_ms": percentiles(everyday),
            "late_to_early": percentiles(long[190:])["p50"] / percentiles(long[1:11])["p50"],
            "memory_mb": megabytes(processes),
        }


def _examples(messages: List[Message]) -> List[Dict[str, str]]:
    by_topic: Dict[str, List[str]] = defaultdict(list)
    for message in messages:
        by_topic[message.topic].append(f"- {message.text}\n")
    return [{"intent": topic, "examples": "".join(lines)} for topic, lines in by_topic.items()]


def _answered(topic: str) -> Dict[str, Any]:
    return {"rule": f"answer {topic}", "steps": [{"intent": topic}, {"action": "action_answer"}]}


def _story(topics: List[str]) -> Dict[str, Any]:
    steps = [step for topic in topics[:4] for step in _answered(topic)["steps"]]
    return {"story": "one question after another", "steps": steps}


def _write(path: Path, content: Dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        yaml.safe_dump({"version": "3.1", **content}, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
