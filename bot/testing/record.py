"""`bot record`: a chat in the terminal becomes a conversation test."""

import logging
import os
from pathlib import Path
from typing import Any, Dict, Iterator, List

import yaml
from rich.console import Console

from bot.front.terminal import converse
from bot.paths import CONVERSATION_TESTS
from bot.settings import load_settings
from bot.testing import words
from bot.testing.chat import Chat, Exchange
from bot.testing.talkers import Answer, talkers


class CannotRecord(RuntimeError):
    """Nothing can be recorded there; the message says why."""


async def record(path: Path, address: str) -> None:
    """Chats until the end of input and writes the test. Raises CannotRecord or CannotTalk."""
    if path.exists():
        raise CannotRecord(f"{path} is there already: name a new file")
    if not path.resolve().parent.is_dir():
        raise CannotRecord(f"there is no folder {path.parent}")
    logging.basicConfig(level=logging.ERROR)
    console = Console()
    async with talkers(address, load_settings) as begin:
        chat = Chat(begin())
        console.print("End with Ctrl-D; then the test is written.", style="dim")
        await converse(chat.sends, console)
    if not chat.exchanges:
        raise CannotRecord("nothing was said, so nothing was written")
    path.write_text(as_test(chat.exchanges, path), encoding="utf-8")
    console.print(f"Written: {path}. Give the test a name, and take out what need not hold.")


def as_test(exchanges: List[Exchange], path: Path) -> str:
    """The text of a test file in which each answer holds as it was given. `path` is where it will be."""
    steps = [step for exchange in exchanges for step in _steps(exchange)]
    cases = {"test_cases": [{"test_case": f"Recorded: {exchanges[0].said}", "steps": steps}]}
    schema = os.path.relpath(CONVERSATION_TESTS, path.resolve().parent)
    text = yaml.safe_dump(cases, sort_keys=False, allow_unicode=True, width=120)
    return f"# yaml-language-server: $schema={schema}\n{text}"


def _steps(exchange: Exchange) -> Iterator[Dict[str, Any]]:
    """What the patient did, then what holds of the answer: by name where it has one, else word for word."""
    answer = exchange.answer
    yield {exchange.kind: exchange.said}
    held: Dict[str, Any] = {"urgency": answer.urgency}
    held.update({"red_flags": list(answer.red_flags)} if answer.red_flags else {})
    held.update({"flow": answer.flow} if answer.flow else {})
    yield {**held, "buttons": [button.title for button in answer.buttons]}
    yield from ({"section": section} for section in answer.sections)
    if not answer.sections:
        yield from _said(answer)


def _said(answer: Answer) -> Iterator[Dict[str, Any]]:
    for reply in answer.replies:
        keys = words.keys_in(reply.text)
        yield from ({"utter": key} for key in keys)
        if not keys and not answer.red_flags:
            yield {"bot": reply.text}
