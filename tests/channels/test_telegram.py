"""A conversation in Telegram, as a patient sees it."""

import asyncio
import json
import time

import pytest
from aiohttp import web

from bot.front.limits import Limits
from bot.front.rasa import RasaClient
from bot.front.telegram.answers import IN_QUESTION
from bot.front.telegram.format import LONGEST_DATA
from bot.guidance import numbers_for, phrase
from bot.triage.assessment import RED_FLAGS
from tests.faults.conftest import peer as rasa_peer
from tests.harness import until
from tests.telegram_peer import Person, channel, serving_api

CONSENT_ASKED = "May I read it"
ANSWERED = "own pack or bottle"  # how the guidance on storage begins
STORAGE = "How do I store baclofen?"


@pytest.fixture(scope="module")
async def telegram(bot, tmp_path_factory):
    """The bot in Telegram, by polling."""
    async with serving_api() as api, channel(bot, api, tmp_path_factory.mktemp("telegram")):
        yield api


@pytest.fixture
def newcomer(telegram):
    """Someone who has not written before."""
    return Person(telegram, 7_000_000 + telegram.number())


@pytest.fixture
async def ann(newcomer):
    """Someone in Britain who agreed."""
    return await newcomer.arrives()


# First contact


async def test_first_contact_says_what_it_is_and_asks(newcomer):
    await newcomer.says("/start")
    message = await newcomer.hears("not a doctor", "Nobody watches", "call 999", CONSENT_ASKED, "/forget")
    assert message.titles == ["Yes, I agree", "No"]
    await newcomer.presses("Yes, I agree")
    asked = await newcomer.hears("Which country")
    assert {"United Kingdom", "United States", "Another country"} <= set(asked.titles)


async def test_the_country_can_be_any_and_be_changed(ann):
    await ann.says("/country")
    await ann.hears("Which country")
    await ann.presses("Another country")
    await ann.hears("Which country")
    await ann.presses("Turkey")
    await ann.hears("112")
    await ann.says("/country")
    await ann.hears("Which country")
    await ann.presses("United States")
    await ann.hears("911")
    await ann.says("I can't breathe")
    await ann.hears("Call 911 now")


async def test_a_red_flag_in_the_first_message_is_answered_before_any_question(newcomer):
    await newcomer.says("my dad took 20 baclofen and won't wake up")
    message = await newcomer.hears("Call 999 now", "1. ", "2. ", "3. ")
    assert CONSENT_ASKED not in message.text and not message.silent
    await newcomer.says("thanks")
    await newcomer.hears("Has someone called 999?")
    await newcomer.hears_nothing_more()


async def test_a_check_question_comes_before_consent_too(newcomer):
    await newcomer.says("I feel a bit wheezy")
    await newcomer.hears("call 999 now", "?")
    await newcomer.presses("Yes")
    await newcomer.hears("Call 999 now", "1. ")


async def test_the_first_question_waits_for_consent_and_is_answered_then(newcomer):
    await newcomer.says(STORAGE)
    asked = await newcomer.hears(CONSENT_ASKED)
    assert asked.reply_to
    await newcomer.presses("Yes, I agree")
    await newcomer.hears(ANSWERED)
    await newcomer.hears("Which country")


async def test_nothing_is_kept_of_who_does_not_agree(bot, api, tmp_path):
    async with channel(bot, api, tmp_path):
        bob = Person(api, 7_000_001)
        await bob.says("my zebra dose of baclofen, should i take it with food")
        await bob.hears(CONSENT_ASKED)
        await bob.presses("No")
        await bob.hears("/start", "call 999")
    assert b"zebra" not in b"".join(path.read_bytes() for path in tmp_path.glob("bot.db*"))


async def test_who_agreed_is_not_asked_again(ann):
    await ann.says("/start")
    again = await ann.hears("Hello")
    assert CONSENT_ASKED not in again.text


async def test_a_spanish_patient_is_welcomed_in_spanish(telegram):
    eva = Person(telegram, 7_900_002, language="es")
    await eva.says("/start")
    await eva.hears("Hola", "llame al 999")
    await eva.presses("Sí, de acuerdo")
    await eva.hears("¿En qué país")
    await eva.presses("Mexico")
    await eva.hears("911", "llamar")


