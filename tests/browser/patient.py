"""A patient in front of the page: writes, presses, reads."""

from dataclasses import dataclass
from typing import List

from playwright.async_api import Browser, Locator, Page, expect

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
        return self.page.get_by_role("banner")

    @property
    def conversation(self) -> Locator:
        """All that was said."""
        return self.page.get_by_role("log")

    @property
    def latest(self) -> Locator:
        """What was said last."""
        return self.page.locator("#messages > li").last

    def button(self, title: str) -> Locator:
        """The button with this title."""
        return self.page.get_by_role("button", name=title, exact=True)

    async def writes(self, text: str) -> Locator:
        """Types it, sends it by Enter, and reads the answer."""
        await self.input.fill(text)
        await self.input.press("Enter")
        return await self.reads_answer()

    async def presses(self, title: str) -> Locator:
        """Presses a button and reads the answer."""
        await self.button(title).click()
        return await self.reads_answer()

    async def reads_answer(self) -> Locator:
        """Waits until nothing is on its way, and reads what came last."""
        await expect(self.page.locator(".waiting")).to_have_count(0, timeout=ANSWER_MS)
        return self.latest

    async def can_call(self, place: Locator) -> List[str]:
        """What the links in a place dial."""
        links = await place.locator("a[href^='tel:']").all()
        return [str(await link.get_attribute("href")) for link in links]


async def arrive(browser: Browser, address: str, **context: object) -> Patient:
    """A new patient at the page; keywords are those of Playwright's browser context."""
    own = await browser.new_context(**{"viewport": PHONE, "locale": "en-GB", **context})
    page = await own.new_page()
    await page.goto(address)
    return Patient(page)
