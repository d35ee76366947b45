"""The page for people with small screens, screen readers, keyboards, zoom, dark rooms and printers."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

SMALLEST = {"width": 320, "height": 568}
ZOOMED_FOUR_TIMES = {"width": 320, "height": 256}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TARGETS = "a:not(.skip), button, textarea"
LEAST_TARGET = 44  # CSS pixels
WRITTEN = {
    "answer": "How do I store baclofen?",
    "urgent": "I ran out of baclofen",
    "emergency": "I want to kill myself",
    "long word": "https://example.org/" + "baclofen" * 30,
    "error": "Is anyone there?",
}


@pytest.fixture(params=["start", "check", *WRITTEN])
def state(request):
    """What the page shows."""
    return request.param


@pytest.fixture
def in_state(visit, doubt, state):
    """Brings a new patient's page into the state."""

    async def bring(**context):
        patient = await visit(**context)
        await patient.page.context.set_offline(state == "error")
        if state == "check":
            await doubt(patient)
        elif state in WRITTEN:
            await patient.writes(WRITTEN[state])
        return patient

    return bring


@pytest.mark.parametrize(
    "context", [{}, {"color_scheme": "dark"}, {"locale": "es-ES"}], ids=["light", "dark", "Spanish"]
)
async def test_axe_finds_nothing(in_state, context):
    patient = await in_state(**context)
    found = await Axe().run(patient.page)
    assert found.violations_count == 0, found.generate_report()


async def test_nothing_scrolls_sideways_on_the_smallest_phone(in_state):
    patient = await in_state(viewport=SMALLEST)
    assert await patient.page.evaluate(SIDEWAYS) == 0


async def test_zoomed_four_times_the_emergency_line_leaves_room_to_read(in_state):
    patient = await in_state(viewport=ZOOMED_FOUR_TIMES)
    line = await patient.emergency_line.bounding_box()
    assert await patient.page.evaluate(SIDEWAYS) == 0
    assert line["y"] == 0
    assert line["height"] < ZOOMED_FOUR_TIMES["height"] / 2


async def test_what_can_be_pressed_is_large_enough(in_state):
    patient = await in_state(viewport=SMALLEST)
    for target in await patient.page.locator(TARGETS).all():
        box = await target.bounding_box()
        assert min(box["width"], box["height"]) >= LEAST_TARGET, await target.inner_text()


async def test_the_emergency_line_stays_in_view(patient):
    for _ in range(3):
        await patient.writes("How do I store baclofen?")
    await patient.page.mouse.wheel(0, 10_000)
    await expect(patient.emergency_line).to_be_in_viewport(ratio=1)


async def test_a_screen_reader_hears_of_answers_in_one_place_that_was_there_before(patient, swallow):
    await expect(patient.page.locator("[aria-live], [role=log], [role=status], [role=alert]")).to_have_count(1)
    await swallow()
    await patient.input.fill("I feel odd")
    await patient.input.press("Enter")
    await expect(patient.conversation).to_contain_text("Please wait")


async def test_who_speaks_is_said_in_words(patient):
    await patient.writes("How do I store baclofen?")
    told = await patient.conversation.aria_snapshot()
    assert "You" in told
    assert "Baclofen bot" in told


async def test_the_first_tab_leads_to_the_input(patient):
    await patient.page.keyboard.press("Tab")
    await expect(patient.page.get_by_role("link", name="Skip to the chat")).to_be_in_viewport()
    await patient.page.keyboard.press("Enter")
    await expect(patient.input).to_be_focused()


async def test_the_focus_can_be_seen(patient):
    for target in (patient.emergency_line.get_by_role("link"), patient.input, patient.button("Send")):
        await patient.page.keyboard.press("Tab")
        await target.focus()
        assert await target.evaluate("element => getComputedStyle(element).outlineWidth") == "3px"


async def test_nothing_moves_for_those_who_ask_for_stillness(patient, swallow):
    await patient.page.emulate_media(reduced_motion="reduce")
    await swallow()
    await patient.input.fill("I feel odd")
    await patient.input.press("Enter")
    await expect(patient.latest).to_contain_text("Please wait")
    assert await patient.page.evaluate("document.getAnimations().length") == 0


async def test_forced_colours_keep_the_frame_of_an_emergency(visit):
    patient = await visit(forced_colors="active")
    await patient.writes("I can't breathe")
    await expect(patient.latest).to_have_css("border-top-style", "solid")
    await expect(patient.latest).to_have_css("border-top-width", "4px")


async def test_on_paper_the_conversation_stands_without_its_controls(patient):
    await patient.writes("How do I store baclofen?")
    await patient.page.emulate_media(media="print")
    await expect(patient.input).to_be_hidden()
    await expect(patient.button("Tell me more")).to_be_hidden()
    await expect(patient.latest).to_contain_text("Storing baclofen")
