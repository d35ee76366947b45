"""This bot: its gate alone, the front with Rasa, and the front without."""

import time
from typing import Any, Dict, List

import aiohttp
import psutil
from rich.progress import track

from bench.processes import megabytes, milliseconds, percentiles, post, running, seconds_until
from bot.front.bot import Bot
from bot.front.supervisor import free_port
from bot.paths import ROOT
from bot.settings import Settings
from bot.triage.gate import Gate

BOT = ROOT / ".venv" / "bin" / "bot"


def measure_gate(texts: List[str]) -> Dict[str, Any]:
    """Milliseconds of a verdict on rules alone and with the encoder."""
    return {"rules_ms": _verdicts(Gate(), texts), "encoder_ms": _verdicts(Gate.load(), texts)}


def _verdicts(gate: Gate, texts: List[str]) -> Dict[str, float]:
    gate.assess(texts[0])
    times = []
    for text in track(texts, "Gate"):
        begun = time.perf_counter()
        gate.assess(text)
        times.append((time.perf_counter() - begun) * 1000)
    return percentiles(times)


async def measure(texts: List[str], dangers: List[str], turns: int) -> Dict[str, Any]:
    """Ready times, everyday turns, memory, and red flags while Rasa is dead."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api/turn"
    memory = f"sqlite:///{ROOT / 'reports' / 'bench.db'}"
    with running([str(BOT), "run"], ROOT, BOT_PORT=str(port), BOT_DATABASE=memory) as front:
        async with aiohttp.ClientSession() as http:
            gate_ready = await seconds_until(lambda: post(http, url, text=dangers[0]))
            ready = gate_ready + await seconds_until(lambda: _cited(http, url, texts[0]))
            everyday = await _everyday(http, url, texts, turns)
            weight = megabytes([front])
            dead = await _with_rasa_dead(http, url, front, dangers)
    return {
        "gate_ready_s": gate_ready,
        "ready_s": ready,
        "turn_ms": percentiles(everyday),
        "memory_mb": weight,
        "emergency_rasa_dead_ms": percentiles(dead),
    }


async def _cited(http: aiohttp.ClientSession, url: str, text: str) -> Any:
    return (await post(http, url, text=text))["sections"]


async def _everyday(http: aiohttp.ClientSession, url: str, texts: List[str], turns: int) -> List[float]:
    """Times of turns that Rasa's custom action answered, five to a conversation."""
    times: List[float] = []
    session = ""
    for i in track(range(turns), "This bot, everyday turns"):
        begun = time.perf_counter()
        said = await post(http, url, text=texts[i % len(texts)], session=session)
        times += [(time.perf_counter() - begun) * 1000] if said["sections"] else []
        session = said["session"] if i % 5 else ""
    return times


async def _with_rasa_dead(
    http: aiohttp.ClientSession, url: str, front: psutil.Process, dangers: List[str]
) -> List[float]:
    for rasa in front.children():
        rasa.kill()
    return [await milliseconds(post(http, url, text=text)) for text in dangers]


async def late_to_early(texts: List[str]) -> float:
    """Median of turns 191 to 200 of one conversation over that of turns 2 to 11, in process:
    the limit on messages a minute stands in the way of two hundred through the door."""
    bot = Bot(Settings(database="sqlite://", answer_seconds=10))
    name = bot.sessions.open(bot.sessions.mint("cli"), "cli")
    async with bot.running():
        await seconds_until(bot.supervisor.client.ready)
        times = [
            await milliseconds(bot.desk.turn(name, texts[i % len(texts)]))
            for i in track(range(200), "This bot, one long conversation")
        ]
    return percentiles(times[190:])["p50"] / percentiles(times[1:11])["p50"]
