"""Calls of the API that may fail without harm: a failure is logged, and not tried again."""

import asyncio
import logging
from typing import Any, Set

from telegram import Bot as Api
from telegram.constants import ChatAction
from telegram.error import TelegramError

log = logging.getLogger(__name__)


class Courtesy:
    """Signs and refusals beside the letters of the outbox."""

    def __init__(self, api: Api):
        self._api = api
        self._tasks: "Set[asyncio.Task[Any]]" = set()

    async def tried(self, method: str, *args: Any, **named: Any) -> bool:
        """Calls a method of the API; whether it worked."""
        try:
            await getattr(self._api, method)(*args, **named)
            return True
        except TelegramError as error:
            log.warning("Telegram did not take %s (%s)", method, type(error).__name__)
            return False

    def typing(self, chat: int) -> None:
        """The sign that an answer is being written."""
        self._soon(self.tried("send_chat_action", chat, ChatAction.TYPING))

    def acknowledge(self, query: str) -> None:
        """Ends the waiting sign on a pressed button."""
        self._soon(self.tried("answer_callback_query", query))

    def leave(self, chat: int, why: str) -> None:
        """Says why, where one may speak, and leaves the group or channel."""

        async def go() -> None:
            if why:
                await self.tried("send_message", chat, why)
            await self.tried("leave_chat", chat)

        self._soon(go())

    def offer_nothing(self, query: str) -> None:
        """The empty answer to an inline query."""
        self._soon(self.tried("answer_inline_query", query, []))

    def take_no_money(self, query: str, shipping: bool, why: str) -> None:
        """Refuses a payment."""
        method = "answer_shipping_query" if shipping else "answer_pre_checkout_query"
        self._soon(self.tried(method, query, ok=False, error_message=why))

    async def stop(self) -> None:
        """Breaks off what is being tried."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
