"""Processes of the two bots: started, timed until their first answer, weighed, ended."""

import asyncio
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, Iterator, List, Sequence

import aiohttp
import psutil

from bot.paths import ROOT

PATIENCE = 300.0  # seconds that a bot may take to answer at all


@contextmanager
def running(command: Sequence[str], folder: Path, **settings: str) -> Iterator[psutil.Process]:
    """The process, until the block ends; its output goes to reports/bench.log."""
    environment = {**os.environ, **settings, "RASA_TELEMETRY_ENABLED": "false", "OMP_NUM_THREADS": "1"}
    with (ROOT / "reports" / "bench.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(20)


def megabytes(processes: Sequence[psutil.Process]) -> float:
    """Resident memory of the processes and their children, in MB."""
    every: List[psutil.Process] = [p for parent in processes for p in (parent, *parent.children(recursive=True))]
    return sum(p.memory_info().rss for p in every) / 1e6


async def seconds_until(answered: Callable[[], Awaitable[Any]]) -> float:
    """How long until `answered` returns something true; a refused connection counts as no."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < PATIENCE:
        try:
            if await answered():
                return time.perf_counter() - begun
        except (aiohttp.ClientError, asyncio.TimeoutError):
            pass
        await asyncio.sleep(0.05)
    raise RuntimeError("no answer; see reports/bench.log")


async def milliseconds(act: Awaitable[Any]) -> float:
    """How long the act takes."""
    begun = time.perf_counter()
    await act
    return (time.perf_counter() - begun) * 1000


async def post(http: aiohttp.ClientSession, url: str, **body: str) -> Any:
    """The JSON that the answer holds."""
    async with http.post(url, json=body) as response:
        return await response.json()


def percentiles(times: Sequence[float]) -> Dict[str, float]:
    """p50 and p99 of times, in the unit they have."""
    ranked = sorted(times)
    return {"p50": ranked[len(ranked) // 2], "p99": ranked[int(len(ranked) * 0.99)]}
