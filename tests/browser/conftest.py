"""The bot's page and a real browser, each started once; every patient has a browser context of their own."""

import pytest
from playwright.async_api import async_playwright

from bot.front.bot import Bot
from tests.browser.chromium import QUIET, find_chromium
from tests.browser.front import serving
from tests.browser.patient import arrive
from tests.harness import settings


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser."""
    path = find_chromium()
    if path is None:
        pytest.fail("No Chromium found: install Debian's `chromium`, or set CHROMIUM to its path.", pytrace=False)
    return path


@pytest.fixture(scope="session")
async def browser(chromium):
    """The browser without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def address(bot):
    """Where the bot of a clinic in Britain answers."""
    async with serving(bot) as address:
        yield address


@pytest.fixture
async def address_anywhere(tmp_path):
    """Where a bot without a country answers, its Rasa not running."""
    bot = Bot(settings(tmp_path, country=""))
    bot.desk.memory.open()
    async with serving(bot) as address:
        yield address


@pytest.fixture
async def visit(browser, address):
    """Opens the page: `patient = await visit()`, or `visit(locale="es-ES")`."""

    async def visit(address=address, **context):
        return await arrive(browser, address, **context)

    yield visit
    for context in browser.contexts:
        await context.close()


@pytest.fixture
async def patient(visit):
    """A patient with a phone."""
    return await visit()
