"""What a patient in danger sees, also when the chat does not work."""

from playwright.async_api import expect

NOT_ANSWERED = "Your message was not answered."


async def test_a_frightening_message_shows_the_script_and_the_number_to_call(patient):
    await patient.writes("I can't breathe")
    await expect(patient.alarm).to_contain_text("Emergency")
    await expect(patient.alarm).to_contain_text("Call 999 now")
    await expect(patient.alarm.get_by_role("listitem")).to_have_count(3)
    assert await patient.can_call(patient.alarm) == ["tel:999"]
    await expect(patient.alarm.get_by_role("link", name="Call 999")).to_be_in_viewport(ratio=1)


async def test_a_screen_reader_is_alarmed(patient):
    await patient.writes("I can't breathe")
    alert = patient.page.get_by_role("alert")
    await expect(alert).to_contain_text("Emergency")
    await expect(alert).to_contain_text("Call 999 now")
    await expect(patient.page.get_by_role("status")).not_to_contain_text("999")


async def test_the_script_stays_in_view_while_the_patient_writes_on(patient):
    await patient.writes("I can't breathe")
    for text in ("thanks", "what is baclofen", "how do I store it", "can I drink beer"):
        await patient.writes(text)
    script = patient.page.locator(".pinned")
    await expect(script.get_by_role("link", name="Call 999")).to_be_in_viewport(ratio=1)
    await expect(script.get_by_role("listitem").first).to_be_in_viewport()


async def test_the_steps_can_be_folded_up_and_the_number_stays(patient):
    await patient.writes("I can't breathe")
    await patient.alarm.get_by_text("What to do until help comes").click()
    await expect(patient.alarm.get_by_role("listitem").first).to_be_hidden()
    await expect(patient.alarm.get_by_role("link", name="Call 999")).to_be_visible()


async def test_the_script_is_still_there_after_a_reload(patient):
    await patient.writes("I can't breathe")
    await patient.writes("thanks")
    await patient.page.reload()
    await expect(patient.page.locator(".pinned").get_by_role("link", name="Call 999")).to_be_in_viewport()
    await expect(patient.page.get_by_role("alert")).to_be_empty()


async def test_thoughts_of_suicide_show_the_crisis_line_too(patient):
    await patient.writes("I want to kill myself")
    assert await patient.can_call(patient.alarm) == ["tel:999", "tel:116123"]
    await expect(patient.alarm.get_by_role("link", name="Call 116 123")).to_be_visible()


async def test_the_check_question_is_answered_by_keyboard_alone(patient, doubt):
    question = await doubt(patient)
    assert await patient.can_call(question) == ["tel:999"]
    for title in ("I am not sure", "No", "Yes"):
        await patient.page.keyboard.press("Shift+Tab")
        await expect(patient.button(title)).to_be_focused()
    await patient.page.keyboard.press("Enter")
    await expect(patient.alarm).to_contain_text("Call 999 now")
    await expect(patient.input).to_be_focused()


async def test_a_cry_for_help_does_not_wait_for_the_answer_before_it(patient, swallow):
    await swallow(times=1)
    await patient.sends("How do I store baclofen?")
    await expect(patient.conversation).to_contain_text("Please wait")
    await patient.sends("I can't breathe")
    await expect(patient.alarm).to_contain_text("Call 999 now")


async def test_the_emergency_line_needs_no_javascript(visit):
    for path, words in (("/chat", "In danger?"), ("/", "The chat needs JavaScript")):
        patient = await visit(path=path, java_script_enabled=False)
        line = patient.page.locator(".warning")
        await expect(line).to_contain_text(words)
        assert await patient.can_call(line) == ["tel:999"]


async def test_the_emergency_line_needs_no_widget(browser, address, visit):
    patient = await visit("about:blank", path="", new=True)
    await patient.page.route("**/widget.js*", lambda route: route.abort())
    await patient.page.goto(f"{address}/chat")
    await expect(patient.page.locator(".warning")).to_be_in_viewport()
    await expect(patient.page.get_by_text("The chat needs JavaScript")).to_be_visible()


async def test_without_a_country_both_common_numbers_can_be_called(visit, address_anywhere):
    patient = await visit(address_anywhere)
    assert await patient.can_call(patient.emergency_line) == ["tel:112", "tel:911"]
    await patient.writes("I can't breathe")
    assert await patient.can_call(patient.alarm) == ["tel:112", "tel:911"]


async def test_a_chosen_country_changes_the_number_at_the_top(patient):
    await patient.button("Options").click()
    await patient.page.get_by_label("Your country").select_option("Canada")
    await patient.reads_answer()
    assert await patient.can_call(patient.emergency_line) == ["tel:911"]
    await patient.writes("I can't breathe")
    assert await patient.can_call(patient.alarm) == ["tel:911"]
    await patient.page.reload()
    await expect(patient.emergency_line).to_contain_text("911")


async def test_in_spanish(visit):
    patient = await visit(locale="es-ES")
    await expect(patient.page.locator("html")).to_have_attribute("lang", "es")
    await expect(patient.emergency_line).to_contain_text("Llame al 999")
    await patient.writes("no puedo respirar")
    await expect(patient.alarm).to_contain_text("Emergencia")
    await expect(patient.alarm.get_by_role("link", name="Llamar al 999")).to_be_visible()


async def test_a_spanish_message_on_the_english_page_is_marked_as_spanish(patient):
    await patient.writes("no puedo respirar")
    await expect(patient.alarm.locator("div").first).to_have_attribute("lang", "es")


async def test_a_broken_server_is_no_dead_end(patient, bot, monkeypatch):
    monkeypatch.setattr(bot.desk, "gate", None)
    await patient.writes("I can't breathe")
    await expect(patient.note).to_contain_text(NOT_ANSWERED)
    assert await patient.can_call(patient.note) == ["tel:999"]
    monkeypatch.undo()
    await patient.button("Try again").click()
    await expect(patient.alarm).to_contain_text("Call 999 now")
    await expect(patient.asked).to_have_count(1)


async def test_an_answer_that_never_comes_is_not_waited_for_in_silence(patient, swallow):
    await patient.page.clock.install()
    await patient.page.reload()
    await swallow()
    await patient.sends("I feel odd")
    await patient.page.clock.run_for(3_000)
    await expect(patient.page.get_by_role("status")).to_contain_text("Please wait")
    await patient.page.clock.run_for(20_000)
    await expect(patient.note).to_contain_text(NOT_ANSWERED)
