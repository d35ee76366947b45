"""What is stored is said and agreed to once, and can be saved, deleted and left behind."""

import asyncio
import json

from playwright.async_api import expect

ASKED = "Before I answer"
STORING = "From the guidance: Storing baclofen."


async def test_who_comes_first_agrees_once_before_anything_is_kept(visit):
    patient = await visit(new=True)
    await expect(await patient.writes("How do I store baclofen?")).to_contain_text(ASKED)
    await patient.presses("Yes, that is all right")
    await expect(patient.latest).to_contain_text(STORING)
    await expect(patient.asked).to_have_count(1)
    await patient.page.reload()
    await patient.writes("what is baclofen")
    await expect(patient.page.get_by_text(ASKED)).to_have_count(0)


async def test_danger_is_answered_before_anyone_is_asked_to_agree(visit):
    patient = await visit(new=True)
    await patient.writes("I can't breathe")
    await expect(patient.alarm).to_contain_text("Call 999 now")
    await expect(patient.page.get_by_text(ASKED)).to_have_count(0)


async def test_danger_is_answered_while_the_question_stands(visit):
    patient = await visit(new=True)
    await patient.writes("How do I store baclofen?")
    await patient.writes("I can't breathe")
    await expect(patient.alarm).to_contain_text("Call 999 now")
    await patient.presses("Yes, that is all right")
    await expect(patient.page.locator(".unsent")).to_have_count(0)


async def test_who_does_not_agree_has_their_words_back_and_nothing_is_kept(visit, bot, name_of):
    patient = await visit(new=True)
    await patient.writes("How do I store baclofen?")
    await patient.button("No, do not keep it").click()
    await expect(patient.input).to_have_value("How do I store baclofen?")
    await expect(patient.input).to_be_focused()
    await expect(patient.note).to_contain_text("Nothing was kept")
    assert not any(bot.database.export(await name_of(patient)).values())


async def test_what_is_stored_and_how_long_stands_in_the_options(patient):
    await patient.button("Options").click()
    await expect(patient.page.get_by_role("region", name="Options")).to_contain_text("24 hours")


async def test_a_copy_can_be_saved(patient):
    await patient.writes("How do I store baclofen?")
    await patient.button("Options").click()
    async with patient.page.expect_download() as saving:
        await patient.button("Save a copy").click()
    saved = json.loads((await (await saving.value).path()).read_text())
    assert "How do I store baclofen?" in json.dumps(saved["messages"])


async def test_everything_can_be_deleted_after_one_more_question(patient, second_tab, bot, name_of):
    await patient.writes("How do I store baclofen?")
    name, other = await name_of(patient), await second_tab()
    await patient.button("Options").click()
    await patient.button("Delete everything").click()
    await expect(patient.button("Yes, delete everything")).to_be_focused()
    await patient.page.keyboard.press("Enter")
    await expect(patient.note).to_contain_text("All that you wrote here is deleted.")
    assert not any(bot.database.export(name).values())
    for tab in (patient, other):
        await expect(tab.messages).to_have_count(0)
    assert await patient.page.evaluate("localStorage.getItem('baclofen-chat ')") is None


async def test_deleting_that_fails_says_so(patient):
    await patient.writes("How do I store baclofen?")
    await patient.page.route("**/web/record", lambda route: route.abort())
    await patient.button("Options").click()
    await patient.button("Delete everything").click()
    await patient.button("Yes, delete everything").click()
    await expect(patient.note).to_contain_text("That did not work just now.")
    await expect(patient.conversation).to_contain_text(STORING)


async def test_the_next_person_at_this_device_sees_nothing_of_an_ended_chat(patient, second_tab):
    await patient.writes("I can't breathe")
    other = await second_tab()
    await expect(other.alarm).to_be_visible()
    await patient.button("Options").click()
    await patient.button("End the chat").click()
    for tab in (patient, other):
        await expect(tab.messages).to_have_count(0)
    await patient.page.reload()
    await expect(patient.messages).to_have_count(0)
    await expect(await patient.writes("thanks")).not_to_contain_text("999")


async def test_an_answer_that_was_on_its_way_does_not_come_into_an_ended_chat(patient):
    answered = asyncio.Event()

    async def late(route):
        response = await route.fetch()
        await answered.wait()
        await route.fulfill(response=response)

    await patient.page.route("**/web/turn", late, times=1)
    await patient.page.route("**/web/events", lambda route: route.abort())
    await patient.sends("I can't breathe")
    await patient.button("Options").click()
    await patient.button("End the chat").click()
    async with patient.page.expect_event("requestfinished", lambda request: request.url.endswith("/web/turn")):
        answered.set()
    await expect(patient.page.locator(".waiting")).to_be_hidden()
    await expect(patient.messages).to_have_count(0)


async def test_where_the_browser_forbids_storage_the_chat_works_until_it_is_left(visit):
    patient = await visit(new=True)
    forbid = "Storage.prototype.setItem = () => { throw new DOMException('forbidden', 'QuotaExceededError') }"
    await patient.page.add_init_script(forbid)
    await patient.page.reload()
    await patient.writes("I can't breathe")
    await expect(await patient.writes("thanks")).to_contain_text("Has someone called 999?")