async def test_a_first_question_in_spanish_is_met_in_spanish(newcomer):
    await newcomer.says("¿cómo guardo el baclofeno en casa?")
    await newcomer.hears("Hola")


# Commands


async def test_telegram_shows_the_commands_in_both_languages(telegram):
    await until(lambda: asyncio.sleep(0, len(telegram.called("setMyCommands")) == 2))
    for call in telegram.called("setMyCommands"):
        commands = {command["command"]: command["description"] for command in json.loads(call["commands"])}
        assert list(commands) == (
            ["start", "help", "emergency", "country", "questions", "summary", "privacy", "export", "forget"]
        )
        assert all(commands.values())
    assert [call.get("language_code", "") for call in telegram.called("setMyCommands")] == ["", "es"]


@pytest.mark.parametrize("command", ["/emergency", "/EMERGENCY", "/emergency@baclofen_bot"])
async def test_emergency_gives_the_number_and_asks_nothing(newcomer, command):
    await newcomer.says(command)
    message = await newcomer.hears("call 999", "111", "116123")
    assert not message.silent and not message.buttons


@pytest.mark.parametrize("command, says", [("/help", "/emergency"), ("/privacy", "Nobody watches this chat")])
async def test_help_and_privacy_need_no_consent(newcomer, command, says):
    await newcomer.says(command)
    await newcomer.hears(says)


@pytest.mark.parametrize("command", ["/questions", "/summary"])
async def test_questions_and_summary_go_to_the_desk_once_one_agreed(newcomer, command):
    await newcomer.says(command)
    await newcomer.hears(CONSENT_ASKED)
    await newcomer.presses("Yes, I agree")
    await newcomer.hears("Which country")
    await newcomer.says(command)
    await newcomer.hears("")


async def test_a_typed_slash_is_a_text(ann):
    await ann.says("/affirm I can't breathe")
    await ann.hears("Call 999 now")


async def test_danger_beside_a_command_is_read(newcomer):
    await newcomer.says("/start help I can't breathe")
    await newcomer.hears("Call 999 now")


async def test_a_link_to_the_bot_may_carry_a_key(newcomer):
    await newcomer.says("/start poster-7")
    await newcomer.hears("Hello")


# Messages


async def test_an_answer_has_its_buttons_and_each_press_is_acknowledged(ann, telegram):
    before = len(telegram.called("answerCallbackQuery"))
    await ann.says(STORAGE)
    message = await ann.hears(ANSWERED, "From the guidance")
    assert "Tell me more" in message.titles
    await ann.presses("Tell me more")
    await ann.hears("From the guidance")
    assert len(telegram.called("answerCallbackQuery")) == before + 1


async def test_a_check_question_is_answered_by_its_buttons(ann):
    await ann.says("I feel a bit wheezy")
    asked = await ann.hears("call 999 now")
    assert asked.titles == ["Yes", "No", "I am not sure"] and not asked.silent
    await ann.presses("No")
    await ann.hears("Thank you for telling me")


async def test_an_old_keyboard_does_not_answer_a_new_question(ann):
    await ann.says("I feel a bit wheezy")
    old = await ann.hears("call 999 now")
    await ann.presses("No")
    await ann.hears("Thank you for telling me")
    await ann.hears("")
    await ann.presses("No", old)
    await ann.hears("older question", "call 999")


async def test_the_emergency_script_is_one_loud_bold_message(ann):
    await ann.says("I can't breathe")
    script = await ann.hears("Call 999 now", "1. ", "2. ", "3. ")
    assert not script.silent and script.formatted
    await ann.hears_nothing_more()


async def test_the_typing_sign_shows_while_an_answer_takes_long(bot, api, tmp_path):
    async def slowly(request):
        await asyncio.sleep(0.6)
        return web.json_response([{"text": "Here you are."}])

    async with rasa_peer(slowly) as address:
        slow = RasaClient(address, "key", 2)
        async with channel(bot, api, tmp_path, rasa=slow):
            ann = await Person(api, 7_000_003).arrives()
            said = time.monotonic()
            await ann.says(STORAGE)
            await until(lambda: asyncio.sleep(0, bool(api.called("sendChatAction"))))
            assert time.monotonic() - said < 0.5
            await ann.hears("Here you are.")
        await slow.close()


