"""The kit as testers meet it: its commands are started, and talk with the running bot over HTTP."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import ROOT
from tests.channels.conftest import serving
from tests.harness import READY

COMMANDS = Path(sys.executable).parent


@pytest.fixture(scope="session")
async def address(bot):
    """Where the running bot is served."""
    async with serving(bot) as address:
        yield address


async def command(name, *arguments, said=""):
    """The finished command of the environment, which was started in the project's folder."""
    return await asyncio.to_thread(
        subprocess.run,
        [COMMANDS / name, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=said,
        capture_output=True,
        text=True,
        timeout=READY,
    )


async def run(*arguments):
    """What pytest said."""
    return (await command("pytest", "-c", ROOT / "pyproject.toml", "-p", "no:cacheprovider", *arguments)).stdout


@pytest.fixture
def written(tmp_path):
    """Writes a file of tests: `written(text)`."""

    def write(text, name="my_tests.yml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write
