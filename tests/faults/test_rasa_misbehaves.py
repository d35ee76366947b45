"""Whatever comes from where Rasa should be: danger is answered at once, all else by the safety net."""

import asyncio
import json

import pytest
from aiohttp import web

from tests.faults.conftest import always, peer

WELL = {"text": "Baclofen relaxes muscles.", "recipient_id": "cli:1"}
NOTHING = [
    [], {}, None, 0, "hello", [None], [[]], [{}], [{"text": None}], [{"text": ""}], [{"text": " \n"}], [{"text": 5}], [{"text": ["a"]}],
    [{"image": "https://example.org/cat.png"}], [{"custom": {"sections": ["storage"]}}], {"error": "busy"}, [{"buttons": [{"title": "a", "payload": "b"}]}],
]  # fmt: skip
ODD = [
    [{**WELL, "buttons": None}],
    [{**WELL, "buttons": 5}],
    [{**WELL, "buttons": [None, 5, {}, {"title": "a"}, {"payload": "b"}]}],
    [{**WELL, "custom": None}],
    [{**WELL, "custom": []}],
    [{**WELL, "custom": {"sections": None}}],
    [{**WELL, "custom": {"sections": 5}}],
    [{**WELL, "custom": {"sections": [{"a": "b"}]}}],
    [None, WELL, 5],
]
BODIES = {
    "no JSON": b"<html>502 Bad Gateway</html>",
    "nothing": b"",
    "no UTF-8": b'[{"text": "\xff\xfe"}]',
    "half of it": b'[{"text": "Baclofen',
    "nested too deep": b"[" * 100_000 + b"]" * 100_000,
    "not a number": b'[{"text": NaN}]',
}


async def never(request):
    """No answer that anybody waits for."""
    await asyncio.sleep(60)


async def check(patient, answer):
    """Before a Rasa that answers so."""
    async with peer(answer) as address:
        one = patient(address)
        await one.is_safe()
        two = patient(address)
        await two.gets_the_safety_net()
        await two.is_safe()


@pytest.mark.parametrize("said", NOTHING, ids=json.dumps)
async def test_it_answers_nothing_that_can_be_read(patient, said):
    await check(patient, always(lambda: web.json_response(said)))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_it_answers_garbage(patient, body):
    await check(patient, always(lambda: web.Response(body=body, content_type="application/json")))


@pytest.mark.parametrize("status", [204, 301, 400, 401, 404, 413, 429, 500, 502, 503])
async def test_it_answers_an_error(patient, status):
    headers = {"Location": "/elsewhere"} if status == 301 else {}
    await check(patient, always(lambda: web.Response(status=status, headers=headers)))


async def test_it_never_answers(patient):
    await check(patient, never)


async def test_it_answers_drop_by_drop(patient):
    async def drip(request):
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    await check(patient, drip)


async def test_it_hangs_up(patient):
    async def hang_up(request):
        request.transport.abort()

    await check(patient, hang_up)


async def test_it_hangs_up_in_the_middle(patient):
    async def stop(request):
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'[{"text": "Baclofen')
        request.transport.abort()
        return response

    await check(patient, stop)


async def test_it_is_no_web_server_at_all(patient):
    async def serve(reader, writer):
        writer.write(b"\x00\x01SSH-2.0 hello\r\n")
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        one = patient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await one.gets_the_safety_net()
        await one.is_safe()


async def test_nobody_is_there(patient):
    one = patient()
    await one.gets_the_safety_net()
    await one.is_safe()


@pytest.mark.parametrize("said", ODD, ids=json.dumps)
async def test_what_can_be_read_is_shown_whatever_stands_around_it(patient, said):
    async with peer(always(lambda: web.json_response(said))) as address:
        one = patient(address)
        await one.chat.says("what is baclofen")
        assert one.chat.text == WELL["text"] and one.chat.answer.buttons == ()


async def test_while_one_patient_waits_another_is_answered_at_once(patient):
    async with peer(never) as address:
        waits, hurries = patient(address, seconds=3), patient(address)
        waiting = asyncio.create_task(waits.gets_the_safety_net())
        await asyncio.sleep(0.1)
        await hurries.is_safe()
        assert not waiting.done()
        await waiting


async def test_while_an_answer_is_awaited_the_same_patient_is_answered_at_once(patient):
    """Rasa would hold the second message behind the first."""
    async with peer(never) as address:
        one = patient(address, seconds=2)
        waiting = asyncio.create_task(one.chat.desk.turn(one.chat.name, "what is baclofen"))
        await asyncio.sleep(0.1)
        await one.is_safe()
        assert not waiting.done()
        await waiting
        await one.chat.says("thanks")
        one.chat.sees("Has someone called 999?")