@pytest.mark.parametrize("text", ["<b>bold</b> & <a href='x'>", "*_`[", "</b>", "&lt;", "\u202e\u0000\ud83d\ude00"])
async def test_no_text_breaks_the_formatting(ann, text):
    await ann.says(text)
    assert (await ann.hears("")).formatted


# Everything else that can arrive

FILE = {"file_id": "f", "file_unique_id": "u"}
CANNOT_HEAR, CANNOT_SEE, WORDS_ONLY = "I cannot hear this", "I cannot see pictures", "I can only read words"
UNREADABLE = [
    ({"voice": {**FILE, "duration": 3}}, CANNOT_HEAR),
    ({"audio": {**FILE, "duration": 3}}, CANNOT_HEAR),
    ({"video_note": {**FILE, "duration": 3, "length": 100}}, CANNOT_HEAR),
    ({"photo": [{**FILE, "width": 9, "height": 9}]}, CANNOT_SEE),
    ({"video": {**FILE, "width": 9, "height": 9, "duration": 3}}, CANNOT_SEE),
    ({"animation": {**FILE, "width": 9, "height": 9, "duration": 3}}, CANNOT_SEE),
    ({"document": FILE}, CANNOT_SEE),
    ({"location": {"longitude": 1.0, "latitude": 2.0}}, "say where you are"),
    (
        {"sticker": {**FILE, "width": 9, "height": 9, "type": "regular", "is_animated": False, "is_video": False}},
        WORDS_ONLY,
    ),
    ({"contact": {"phone_number": "+44123", "first_name": "Bob"}}, WORDS_ONLY),
    ({"dice": {"emoji": "🎲", "value": 4}}, WORDS_ONLY),
    ({"hologram": {"size": 3}}, WORDS_ONLY),
    ({"sticker": "not as we know it"}, WORDS_ONLY),
]
POLL = {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True}
UNREADABLE.append(({"poll": {**POLL, "type": "regular", "allows_multiple_answers": False}}, WORDS_ONLY))


@pytest.mark.parametrize(
    "content, says", UNREADABLE, ids=lambda value: next(iter(value)) if isinstance(value, dict) else ""
)
async def test_what_cannot_be_read_is_answered_with_the_number(newcomer, content, says):
    await newcomer.sends(**content)
    await newcomer.hears(says, "999")
    await newcomer.hears_nothing_more(0.1)


async def test_danger_under_a_picture_is_read(newcomer):
    await newcomer.sends(photo=[{**FILE, "width": 9, "height": 9}], caption="I can't breathe")
    await newcomer.hears("Call 999 now")
    await newcomer.hears_nothing_more(0.1)


async def test_a_question_under_a_picture_is_answered_and_the_picture_is_named(ann):
    await ann.sends(photo=[{**FILE, "width": 9, "height": 9}], caption=STORAGE)
    await ann.hears(ANSWERED)
    await ann.hears(CANNOT_SEE)


async def test_an_edited_text_is_read_again(ann):
    await ann.says(STORAGE)
    await ann.hears(ANSWERED)
    await ann.says("I can't breathe", kind="edited_message", edit_date=1)
    await ann.hears("Call 999 now")


async def test_forwarded_words_and_replies_are_read(ann):
    origin = {"type": "hidden_user", "sender_user_name": "Bob", "date": 1}
    await ann.says("I can't breathe", forward_origin=origin)
    await ann.hears("Call 999 now")
    earlier = {"message_id": 1, "date": 1, "chat": {"id": ann.chat, "type": "private"}, "text": "x"}
    await ann.says("thanks", reply_to_message=earlier)
    await ann.hears("Has someone called 999?")


GROUP = {"id": -100, "type": "supergroup", "title": "Family"}
MEMBER = {"user": {"id": 123456, "is_bot": True, "first_name": "B"}}
PRIVATE = {"id": 6_000_000, "type": "private"}
OUT, IN = {**MEMBER, "status": "left"}, {**MEMBER, "status": "member"}


async def test_a_group_is_told_why_and_left(newcomer, telegram):
    change = {"chat": GROUP, "from": newcomer._user, "date": 1, "old_chat_member": OUT, "new_chat_member": IN}
    await newcomer.update(my_chat_member=change)
    await until(lambda: asyncio.sleep(0, bool(telegram.called("leaveChat"))))
    assert [m.text for m in telegram.sent if m.chat == -100] == [phrase("telegram_group", **numbers_for("GB").values)]


