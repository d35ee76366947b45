"""The bot's page and a real browser, each started once; every patient has a browser context of their own."""

from copy import copy
from dataclasses import replace

import pytest
from playwright.async_api import async_playwright

from bot.front.memory import Conversation
from bot.front.web import COOKIE
from tests.browser.chromium import QUIET, find_chromium
from tests.browser.front import serving
from tests.browser.patient import arrive


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
async def address_anywhere(bot):
    """Where the same bot answers for a clinic that has set no country."""
    anywhere = copy(bot)
    anywhere.settings = bot.settings.model_copy(update={"country": ""})
    anywhere.desk = replace(bot.desk, country="")
    async with serving(anywhere) as address:
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


@pytest.fixture
async def swallow(patient):
    """Has the network swallow what the patient sends: `await swallow()`, or `swallow(times=1)`."""
    swallowed = []

    async def swallow(**how):
        await patient.page.route("**/chat", lambda request: swallowed.append(request), **how)

    yield swallow
    for request in swallowed:
        await request.abort()


@pytest.fixture
def doubt(bot, address):
    """Has the bot ask whether a patient is confused: `question = await doubt(patient)`.

    The first question is put in its memory, as which message raises one depends on the model.
    """

    async def doubt(patient):
        token = bot.sessions.mint("web")
        open_question = Conversation(asked="confusion", asked_about="I feel odd")
        bot.desk.memory.save(bot.sessions.open(token, "web"), open_question)
        await patient.page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        return await patient.writes("the weather is nice")

    return doubt
