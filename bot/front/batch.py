"""`bot triage`: the whole bot over a file of messages or conversations."""

import asyncio
import json
import logging
import sys
from dataclasses import asdict
from tempfile import TemporaryDirectory
from typing import Any, Dict, List, Sequence, Tuple

from rich.console import Console
from rich.progress import Progress

from bot.front.bot import Bot
from bot.front.turn.desk import Turn
from bot.settings import load_settings

SIDE_BY_SIDE = 8


class BadCases(ValueError):
    """A line of the cases cannot be read; the message says which."""


async def run_cases(lines: Sequence[str], explain: bool = False) -> None:
    """Prints one JSON object per case, in the order read. Raises BadCases before anything runs."""
    logging.basicConfig(level=logging.ERROR)
    cases = [_case(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    with TemporaryDirectory() as folder:
        bot = Bot(load_settings().model_copy(update={"database": f"sqlite:///{folder}/bot.db"}))
        async with bot.running():
            if not await bot.until_rasa():
                print("Rasa is not ready: everyday messages get the safety net. Run `make setup`.", file=sys.stderr)
            for answer in await _all(bot, cases, explain):
                print(json.dumps(answer, ensure_ascii=False))


def _case(number: int, line: str) -> Dict[str, Any]:
    try:
        case = json.loads(line)
        said = [turn["user"] for turn in case["turns"]] if "turns" in case else [case["text"]]
    except (ValueError, KeyError, TypeError) as error:
        raise BadCases(f"line {number}: needs JSON with id and text, or id and turns of user ({error!r})") from error
    if "id" not in case or not all(isinstance(text, str) for text in said):
        raise BadCases(f"line {number}: needs an id, and texts in text or user")
    return {"id": case["id"], "said": said, "turns": "turns" in case}


async def _all(bot: Bot, cases: List[Dict[str, Any]], explain: bool) -> List[Dict[str, Any]]:
    places = asyncio.Semaphore(SIDE_BY_SIDE)
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Messages", total=sum(len(case["said"]) for case in cases))

        async def one(case: Dict[str, Any]) -> Dict[str, Any]:
            async with places:
                return await _converse(bot, case, explain, lambda: progress.advance(task))

        return list(await asyncio.gather(*(one(case) for case in cases)))


async def _converse(bot: Bot, case: Dict[str, Any], explain: bool, advance: Any) -> Dict[str, Any]:
    name = bot.sessions.open(bot.sessions.mint("cli"), "cli")
    turns = []
    for text in case["said"]:
        turns.append(_told(await bot.desk.turn(name, text), explain))
        advance()
    return {"id": case["id"], "turns": turns} if case["turns"] else {"id": case["id"], **turns[0]}


def _told(turn: Turn, explain: bool) -> Dict[str, Any]:
    assessed = turn.assessment
    told: Dict[str, Any] = {
        "urgency": assessed.urgency,
        "red_flags": list(assessed.red_flags),
        "topics": [topic.name for topic in assessed.topics],
        "sections": list(turn.sections),
        "language": assessed.language,
        "replies": [reply.text for reply in turn.replies],
    }
    return {**told, "why": _why(assessed)} if explain else told


def _why(assessed: Any) -> Dict[str, Any]:
    keys: Tuple[str, ...] = ("evidence", "facts", "scores", "topics", "about_other")
    return {key: asdict(assessed)[key] for key in keys}
