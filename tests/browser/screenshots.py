"""`python -m tests.browser.screenshots`: what the chat looks like in each state, into docs/screenshots."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from bot.front.bot import Bot
from bot.paths import ROOT
from tests.browser.chromium import QUIET, find_chromium
from tests.browser.patient import DESK, PHONE, Patient, arrive, known
from tests.browser.telegram_picture import draw
from tests.harness import settings, until
from tests.serving import serving

FOLDER = ROOT / "docs" / "screenshots"
SMALLEST = {"width": 320, "height": 568}
ANSWER, DANGER, DOUBT = "How do I store baclofen?", "I can't breathe", "I feel a bit wheezy"

# The picture's name: screen, page, what is written, and how the browser differs.
PICTURES = {
    "phone-closed": (PHONE, "/", [], {}),
    "phone-start": (PHONE, "/chat", [], {}),
    "phone-consent": (PHONE, "/chat", [ANSWER], {"new": True}),
    "phone-answer": (PHONE, "/chat", [ANSWER], {}),
    "phone-check": (PHONE, "/chat", [DOUBT], {}),
    "phone-emergency": (PHONE, "/chat", [DANGER], {}),
    "phone-after": (PHONE, "/chat", [DANGER, "thanks"], {}),
    "phone-spanish": (PHONE, "/chat", ["no puedo respirar"], {"locale": "es-ES"}),
    "phone-dark": (PHONE, "/chat", [DANGER], {"color_scheme": "dark"}),
    "phone-forced-colours": (PHONE, "/chat", [DANGER], {"forced_colors": "active"}),
    "phone-offline": (PHONE, "/chat", [ANSWER], {"offline": True}),
    "phone-options": (PHONE, "/chat", [], {"press": "Options"}),
    "small-answer": (SMALLEST, "/chat", [ANSWER], {}),
    "small-emergency": (SMALLEST, "/chat", [DANGER], {}),
    "small-larger-text": (SMALLEST, "/chat", [ANSWER], {"press": "Larger text"}),
    "desk-closed": (DESK, "/", [], {}),
    "desk-answer": (DESK, "/", [ANSWER], {}),
    "desk-emergency": (DESK, "/", [DANGER], {}),
    "desk-right-to-left": (DESK, "/", ["لا أستطيع التنفس أرجوكم ساعدوني"], {"rtl": True}),
    "desk-embed": (DESK, "/embed", [], {}),
}


async def take_all() -> None:
    """Each picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        bot = Bot(settings(Path(folder)))
        async with bot.running(), serving(bot) as address, async_playwright() as playwright:
            await until(bot.supervisor.client.ready)
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
            for name in PICTURES:
                await take(browser, bot, address, name)
            await draw(bot, browser, Path(folder), FOLDER / "telegram.png")
            await browser.close()


async def take(browser: Browser, bot: Bot, address: str, name: str) -> None:
    """One picture. Raises AssertionError where danger no longer brings the chat into its state."""
    screen, path, said, how = PICTURES[name]
    look = {key: value for key, value in how.items() if key in ("locale", "color_scheme", "forced_colors")}
    kept = {} if "new" in how else {"storage_state": known(bot, address)}
    patient = await arrive(browser, address + path, viewport=screen, **look, **kept)
    await prepare(patient, path, said, how)
    for text in said:
        await patient.writes(text)
    if DANGER in said:
        await expect(patient.alarm).to_be_visible()
    await patient.page.screenshot(path=FOLDER / f"{name}.png")
    await patient.page.context.close()


async def prepare(patient: Patient, path: str, said: list, how: dict) -> None:
    """Opens the chat and sets what the picture needs."""
    if how.get("rtl"):
        await patient.page.locator("html").evaluate("html => { html.dir = 'rtl' }")
    if path == "/" and said:
        await patient.button("Ask about baclofen").click()
    if "press" in how:
        await patient.button("Options").click()
    if how.get("press") == "Larger text":
        await patient.button("Larger text").click()
        await patient.button("Options").click()
    if "offline" in how:
        await patient.page.context.set_offline(True)


if __name__ == "__main__":
    asyncio.run(take_all())
