"""Everyday talk on the page."""

import pytest
from playwright.async_api import expect


async def test_an_everyday_question_is_answered_with_its_source(patient):
    answer = await patient.writes("How do I store baclofen?")
    await expect(answer).to_contain_text("From the guidance: Storing baclofen.")
    await expect(patient.conversation).to_contain_text("How do I store baclofen?")


async def test_a_button_sends_what_it_says(patient):
    await patient.writes("How do I store baclofen?")
    await patient.presses("Tell me more")
    await expect(patient.asked.last).to_contain_text("Tell me more")
    await expect(patient.latest).to_contain_text("From the guidance: Storing baclofen.")


async def test_only_the_latest_answer_has_buttons(patient):
    await patient.writes("How do I store baclofen?")
    await patient.writes("I can't breathe")
    await expect(patient.button("Tell me more")).to_have_count(0)


async def test_the_input_keeps_the_focus(patient):
    await patient.writes("How do I store baclofen?")
    await expect(patient.input).to_be_focused()
    await patient.button("Tell me more").click()
    await expect(patient.input).to_be_focused()


async def test_shift_enter_begins_a_line_and_enter_sends(patient):
    await patient.input.press_sequentially("How do I")
    await patient.input.press("Shift+Enter")
    await patient.input.press_sequentially("store baclofen?")
    await expect(patient.input).to_have_value("How do I\nstore baclofen?")
    await expect(patient.asked).to_have_count(0)
    await patient.input.press("Enter")
    await expect(await patient.reads_answer()).to_contain_text("From the guidance")


async def test_a_hasty_patient_sends_once(patient):
    await patient.input.fill("How do I store baclofen?")
    await patient.button("Send").dblclick()
    await patient.input.press("Enter")
    await patient.reads_answer()
    await expect(patient.asked).to_have_count(1)


async def test_blank_lines_are_not_sent(patient):
    await patient.input.fill("  \n ")
    await patient.input.press("Enter")
    await expect(patient.messages).to_have_count(0)


@pytest.mark.parametrize(
    "taken",
    [
        """<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>""",
        "[press here](javascript:document.title='taken') **bold** https://evil.example",
        "\u202eabc \u2066 \u200f",
        "a" * 10_000,
        "&lt;b&gt; {number} {{7*7}}",
    ],
)
async def test_what_looks_like_anything_else_stays_text(patient, taken):
    await patient.writes(taken)
    await expect(patient.asked).to_contain_text(taken)
    await expect(patient.conversation.locator("img, script, b, .mine a")).to_have_count(0)
    await expect(patient.page).to_have_title("Ask about baclofen")


async def test_the_order_of_letters_can_be_turned_within_one_message_alone(patient):
    await patient.writes("\u202eturned")
    await expect(patient.asked.locator("p")).to_have_css("unicode-bidi", "isolate")


async def test_two_patients_do_not_share_a_conversation(visit, doubt):
    anna, ben = await visit(), await visit()
    await doubt(anna)
    await ben.writes("yes")
    await expect(ben.page.locator(".emergency")).to_have_count(0)
    await anna.presses("Yes")
    await expect(anna.alarm).to_contain_text("Call 999 now")


async def test_the_browser_has_nothing_to_complain_about(visit, address):
    patient = await visit("about:blank", path="", new=True)
    complaints = []
    patient.page.on("console", lambda said: complaints.append(said.text))
    patient.page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ("/embed", "/", "/chat"):
        await patient.page.goto(address + path)
    await patient.writes("I can't breathe")
    assert (await patient.page.request.get(f"{address}/favicon.ico")).ok
    assert complaints == []
