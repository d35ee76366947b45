"""The chat for people with small screens, screen readers, keyboards, zoom, dark rooms and printers."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.patient import DESK

SMALLEST = {"width": 320, "height": 568}
ZOOMED_FOUR_TIMES = {"width": 320, "height": 256}
SIDEWAYS = """() => {
  const chat = document.querySelector("baclofen-chat");
  const boxes = [document.documentElement, ...(chat ? chat.shadowRoot.querySelectorAll(".panel, .log, .options") : [])];
  return Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth));
}"""
LEAST_TARGET = 44  # CSS pixels
TOO_SMALL = """(least) => {
  const targets = document.querySelector("baclofen-chat").shadowRoot.querySelectorAll("a, button, textarea, select, summary");
  const small = (box) => box.width && Math.min(box.width, box.height) < least;
  return [...targets].filter((one) => small(one.getBoundingClientRect())).map((one) => one.textContent);
}"""
LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "Spanish": {"locale": "es-ES"},
    "forced colours": {"forced_colors": "active"},
    "desk": {"viewport": DESK},
}


@pytest.fixture
def states(visit, doubt):
    """Brings a patient's chat from state to state: `async for state, patient in states(viewport=SMALLEST)`."""

    async def states(**context):
        patient = await visit(**context)
        yield "start", patient
        for said in ("How do I store baclofen?", "I ran out of baclofen", "https://example.org/" + "baclofen" * 30):
            await patient.writes(said)
            yield said, patient
        await doubt(patient)
        yield "check", patient
        await patient.writes("I want to kill myself")
        yield "emergency", patient
        await patient.page.locator(".head button").click()
        yield "options", patient
        await patient.page.locator(".head button").click()
        await patient.page.route("**/web/turn", lambda route: None)
        await patient.sends("I feel odd")
        yield "typing", patient
        await patient.page.context.set_offline(True)
        await expect(patient.note).to_be_visible()
        yield "offline", patient

    return states


async def axe_finds_nothing(patient, state=""):
    """None of axe's rules is broken."""
    found = await Axe().run(patient.page)
    assert found.violations_count == 0, f"{state}: {found.generate_report()}"


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing(states, look):
    async for state, patient in states(**LOOKS[look]):
        await axe_finds_nothing(patient, state)


async def test_axe_finds_nothing_where_a_newcomer_is_asked(visit):
    patient = await visit(new=True)
    await patient.writes("How do I store baclofen?")
    await axe_finds_nothing(patient)


@pytest.mark.parametrize("path", ["/", "/embed"])
async def test_axe_finds_nothing_on_the_pages_around(visit, path):
    await axe_finds_nothing(await visit(path=path))


async def test_axe_finds_nothing_in_the_open_corner(visit):
    patient = await visit(path="/", viewport=DESK)
    await patient.button("Ask about baclofen").click()
    await patient.writes("I can't breathe")
    await axe_finds_nothing(patient)


async def test_it_fits_the_smallest_phone_and_a_finger(states):
    async for state, patient in states(viewport=SMALLEST):
        assert await patient.page.evaluate(SIDEWAYS) == 0, state
        assert await patient.page.evaluate(TOO_SMALL, LEAST_TARGET) == [], state


async def test_zoomed_four_times_the_emergency_line_leaves_room_to_read(states):
    async for state, patient in states(viewport=ZOOMED_FOUR_TIMES):
        assert await patient.page.evaluate(SIDEWAYS) == 0, state
        await patient.input.scroll_into_view_if_needed()
        line = await patient.emergency_line.bounding_box()
        assert line["y"] == 0, state
        assert line["height"] < ZOOMED_FOUR_TIMES["height"] / 2, state


async def test_the_emergency_line_stays_in_view(patient):
    for _ in range(3):
        await patient.writes("How do I store baclofen?")
    await patient.page.mouse.wheel(0, 10_000)
    await expect(patient.emergency_line).to_be_in_viewport(ratio=1)


async def test_what_is_new_is_spoken_once_in_a_place_that_was_there_before(patient):
    status = patient.page.get_by_role("status")
    await expect(status).to_have_count(1)
    await expect(status).to_be_empty()
    await expect(patient.conversation).to_have_attribute("aria-live", "off")
    await patient.writes("How do I store baclofen?")
    await expect(status.locator("p")).to_have_count(1)
    await expect(status).to_contain_text("Storing baclofen")
    await expect(status).not_to_contain_text("How do I")


async def test_spoken_words_are_taken_away_again(patient):
    await patient.page.clock.install()
    await patient.page.reload()
    await patient.writes("How do I store baclofen?")
    await patient.page.clock.run_for(21_000)
    await expect(patient.page.get_by_role("status")).to_be_empty()


async def test_who_speaks_is_said_in_words(patient):
    await patient.writes("How do I store baclofen?")
    told = await patient.conversation.aria_snapshot()
    assert "You" in told
    assert "Baclofen bot" in told


async def test_how_grave_it_is_is_said_in_words(patient, doubt):
    await patient.writes("I ran out of baclofen")
    await expect(patient.latest).to_contain_text("Speak to someone today")
    await expect(await doubt(patient)).to_contain_text("Is this an emergency?")


async def test_the_whole_chat_by_keyboard(visit):
    patient = await visit(path="/", viewport=DESK)
    keyboard, launcher = patient.page.keyboard, patient.button("Ask about baclofen")
    await launcher.focus()
    await keyboard.press("Enter")
    await expect(patient.input).to_be_focused()
    await keyboard.type("How do I store baclofen?")
    await keyboard.press("Enter")
    await patient.reads_answer()
    await expect(patient.input).to_be_focused()
    for _ in range(5):
        await keyboard.press("Shift+Tab")
        if await patient.button("Tell me more").evaluate("it => it.matches(':focus')"):
            break
    await keyboard.press("Enter")
    await patient.reads_answer()
    await expect(patient.asked).to_have_count(2)
    await expect(patient.input).to_be_focused()
    await keyboard.press("Escape")
    await expect(launcher).to_be_focused()
    await expect(patient.input).to_be_hidden()


