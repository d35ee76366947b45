"""The chat on a clinic's page: one tag, under a strict policy, in the clinic's look, for that clinic alone."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.patient import DESK, Patient, known

HOSTILE = (
    "<style>* { color: yellow !important; font: 40px cursive !important; all: unset } p, div { display: none }</style>"
)


def strict(address):
    """A policy that allows the bot and nothing else."""
    return (
        f"default-src 'none'; script-src {address}; connect-src {address}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


@pytest.fixture
async def on_page(north, browser):
    """Opens a clinic's page with this in it, as a patient who agreed before: `await on_page(html, policy="")`."""

    async def on_page(body, policy="", **context):
        state = known(north.bot, north.address, "north", north.site)
        own = await browser.new_context(**{"viewport": DESK, "storage_state": state, **context})
        page = await own.new_page()
        page.complaints = []
        page.asked = set()
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.asked.add(urlsplit(request.url).netloc))
        await page.goto(north.page(body, policy))
        return Patient(page)

    yield on_page
    for context in browser.contexts:
        await context.close()


def tag(north, more=""):
    """The one line that a clinic pastes."""
    return f'<script src="{north.address}/widget.js" data-clinic="north" {more} defer></script>'


def element(north, more="", inside=""):
    """The chat inside the page."""
    return f'<script src="{north.address}/widget.js" defer></script><baclofen-chat clinic="north" {more}>{inside}</baclofen-chat>'


async def opens(patient, title="Ask about baclofen"):
    """Opens the chat in the corner."""
    await patient.button(title).click()
    return patient


async def test_one_tag_under_a_strict_policy_and_nobody_else_is_asked(north, on_page):
    patient = await opens(await on_page(tag(north), strict(north.address)))
    await patient.writes("How do I store baclofen?")
    await expect(patient.latest).to_contain_text("From the guidance: Storing baclofen.")
    await patient.writes("I can't breathe")
    await expect(patient.alarm.get_by_role("link", name="Call 999")).to_have_css("background-color", "rgb(163, 19, 27)")
    assert patient.page.complaints == []
    assert patient.page.asked == {urlsplit(north.address).netloc, urlsplit(north.site).netloc}


async def test_a_reload_on_the_clinics_page_brings_everything_back(north, on_page):
    patient = await opens(await on_page(tag(north)))
    await patient.writes("I can't breathe")
    await patient.page.reload()
    await opens(patient)
    await expect(patient.alarm).to_contain_text("Call 999 now")


async def test_the_pages_own_styles_stay_outside(north, on_page):
    patient = await opens(await on_page(HOSTILE + tag(north)))
    await expect(patient.emergency_line).to_be_visible()
    await expect(patient.input).to_have_css("font-size", "16px")


async def test_a_site_that_is_not_the_clinics_is_refused_and_still_says_whom_to_call(bot, browser, address, north):
    page = await (await browser.new_context()).new_page()
    await page.goto(north.page(f'<script src="{address}/widget.js" data-clinic="north" data-open defer></script>'))
    patient = Patient(page)
    await patient.writes("I can't breathe")
    await expect(patient.note).to_contain_text("999")
    await expect(page.locator(".emergency")).to_have_count(0)
    await page.context.close()


async def test_two_browsers_on_the_same_page_do_not_meet(north, on_page):
    anna, ben = await opens(await on_page(tag(north))), await opens(await on_page(tag(north)))
    await anna.writes("I can't breathe")
    await ben.writes("thanks")
    await expect(ben.page.locator(".emergency")).to_have_count(0)


async def test_inside_the_page(north, on_page):
    patient = await on_page(element(north, 'layout="inline"'))
    await patient.writes("I can't breathe")
    await expect(patient.alarm).to_contain_text("Call 999 now")
    await expect(patient.button("Close the chat")).to_have_count(0)


async def test_what_stands_inside_the_element_is_seen_when_the_widget_cannot_load(on_page):
    body = '<script src="http://127.0.0.1:9/widget.js" defer></script><baclofen-chat>Call <a href="tel:999">999</a></baclofen-chat>'
    patient = await on_page(body)
    await expect(patient.page.get_by_role("link", name="999")).to_be_visible()


async def test_the_chat_survives_being_moved_by_the_pages_own_framework(north, on_page):
    patient = await on_page(element(north, 'layout="inline"'))
    await patient.writes("I can't breathe")
    await patient.page.evaluate(
        "const chat = document.querySelector('baclofen-chat'); chat.remove(); document.body.prepend(chat)"
    )
    await expect(patient.alarm).to_contain_text("Call 999 now")
    await patient.writes("thanks")
    await expect(patient.asked).to_have_count(2)
    assert patient.page.complaints == []


