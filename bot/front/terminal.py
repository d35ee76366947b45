"""`bot chat`: the same bot in the terminal."""

import asyncio
import logging
from functools import partial
from typing import Awaitable, Callable, List, Protocol, Sequence

from rich.console import Console

from bot.front.bot import Bot
from bot.front.reply import Button, Reply
from bot.guidance import numbers_for, phrase
from bot.settings import load_settings


async def talk() -> None:
    """Chats until the end of input."""
    logging.basicConfig(level=logging.ERROR)
    console, settings = Console(), load_settings()
    bot = Bot(settings)
    name = bot.sessions.open(bot.sessions.mint("cli"), "cli")
    console.print(phrase("page_emergency", **numbers_for(settings.country).values), style="bold")
    console.print(phrase("disclaimer"), style="dim")
    async with bot.running():
        await converse(partial(bot.desk.turn, name), console)


class HasReplies(Protocol):
    """Whatever has replies."""

    @property
    def replies(self) -> Sequence[Reply]: ...


async def converse(send: Callable[[str, str], Awaitable[HasReplies]], console: Console) -> None:
    """Reads lines until the end of input; a number presses the button of that number.

    `send` takes a text and a payload, and returns what is answered."""
    buttons: List[Button] = []
    while True:
        try:
            line = await asyncio.to_thread(console.input, "[bold]> [/bold]")
        except (EOFError, KeyboardInterrupt):
            return
        pressed = buttons[int(line) - 1] if line.isdecimal() and 0 < int(line) <= len(buttons) else None
        said = await send(pressed.title if pressed else line, pressed.payload if pressed else "")
        buttons = _show(said.replies, console)


def _show(replies: Sequence[Reply], console: Console) -> List[Button]:
    offered: List[Button] = []
    for reply in replies:
        console.print(f"\n{reply.text}", markup=False, highlight=False)
        for button in reply.buttons:
            offered.append(button)
            console.print(f"  [{len(offered)}] {button.title}", markup=False, highlight=False)
    console.print()
    return offered