async def test_on_a_phone_the_page_behind_is_out_of_reach(visit):
    patient = await visit(path="/")
    await patient.button("Ask about baclofen").click()
    for _ in range(12):
        await patient.page.keyboard.press("Tab")
        inside = "() => !document.activeElement || ['BACLOFEN-CHAT', 'BODY'].includes(document.activeElement.tagName)"
        assert await patient.page.evaluate(inside)
    box = await patient.page.locator(".panel").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)


async def test_an_opened_chat_that_nobody_asked_for_leaves_the_focus_alone(north, browser):
    tag = f'<input autofocus><script src="{north.address}/widget.js" data-clinic="north" data-open defer></script>'
    page = await (await browser.new_context()).new_page()
    await page.goto(north.page(tag))
    await expect(page.get_by_role("log")).to_be_visible()
    await expect(page.locator("main > input")).to_be_focused()
    await page.context.close()


async def test_the_focus_can_be_seen(patient):
    for target in (patient.emergency_line.get_by_role("link"), patient.input, patient.button("Send")):
        await patient.page.keyboard.press("Tab")
        await target.focus()
        assert await target.evaluate("element => getComputedStyle(element).outlineWidth") == "3px"


async def test_names_of_controls_begin_with_what_they_show(patient):
    await patient.button("Options").click()
    for control in await patient.page.locator("baclofen-chat").get_by_role("button").all():
        shown, name = await control.inner_text(), await control.get_attribute("aria-label")
        assert not shown.strip() or not name or name.startswith(shown)


async def test_nothing_moves_for_those_who_ask_for_stillness(patient, swallow):
    await patient.page.emulate_media(reduced_motion="reduce")
    await swallow()
    await patient.sends("I feel odd")
    await expect(patient.conversation).to_contain_text("Please wait")
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


async def test_larger_text_stays_larger(patient):
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    before = await patient.input.evaluate(size)
    await patient.button("Options").click()
    await patient.button("Larger text").click()
    await expect(patient.button("Larger text")).to_have_attribute("aria-pressed", "true")
    await patient.page.reload()
    assert await patient.input.evaluate(size) > 1.3 * before
    assert await patient.page.evaluate(SIDEWAYS) == 0


async def test_the_language_can_be_changed_and_what_was_said_stays(patient):
    await patient.writes("How do I store baclofen?")
    await patient.button("Options").click()
    await patient.button("Español").click()
    await expect(patient.button("Opciones")).to_be_focused()
    await expect(patient.emergency_line).to_contain_text("Llame al 999")
    await expect(patient.page.locator(".panel")).to_have_attribute("lang", "es")
    await expect(patient.conversation).to_contain_text("Storing baclofen")


async def test_right_to_left(north, browser):
    tag = f'<script src="{north.address}/widget.js" data-clinic="north" data-dir="rtl" defer></script>'
    page = await (await browser.new_context(viewport=DESK)).new_page()
    await page.goto(north.page(tag))
    launcher = page.get_by_role("button", name="Ask about baclofen")
    assert (await launcher.bounding_box())["x"] < 100
    await launcher.click()
    box = page.get_by_role("textbox")
    await box.fill("لا أستطيع التنفس أرجوكم ساعدوني")
    await box.press("Enter")
    await expect(page.locator(".theirs")).to_contain_text("999")
    await expect(page.locator(".theirs p").first).to_have_css("direction", "rtl")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await page.context.close()


SPEECH = """
  window.spoken = [];
  speechSynthesis.speak = (said) => window.spoken.push([said.lang, said.text]);
  window.SpeechRecognition = window.webkitSpeechRecognition = class extends EventTarget {
    start() { setTimeout(() => {
      const heard = new Event("result");
      Object.assign(heard, { resultIndex: 0, results: [[{ transcript: "can I drink beer" }]] });
      this.dispatchEvent(heard);
      this.dispatchEvent(new Event("end"));
    }); }
    stop() {}
  };
"""


WITHOUT_SPEECH = """
  for (const name of ["SpeechRecognition", "webkitSpeechRecognition", "speechSynthesis"])
    Object.defineProperty(window, name, { value: undefined });
"""


async def test_answers_are_read_aloud_for_who_wants_it(patient):
    await patient.page.add_init_script(SPEECH)
    await patient.page.reload()
    await patient.writes("what is baclofen")
    assert await patient.page.evaluate("spoken") == []
    await patient.button("Options").click()
    await patient.button("Read answers aloud").click()
    await patient.writes("How do I store baclofen?")
    [[language, text]] = await patient.page.evaluate("spoken")
    assert language == "en" and "Storing baclofen" in text


async def test_a_question_can_be_spoken(patient):
    await patient.page.add_init_script(SPEECH)
    await patient.page.reload()
    await patient.input.fill("please tell me:")
    await patient.button("Speak, do not type").click()
    await expect(patient.input).to_have_value("please tell me: can I drink beer")
    await expect(patient.button("Speak, do not type")).to_have_attribute("aria-pressed", "false")


async def test_without_speech_in_the_browser_nothing_is_offered(patient):
    await patient.page.add_init_script(WITHOUT_SPEECH)
    await patient.page.reload()
    await patient.button("Options").click()
    await expect(patient.page.get_by_role("button", name=re.compile("Speak|aloud"))).to_have_count(0)
    await patient.writes("How do I store baclofen?")