async def test_a_tag_pasted_twice_is_one_chat(north, on_page):
    patient = await on_page(tag(north) + tag(north))
    await expect(patient.page.locator("baclofen-chat")).to_have_count(1)


async def test_browsers_without_style_sheet_objects_are_dressed_all_the_same(north, on_page):
    patient = await on_page("")
    await patient.page.add_init_script("delete CSSStyleSheet.prototype.replaceSync")
    await patient.page.goto(north.page(tag(north)))
    await expect(patient.button("Ask about baclofen")).to_have_css("position", "fixed")


async def test_a_clinics_colour_is_made_readable(north, on_page):
    patient = await opens(await on_page(tag(north)))
    await patient.writes("How do I store baclofen?")
    for scheme in ("light", "dark"):
        await patient.page.emulate_media(color_scheme=scheme)
        for colour in ("#ffe600", "white", "#777777", "#000000", "rgb(255 105 180)", "nonsense"):
            await patient.page.locator("baclofen-chat").evaluate("(chat, c) => chat.setAttribute('colour', c)", colour)
            found = await Axe().run(patient.page, options={"runOnly": ["color-contrast"]})
            assert found.violations_count == 0, (scheme, colour, found.generate_report())


async def test_a_readable_colour_stays_as_the_clinic_chose_it(north, on_page):
    by_attribute = await on_page(tag(north, 'data-colour="#4b0082"'))
    by_style = await on_page("<style>baclofen-chat { --baclofen-colour: #4b0082 }</style>" + tag(north))
    for patient in (by_attribute, by_style):
        await expect(patient.button("Ask about baclofen")).to_have_css("background-color", "rgb(75, 0, 130)")


async def test_name_language_side_and_opening_are_the_clinics_choice(north, on_page):
    more = 'data-name="Pregunte a Norte" data-language="es" data-position="left" data-open'
    patient = await on_page(tag(north, more))
    await expect(patient.emergency_line).to_contain_text("Llame al 999")
    await expect(patient.page.get_by_role("heading", name="Pregunte a Norte")).to_be_visible()
    assert (await patient.page.locator(".panel").bounding_box())["x"] == 16


async def test_the_clinics_phone_stands_under_what_needs_someone_today(north, on_page):
    patient = await opens(await on_page(tag(north, 'data-phone="020 7946 0000"')))
    await patient.writes("I ran out of baclofen")
    link = patient.latest.get_by_role("link", name="Call your clinic: 020 7946 0000")
    await expect(link).to_have_attribute("href", "tel:02079460000")


# The page that writes the tag


@pytest.fixture
async def embed(north, browser):
    """The page that writes the tag."""
    page = await (await browser.new_context(viewport=DESK)).new_page()
    await page.goto(f"{north.address}/embed")
    yield page
    await page.context.close()


async def written(page):
    """The tag that it wrote."""
    return await page.get_by_role("textbox", name="Copy this").input_value()


@pytest.mark.parametrize("where", ["in the corner", "inside the page"])
async def test_the_written_tag_works_when_it_is_pasted(north, on_page, embed, where):
    await embed.get_by_label("Where").select_option(where)
    await embed.get_by_label("Name shown").fill('Ask "us" & <b>them</b>')
    await embed.get_by_label("Open from the start").check()
    await embed.get_by_label("Only these very bytes").check()
    pasted = await written(embed)
    assert 'integrity="sha384-' in pasted
    patient = await on_page(pasted, strict(north.address))
    await expect(patient.page.get_by_role("heading", name='Ask "us" & <b>them</b>')).to_be_visible()
    await patient.writes("I can't breathe")
    await expect(patient.alarm).to_contain_text("Call 999 now")
    assert patient.page.complaints == []


async def test_other_bytes_are_refused_by_the_browser(on_page, embed):
    await embed.get_by_label("Only these very bytes").check()
    changed = re.sub('integrity="sha384-.', 'integrity="sha384-_', await written(embed))
    patient = await on_page(changed)
    await expect(patient.page.locator("baclofen-chat")).to_have_count(0)
    assert any("integrity" in said for said in patient.page.complaints)


async def test_the_written_tag_says_whom_to_call_without_javascript(on_page, embed):
    patient = await on_page(await written(embed), java_script_enabled=False)
    assert await patient.can_call(patient.page.locator("body")) == ["tel:999"]


async def test_the_preview_follows_the_choices(embed):
    await embed.get_by_label("Where").select_option("inside the page")
    await embed.get_by_label("Language").select_option("Español")
    await embed.get_by_label("Name shown").fill("Pregunte aquí")
    preview = embed.locator("#preview")
    await expect(preview.get_by_role("heading", name="Pregunte aquí")).to_be_visible()
    await expect(preview.locator(".danger")).to_contain_text("Llame al 999")
