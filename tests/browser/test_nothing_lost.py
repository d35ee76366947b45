"""What was written and answered is there again, and is sent and shown once, whatever the network does."""

import asyncio

from playwright.async_api import expect

from bot.front.history import BOT, PATIENT
from tests.browser.patient import arrive, known
from tests.serving import serving

STORING = "From the guidance: Storing baclofen."
OFFLINE = "You are offline."


async def test_after_a_reload_everything_is_there_and_goes_on(patient, doubt):
    await patient.writes("How do I store baclofen?")
    await doubt(patient)
    before = await patient.messages.all_inner_texts()
    await patient.page.reload()
    await expect(patient.messages).to_have_count(len(before))
    assert await patient.messages.all_inner_texts() == before
    await expect(patient.page.get_by_role("status")).to_be_empty()
    await expect(await patient.writes("yes")).to_contain_text("Call 999 now")


async def test_two_tabs_show_the_same(patient, second_tab):
    await patient.writes("How do I store baclofen?")
    other = await second_tab()
    await expect(other.conversation).to_contain_text(STORING)
    await other.writes("I can't breathe")
    await expect(patient.alarm).to_contain_text("Call 999 now")
    await expect(patient.page.get_by_role("alert")).to_contain_text("Call 999 now")
    for tab in (patient, other):
        await expect(tab.asked).to_have_count(2)


async def test_the_bot_can_speak_first(patient, bot, name_of):
    await patient.writes("How do I store baclofen?")
    bot.desk.history.add(await name_of(patient), BOT, [{"text": "Did you get help?"}])
    await expect(patient.latest).to_contain_text("Did you get help?")
    await expect(patient.page.get_by_role("status")).to_contain_text("Did you get help?")


async def test_what_the_bot_said_while_the_line_was_cut_comes_with_the_line(patient, bot, name_of):
    await patient.writes("How do I store baclofen?")
    await patient.page.context.set_offline(True)
    await expect(patient.note).to_contain_text(OFFLINE)
    bot.desk.history.add(await name_of(patient), BOT, [{"text": "Did you get help?"}])
    await patient.page.context.set_offline(False)
    await expect(patient.page.get_by_text("Did you get help?")).to_have_count(2)  # seen, and spoken
    await expect(patient.note).to_be_hidden()


async def test_a_closed_chat_says_that_something_came(visit, bot, name_of):
    patient = await visit(path="/")
    bot.desk.history.add(await name_of(patient), BOT, [{"text": "Did you get help?"}])
    await patient.button("New message").click()
    await expect(patient.latest).to_contain_text("Did you get help?")


async def test_offline_is_said_at_once_and_what_was_typed_is_sent_once_when_back(patient):
    await patient.page.context.set_offline(True)
    await expect(patient.note).to_contain_text(OFFLINE)
    await patient.writes("How do I store baclofen?")
    assert await patient.can_call(patient.note) == ["tel:999"]
    assert await patient.can_call(patient.emergency_line) == ["tel:999"]
    await expect(patient.asked).to_contain_text("How do I store baclofen?")
    await expect(patient.asked.get_by_text("Not sent yet")).to_be_visible()
    await patient.page.context.set_offline(False)
    await expect(patient.conversation).to_contain_text(STORING, timeout=15_000)
    await expect(patient.asked).to_have_text("YouHow do I store baclofen?")
    await expect(patient.note).to_be_hidden()


async def test_what_was_written_offline_survives_a_reload(patient, address):
    await patient.page.route("**/web/**", lambda route: route.abort())
    await patient.writes("How do I store baclofen?")
    await patient.input.fill("and for how l")
    await patient.page.reload()
    await expect(patient.asked).to_contain_text("How do I store baclofen?")
    await expect(patient.input).to_have_value("and for how l")
    await patient.page.unroute("**/web/**")
    await patient.button("Try again").click()
    await expect(patient.conversation).to_contain_text(STORING, timeout=15_000)
    await expect(patient.asked).to_have_count(1)


async def test_cut_in_mid_message_it_is_sent_again_and_answered_once(patient, bot, name_of):
    async def reaches_the_server_and_nothing_comes_back(route):
        await route.fetch()
        await route.abort()

    await patient.page.route("**/web/turn", reaches_the_server_and_nothing_comes_back, times=1)
    await patient.page.route("**/web/events", lambda route: route.abort())
    await patient.sends("How do I store baclofen?")
    await expect(patient.conversation).to_contain_text(STORING, timeout=15_000)
    said = [one.by for one in bot.desk.history.since(await name_of(patient))]
    assert said == [PATIENT, BOT]
    await expect(patient.asked).to_have_count(1)
    await expect(patient.messages).to_have_count(2)


async def test_a_late_answer_comes_by_the_stream(patient):
    async def answers_into_the_void(route):
        await route.fetch()  # and the browser waits on

    await patient.page.route("**/web/turn", answers_into_the_void, times=1)
    await patient.sends("I can't breathe")
    await expect(patient.alarm).to_contain_text("Call 999 now")


async def test_a_server_that_stops_and_comes_back(browser, bot):
    async with serving(bot) as address:
        patient = await arrive(browser, f"{address}/chat", storage_state=known(bot, address))
        await patient.writes("How do I store baclofen?")
    await patient.writes("I can't breathe")
    await expect(patient.note).to_contain_text("Your message was not answered.")
    assert await patient.can_call(patient.note) == ["tel:999"]
    async with serving(bot, int(address.rpartition(":")[2])):
        await expect(patient.alarm).to_contain_text("Call 999 now", timeout=15_000)
        await expect(patient.asked).to_have_count(2)
        await patient.page.context.close()


async def test_on_a_slow_line_a_hasty_patient_sends_once(patient):
    async def slowly(route):
        await asyncio.sleep(1)
        await route.continue_()

    await patient.page.route("**/web/turn", slowly)
    await patient.input.fill("How do I store baclofen?")
    await patient.button("Send").dblclick()
    await patient.input.press("Enter")
    await patient.reads_answer()
    await expect(patient.asked).to_have_count(1)
    await expect(patient.latest).to_contain_text(STORING)


async def test_what_is_too_long_to_send_is_not_lost(patient):
    await patient.input.fill("a" * 100_000)
    await patient.input.press("Enter")
    await expect(patient.note).to_contain_text("too long")
    assert len(await patient.input.input_value()) == 100_000


async def test_a_session_that_the_server_knows_no_more_begins_anew(patient):
    await patient.page.evaluate("localStorage.setItem('baclofen-chat ', '\"of another server\"')")
    await patient.page.reload()
    await patient.writes("I can't breathe")
    await expect(patient.alarm).to_contain_text("Call 999 now")


async def test_a_thousand_messages_are_all_there_and_only_those_in_view_are_drawn(visit, bot, name_of):
    patient = await visit()
    name = await name_of(patient)
    for place in range(500):
        bot.desk.history.add(name, PATIENT, [{"text": f"Question {place}", "key": ""}])
        bot.desk.history.add(name, BOT, [{"text": f"Answer {place}."}])
    await patient.page.reload()
    await expect(patient.messages).to_have_count(1000, timeout=10_000)
    await expect(patient.latest).to_be_in_viewport()
    drawn = "items => items.filter(item => item.checkVisibility({ contentVisibilityAuto: true })).length"
    assert await patient.page.locator(".mine p").evaluate_all(drawn) < 50
    await patient.writes("I can't breathe")
    await expect(patient.alarm.get_by_role("link", name="Call 999")).to_be_in_viewport()
