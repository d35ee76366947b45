"""`python -m tests.browser.screenshots`: what the page looks like, into docs/screenshots."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from bot.front.bot import Bot
from bot.paths import ROOT
from tests.browser.chromium import QUIET, find_chromium
from tests.browser.front import serving
from tests.browser.patient import DESK, PHONE, arrive
from tests.browser.telegram_picture import draw
from tests.harness import settings, until

FOLDER = ROOT / "docs" / "screenshots"
SCREENS = {"phone": PHONE, "desk": DESK}
SAID = {
    "answer": ("How do I store baclofen?", "routine"),
    "emergency": ("I can't breathe", "emergency"),
    "check": ("I feel a bit wheezy", "check"),
}


async def take_all() -> None:
    """Each state of the page on each screen."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        bot = Bot(settings(Path(folder)))
        async with bot.running(), serving(bot) as address, async_playwright() as playwright:
            await until(bot.supervisor.client.ready)
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
            for screen in SCREENS:
                for state in ("start", *SAID):
                    await take(browser, address, screen, state)
            await draw(bot, browser, Path(folder), FOLDER / "telegram.png")
            await browser.close()


async def take(browser: Browser, address: str, screen: str, state: str) -> None:
    """One picture. Raises AssertionError where the message no longer brings the page into the state."""
    patient = await arrive(browser, address, viewport=SCREENS[screen])
    if state in SAID:
        text, urgency = SAID[state]
        await expect(await patient.writes(text)).to_have_class(f"reply {urgency}")
    await patient.page.screenshot(path=FOLDER / f"{screen}-{state}.png")


if __name__ == "__main__":
    asyncio.run(take_all())
