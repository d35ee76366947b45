"""What a patient in danger sees, also when the chat does not work."""

from playwright.async_api import expect

NOT_ANSWERED = "Your message was not answered."


async def test_a_frightening_message_shows_the_script_and_the_number_to_call(patient):
    await patient.writes("I can't breathe")
    alert = patient.page.get_by_role("alert")
    await expect(alert).to_contain_text("Emergency")
    await expect(alert).to_contain_text("Call 999 now")
    await expect(alert.get_by_role("listitem")).to_have_count(3)
    assert await patient.can_call(alert) == ["tel:999"]
    await expect(alert.get_by_role("link", name="Call 999")).to_be_in_viewport(ratio=1)


async def test_thoughts_of_suicide_show_the_crisis_line_too(patient):
    await patient.writes("I want to kill myself")
    alert = patient.page.get_by_role("alert")
    assert await patient.can_call(alert) == ["tel:999", "tel:116123"]
    await expect(alert.get_by_role("link", name="Call 116 123")).to_be_visible()


async def test_the_check_question_is_answered_by_keyboard_alone(patient, doubt):
    question = await doubt(patient)
    assert await patient.can_call(question) == ["tel:999"]
    for title in ("I am not sure", "No", "Yes"):
        await patient.page.keyboard.press("Shift+Tab")
        await expect(patient.button(title)).to_be_focused()
    await patient.page.keyboard.press("Enter")
    await expect(patient.page.get_by_role("alert")).to_contain_text("Call 999 now")
    await expect(patient.input).to_be_focused()


async def test_a_cry_for_help_does_not_wait_for_the_answer_before_it(patient, swallow):
    await swallow(times=1)
    await patient.input.fill("How do I store baclofen?")
    await patient.input.press("Enter")
    await expect(patient.latest).to_contain_text("Please wait")
    await patient.input.fill("I can't breathe")
    await patient.input.press("Enter")
    await expect(patient.page.get_by_role("alert")).to_contain_text("Call 999 now")


async def test_the_emergency_line_needs_no_javascript(visit):
    patient = await visit(java_script_enabled=False)
    await expect(patient.emergency_line).to_be_in_viewport()
    assert await patient.can_call(patient.emergency_line) == ["tel:999"]
    await expect(patient.page.get_by_text("The chat needs JavaScript")).to_be_visible()
    await expect(patient.page.locator("form")).to_be_hidden()


async def test_without_a_country_both_common_numbers_can_be_called(visit, address_anywhere):
    patient = await visit(address_anywhere)
    assert await patient.can_call(patient.emergency_line) == ["tel:112", "tel:911"]
    await patient.writes("I can't breathe")
    assert await patient.can_call(patient.page.get_by_role("alert")) == ["tel:112", "tel:911"]


async def test_in_spanish(visit):
    patient = await visit(locale="es-ES")
    await expect(patient.page.locator("html")).to_have_attribute("lang", "es")
    await expect(patient.emergency_line).to_contain_text("Llame al 999")
    await patient.writes("no puedo respirar")
    alert = patient.page.get_by_role("alert")
    await expect(alert).to_contain_text("Emergencia")
    await expect(alert.get_by_role("link", name="Llamar al 999")).to_be_visible()


async def test_a_spanish_message_on_the_english_page_is_marked_as_spanish(patient):
    await patient.writes("no puedo respirar")
    await expect(patient.page.get_by_role("alert")).to_have_attribute("lang", "es")


async def test_offline_the_message_is_kept_and_can_be_sent_again(patient):
    await patient.page.context.set_offline(True)
    note = await patient.writes("How do I store baclofen?")
    await expect(note).to_contain_text(NOT_ANSWERED)
    assert await patient.can_call(note) == ["tel:999"]
    await expect(patient.page.locator(".question")).to_contain_text("How do I store baclofen?")
    await patient.page.context.set_offline(False)
    await expect(await patient.presses("Try again")).to_contain_text("From the guidance: Storing baclofen.")
    await expect(patient.page.locator(".question")).to_have_count(1)


async def test_a_broken_server_is_no_dead_end(patient, bot, monkeypatch):
    monkeypatch.setattr(bot.desk, "gate", None)
    note = await patient.writes("I can't breathe")
    await expect(note).to_contain_text(NOT_ANSWERED)
    assert await patient.can_call(note) == ["tel:999"]
    monkeypatch.undo()
    await patient.presses("Try again")
    await expect(patient.page.get_by_role("alert")).to_contain_text("Call 999 now")


async def test_an_answer_that_never_comes_is_not_waited_for_in_silence(patient, swallow):
    await patient.page.clock.install()
    await patient.page.reload()
    await swallow()
    await patient.input.fill("I feel odd")
    await patient.input.press("Enter")
    await expect(patient.latest).to_contain_text("Please wait")
    await patient.page.clock.fast_forward(60_000)
    await expect(patient.latest).to_contain_text(NOT_ANSWERED)
