"""A patient in front of the chat: writes, presses, reads."""

import json
from dataclasses import dataclass
from typing import List

from playwright.async_api import Browser, Locator, Page, expect

from bot.front.bot import Bot
from bot.front.consent import version

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
ANSWER_MS = 15_000


@dataclass
class Patient:
    """Speaks through one page of a browser."""

    page: Page

    @property
    def input(self) -> Locator:
        """Where to write."""
        return self.page.get_by_role("textbox")

    @property
    def emergency_line(self) -> Locator:
        """The line at the top."""
        return self.page.locator(".danger")

    @property
    def conversation(self) -> Locator:
        """All that was said."""
        return self.page.get_by_role("log")

    @property
    def messages(self) -> Locator:
        """Each message of either side."""
        return self.page.locator(".messages > li")

    @property
    def asked(self) -> Locator:
        """The patient's own messages."""
        return self.page.locator(".mine")

    @property
    def note(self) -> Locator:
        """What the chat says about what does not work."""
        return self.page.locator(".note")

    @property
    def alarm(self) -> Locator:
        """The card of an emergency."""
        return self.page.locator(".emergency").last

    @property
    def latest(self) -> Locator:
        """What was said last."""
        return self.messages.last

    def button(self, title: str) -> Locator:
        """The button with this title."""
        return self.page.get_by_role("button", name=title, exact=True)

    async def writes(self, text: str) -> Locator:
        """Types it, sends it by Enter, and reads the answer."""
        await self.sends(text)
        return await self.reads_answer()

    async def sends(self, text: str) -> None:
        """Types it and sends it by Enter."""
        await self.input.fill(text)
        await self.input.press("Enter")

    async def presses(self, title: str) -> Locator:
        """Presses a button and reads the answer."""
        await self.button(title).click()
        return await self.reads_answer()

    async def reads_answer(self) -> Locator:
        """Waits until nothing is on its way, and reads what came last."""
        await expect(self.page.locator(".waiting")).to_be_hidden(timeout=ANSWER_MS)
        return self.latest

    async def can_call(self, place: Locator) -> List[str]:
        """What the links in a place dial."""
        links = await place.locator("a[href^='tel:']").all()
        return [str(await link.get_attribute("href")) for link in links]


async def arrive(browser: Browser, address: str, **context: object) -> Patient:
    """A new patient at the address; keywords are those of Playwright's browser context."""
    own = await browser.new_context(**{"viewport": PHONE, "locale": "en-GB", **context})
    page = await own.new_page()
    await page.goto(address)
    return Patient(page)


def known(bot: Bot, address: str, clinic: str = "", origin: str = "") -> dict:
    """What the browser of a patient keeps who has agreed before: for `storage_state`. The chat stands
    on a page of `origin`, else on the bot's own page at the address."""
    token = bot.sessions.mint("web", origin)
    bot.consents.give(bot.sessions.open(token, "web", origin), version("page_consent"))
    kept = {"name": f"baclofen-chat {clinic}", "value": json.dumps(token)}
    return {"cookies": [], "origins": [{"origin": origin or address, "localStorage": [kept]}]}
