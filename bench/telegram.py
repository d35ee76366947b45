"""`make bench-telegram`: a thousand chats write at once to the bot, through a Bot API server on this machine.

The times are those that the server sees: from handing an update to the bot until the reply arrives.
"""

import asyncio
import json
import os
import random
import re
import sys
import tempfile
from typing import Any, Dict, List, Tuple

from rich.console import Console

from bench.processes import percentiles, running
from bot.front.bot import Bot
from bot.front.consent import Consents, version
from bot.front.database import Database
from bot.front.limits import Limits
from bot.front.telegram.channel import Telegram
from bot.front.telegram.menu import CONSENT
from bot.front.telegram.outbox import Pace
from bot.front.telegram.privacy import Privacy
from bot.paths import ROOT
from bot.settings import load_settings, signing_key
from bot.training.messages import load_messages
from bot.triage.assessment import EMERGENCY, ROUTINE
from bot.triage.gate import Gate
from tests.harness import SECRET, until
from tests.telegram_peer import TOKEN, Peer, Person, serving_api

CHATS, DANGERS, CALM = 1000, 50, 200
PATIENCE = 300.0
PAGE = ROOT / "docs" / "telegram.md"
FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


def main() -> None:
    """Measures, and writes reports/telegram.json and the figures of docs/telegram.md."""
    (ROOT / "reports").mkdir(exist_ok=True)
    found = asyncio.run(_measure())
    (ROOT / "reports" / "telegram.json").write_text(json.dumps(found, indent=2))
    PAGE.write_text(FIGURES.sub(_table(found), PAGE.read_text(encoding="utf-8")), encoding="utf-8")


async def _measure() -> Dict[str, Any]:
    everyday, dangers = _texts()
    shipped = Pace().any_two
    flood = everyday[: CHATS - DANGERS] + dangers[:DANGERS]
    random.Random(1).shuffle(flood)
    calm = [pair for pairs in zip(everyday[:CALM], dangers[: CALM // 2] * 2) for pair in pairs][:CALM]
    return {
        "calm": await _run("one after another", calm, shipped, at_once=False),
        "flood": await _run("at once", flood, shipped, at_once=True),
        "unlimited": await _run("at once, without Telegram's limit", flood, 0.0, at_once=True),
    }


def _texts() -> Tuple[List[str], List[str]]:
    """Everyday messages, and those whose danger the rules see: what no rule has words for waits with the rest."""
    rules, messages = Gate(), load_messages()
    everyday = [m.text for m in messages if m.urgency == ROUTINE and rules.assess(m.text).urgency == ROUTINE]
    dangers = [m.text for m in messages if m.urgency == EMERGENCY and rules.assess(m.text).urgency == EMERGENCY]
    mixed = random.Random(2)
    return mixed.sample(everyday, CHATS), mixed.sample(dangers, CALM)


async def _run(what: str, texts: List[str], between: float, at_once: bool) -> Dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, Console().status(f"Telegram, {len(texts)} chats {what}"):
        address = f"sqlite:///{folder}/bot.db"
        _agreed(address, len(texts))
        async with serving_api() as api:
            command = [sys.executable, "-m", "bench.telegram", str(between)]
            own = {"BOT_DATABASE": address, "BOT_SECRET": SECRET, "BOT_COUNTRY": "GB"}
            own = {**own, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api.address, "PYTHONPATH": "."}
            with running(command, ROOT, **own):
                await _until_ready(api)
                return await (_flood if at_once else _calm)(api, texts)


def _agreed(address: str, people: int) -> None:
    """Everyone has agreed before."""
    database = Database(address)
    database.open()
    for chat in range(people + 1):
        Consents(database).give(Privacy(SECRET).name(1_000_000 + chat), version(CONSENT))
    database.close()


async def _until_ready(api: Peer) -> None:
    """Until an everyday question is answered from the guidance, by Rasa."""
    first = Person(api, 1_000_000)
    while not any("From the guidance" in m.text for m in first.messages):
        await first.says("what is baclofen")
        await asyncio.sleep(3)
    api.sent.clear()


async def _calm(api: Peer, texts: List[str]) -> Dict[str, Any]:
    asked: Dict[int, Tuple[int, str]] = {}
    for place, text in enumerate(texts, start=1):
        person = Person(api, 1_000_000 + place)
        asked[person.chat] = ((await person.says(text))["update_id"], text)
        while not person.messages:
            await asyncio.sleep(0.005)
    return _figures(api, asked)


async def _flood(api: Peer, texts: List[str]) -> Dict[str, Any]:
    people = [Person(api, 1_000_000 + place) for place in range(1, len(texts) + 1)]
    asked = {p.chat: ((await p.says(text))["update_id"], text) for p, text in zip(people, texts)}

    async def all_answered() -> bool:
        return len({m.chat for m in api.sent}) == len(texts)

    await until(all_answered, PATIENCE)
    return _figures(api, asked)


def _figures(api: Peer, asked: Dict[int, Tuple[int, str]]) -> Dict[str, Any]:
    first = {m.chat: m for m in reversed(api.sent)}
    rules = Gate()
    took: Dict[str, List[float]] = {"emergency": [], "everyday": []}
    for chat, (update, text) in asked.items():
        kind = "emergency" if rules.assess(text).urgency == EMERGENCY else "everyday"
        took[kind].append((first[chat].at - api.handed[update]) * 1000)
    seconds = max(m.at for m in first.values()) - min(api.handed[update] for update, _ in asked.values())
    return {**{kind: percentiles(times) for kind, times in took.items()}, "per_second": len(asked) / seconds}


def _table(found: Dict[str, Any]) -> str:
    rows = {
        f"{CALM} chats, one after another": found["calm"],
        f"{CHATS:,} chats at once, {DANGERS} of them in danger": found["flood"],
        "the same, were it not for Telegram's 30 messages a second": found["unlimited"],
    }
    head = [
        f"Measured by `make bench-telegram` on a machine with {os.cpu_count()} cores, which ran the Bot API server too.",
        "",
        "| | emergency, median | p99 | everyday, median | p99 | messages a second |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines = [
        f"| {what} | {_told(f['emergency']['p50'])} | {_told(f['emergency']['p99'])} | {_told(f['everyday']['p50'])} "
        f"| {_told(f['everyday']['p99'])} | {f['per_second']:.0f} |"
        for what, f in rows.items()
    ]
    return "\n".join([*head, *lines]) + "\n"


def _told(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


async def serve(between: float) -> None:
    """The bot in Telegram, with this pause between two messages, until it is ended."""
    settings = load_settings()
    bot = Bot(settings, Limits())
    telegram = Telegram(settings, signing_key(settings), bot.desk, bot.consents, Pace(any_two=between))
    async with bot.running(), telegram.running():
        await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(serve(float(sys.argv[1])))
    else:
        main()