async def test_a_channel_is_left_without_a_word(newcomer, telegram):
    post = {"message_id": 1, "date": 1, "chat": {"id": -200, "type": "channel", "title": "News"}, "text": "hello"}
    await newcomer.update(channel_post=post)
    await until(lambda: asyncio.sleep(0, "-200" in [c["chat_id"] for c in telegram.called("leaveChat")]))
    assert [m.text for m in telegram.sent if m.chat == -200] == []


async def test_an_inline_query_gets_nothing_and_a_payment_is_refused(newcomer, telegram):
    await newcomer.update(inline_query={"id": "8", "from": newcomer._user, "query": "hi", "offset": ""})
    paid = {"id": "9", "from": newcomer._user, "currency": "GBP", "total_amount": 100, "invoice_payload": "x"}
    await newcomer.update(pre_checkout_query=paid)
    await until(lambda: asyncio.sleep(0, bool(telegram.called("answerPreCheckoutQuery"))))
    assert telegram.called("answerInlineQuery")[0]["results"] == "[]"
    refused = telegram.called("answerPreCheckoutQuery")[0]
    assert refused["ok"].lower() == "false" and refused["error_message"] == phrase("telegram_no_money")


SILENT = [
    {"poll": {**POLL, "type": "regular", "allows_multiple_answers": False}},
    {"poll_answer": {"poll_id": "1", "option_ids": [0]}},
    {"telepathy": {"thought": "?"}},
    {"message": "not as we know it"},
    {"edited_message": {"location": {"longitude": 1.0, "latitude": 2.0}}},
    {"message": {"pinned_message": {"message_id": 1, "date": 0, "chat": PRIVATE}}},
    {"message": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}}},
    {"my_chat_member": {"chat": PRIVATE, "old_chat_member": OUT, "new_chat_member": IN}},
]


@pytest.mark.parametrize("content", SILENT, ids=lambda content: next(iter(content)))
async def test_what_nobody_said_needs_no_answer_and_stops_nothing(newcomer, content):
    (kind, what), *_ = content.items()
    if isinstance(what, dict):
        what = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": newcomer._user, **what}
    await newcomer.update(**{kind: what})
    await newcomer.says("/help")
    await newcomer.hears("/emergency")
    assert [m.text for m in newcomer.peer.sent if m.chat == PRIVATE["id"]] == []


# Limits


async def test_too_many_messages_are_slowed_down_and_danger_is_not(bot, api, tmp_path):
    async with channel(bot, api, tmp_path, limits=Limits(burst=2, per_second=0.001)):
        ann = await Person(api, 7_000_004).arrives()
        for _ in range(3):
            await ann.says(STORAGE)
        await ann.hears(ANSWERED)
        await ann.hears(ANSWERED)
        await ann.hears("very fast")
        await ann.says("I can't breathe")
        await ann.hears("Call 999 now")


async def test_long_answers_are_cut_between_paragraphs_and_only_the_first_part_is_loud(bot, api, tmp_path):
    paragraphs = [f"{place}. " + "word " * 100 for place in range(30)]

    async def at_length(request):
        return web.json_response([{"text": "\n\n".join(paragraphs)}])

    async with rasa_peer(at_length) as address:
        wordy = RasaClient(address, "key", 2)
        async with channel(bot, api, tmp_path, rasa=wordy):
            ann = await Person(api, 7_000_005).arrives()
            await ann.says(STORAGE)
            told = [await ann.hears("0. word")] + [await ann.hears("word") for _ in range(3)]
            assert [message.silent for message in told] == [False, True, True, True]
            assert [p.strip() for m in told for p in m.text.split("\n\n")] == [p.strip() for p in paragraphs]
        await wordy.close()


def test_the_payloads_that_the_bot_makes_fit_on_a_button():
    longest = [f"{kind}:{said}~{flag}" for kind in IN_QUESTION for said in ("unsure", "not-yet") for flag in RED_FLAGS]
    longest += [f"topic:{'x' * 48}"]  # as long as the desk takes any
    assert max(len(payload.encode()) for payload in longest) <= LONGEST_DATA
