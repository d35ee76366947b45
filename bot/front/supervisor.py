"""Keeps the Rasa process running: starts it when it is installed and trained, and again when it ends."""

import asyncio
import logging
import os
import secrets
import socket
import subprocess
import time
from typing import IO, Optional

from bot.front.rasa import RasaClient
from bot.paths import RASA_MODEL, RASA_VENV, ROOT

log = logging.getLogger(__name__)
PYTHON = RASA_VENV / "bin" / "python"
INSTALLED = RASA_VENV / ".installed"
FIRST_PAUSE, LONGEST_PAUSE, GRACE = 0.5, 30.0, 5.0
STARTING, PATIENCE = 180.0, 15.0  # seconds of silence before the first answer, and after it
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    "1",
)


class Supervisor:
    """One Rasa process behind `client`, on a free port of this machine only.

    It keeps conversations in mind for `hours`.
    """

    def __init__(self, answer_seconds: float, hours: float):
        key, port = secrets.token_urlsafe(32), free_port()
        self.client = RasaClient(f"http://127.0.0.1:{port}", key, answer_seconds)
        self.process: Optional["subprocess.Popen[bytes]"] = None
        self._port, self._key, self._hours = port, key, hours
        self._watch: Optional["asyncio.Task[None]"] = None

    def spawn(self) -> None:
        """Starts the process ahead of `start`, where it can: it loads while the front still does."""
        if INSTALLED.exists() and RASA_MODEL.exists():
            try:
                self.process = self._spawn()
            except OSError as error:  # no memory or no process left just now; the watch tries again
                log.error("Rasa cannot be started: %s", error)

    def start(self) -> None:
        """Begins to keep Rasa running; returns at once."""
        self._watch = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """Ends Rasa and the watch over it."""
        if self._watch:
            self._watch.cancel()
        await self._end()
        await self.client.close()

    async def _keep_running(self) -> None:
        pause = FIRST_PAUSE
        while True:
            while self.process is None:
                self.spawn()
                await asyncio.sleep(0 if self.process else FIRST_PAUSE)
            if await self._until_it_fails():
                pause = FIRST_PAUSE
            await self._end()
            log.error("Rasa stopped; starting it again in %.1f s", pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _until_it_fails(self) -> bool:
        """Returns when the process has ended or hangs; true where it had been ready before."""
        ready, silent_until = False, time.monotonic() + STARTING
        while self.process and self.process.poll() is None and time.monotonic() < silent_until:
            await asyncio.sleep(1.0)
            if await self.client.ready():
                ready, silent_until = True, time.monotonic() + PATIENCE
        return ready

    async def _end(self) -> None:
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        for _ in range(int(GRACE / 0.05)):
            if process.poll() is not None:
                return
            await asyncio.sleep(0.05)
        process.kill()
        process.wait()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        command = [str(PYTHON), "-m", "bot.dialogue.server", "--port", str(self._port)]
        command += ["--hours", str(self._hours), "--front", str(os.getpid())]
        with _log_file() as output:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _environment(self) -> "dict[str, str]":
        own = {**os.environ, **ONE_THREAD, "BOT_RASA_KEY": self._key, "RASA_TELEMETRY_ENABLED": "false"}
        own.pop("PYTHONDONTWRITEBYTECODE", None)
        return {**own, "TF_CPP_MIN_LOG_LEVEL": "3"}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _log_file() -> IO[bytes]:
    try:
        path = ROOT / "var" / "rasa.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")
    except OSError:
        return open(os.devnull, "ab")
