"""The bot and a real browser, each started once; every patient has a browser context of their own."""

import json
from copy import copy
from dataclasses import replace
from types import SimpleNamespace

import pytest
from playwright.async_api import async_playwright

from bot.front.memory import Conversation
from tests.browser.chromium import QUIET, find_chromium
from tests.browser.clinic import clinic_pages
from tests.browser.patient import Patient, arrive, known
from tests.serving import serving


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


@pytest.fixture(scope="session")
async def north(bot):
    """A clinic's website and the bot that knows it: `north.page(html)` puts a page on it, at `north.site`."""
    async with clinic_pages() as clinic:
        own = copy(bot)
        own.settings = bot.settings.model_copy(update={"clinics": {"north": [clinic.site]}})
        async with serving(own) as address:
            yield SimpleNamespace(site=clinic.site, page=clinic.page, bot=own, address=address)


@pytest.fixture
async def visit(browser, bot, address):
    """Opens the chat's own page, as a patient who agreed before: `await visit()`, `visit(locale="es-ES")`;
    `visit(new=True)` is one who never was there."""

    async def visit(address=address, path="/chat", new=False, **context):
        state = {} if new else {"storage_state": known(bot, address)}
        return await arrive(browser, address + path, **state, **context)

    yield visit
    for context in browser.contexts:
        await context.close()


@pytest.fixture
async def patient(visit):
    """A patient with a phone."""
    return await visit()


@pytest.fixture
async def second_tab(patient):
    """Opens the same chat in another tab of the same browser."""

    async def second_tab():
        page = await patient.page.context.new_page()
        await page.goto(patient.page.url)
        return Patient(page)

    return second_tab


@pytest.fixture
async def swallow(patient):
    """Has the network swallow what the patient sends: `await swallow()`, or `swallow(times=1)`."""
    swallowed = []

    async def swallow(**how):
        await patient.page.route("**/web/turn", lambda request: swallowed.append(request), **how)

    yield swallow
    for request in swallowed:
        await request.abort()


@pytest.fixture
def name_of(bot):
    """The name of a patient's conversation: `await name_of(patient)`."""

    async def name_of(patient):
        token = await patient.page.evaluate("localStorage.getItem('baclofen-chat ')")
        return bot.sessions.open(json.loads(token), "web")

    return name_of


@pytest.fixture
def doubt(bot, name_of):
    """Has the bot ask whether a patient is confused: `question = await doubt(patient)`.

    The first question is put in its memory, as which message raises one depends on the model.
    """

    async def doubt(patient):
        bot.desk.memory.save(await name_of(patient), Conversation(asked="confusion", asked_about="I feel odd"))
        return await patient.writes("the weather is nice")

    return doubt
