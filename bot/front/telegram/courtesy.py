"""Calls of the API that may fail without harm: a failure is logged, and not tried again."""

import logging
from typing import Any

from telegram import Bot as Api
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.front.telegram.tasks import Tasks

log = logging.getLogger(__name__)


class Courtesy:
    """Signs and refusals beside the letters of the outbox."""

    def __init__(self, api: Api):
        self._api = api
        self._tasks = Tasks()

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
        self._tasks.begin(self.tried("send_chat_action", chat, ChatAction.TYPING))

    def acknowledge(self, query: str) -> None:
        """Ends the waiting sign on a pressed button."""
        self._tasks.begin(self.tried("answer_callback_query", query))

    def leave(self, chat: int, why: str) -> None:
        """Says why, where one may speak, and leaves the group or channel."""

        async def go() -> None:
            if why:
                await self.tried("send_message", chat, why)
            await self.tried("leave_chat", chat)

        self._tasks.begin(go())

    def offer_nothing(self, query: str) -> None:
        """The empty answer to an inline query."""
        self._tasks.begin(self.tried("answer_inline_query", query, []))

    def take_no_money(self, query: str, shipping: bool, why: str) -> None:
        """Refuses a payment."""
        method = "answer_shipping_query" if shipping else "answer_pre_checkout_query"
        self._tasks.begin(self.tried(method, query, ok=False, error_message=why))

    async def stop(self) -> None:
        """Breaks off what is being tried."""
        await self._tasks.stop()
