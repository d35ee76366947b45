"""A Bot API server on this machine, over real HTTP, and people who write through it.

It refuses what Telegram refuses, and misbehaves when it is told to.
"""

import asyncio
import json
import re
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from html import escape
from html.parser import HTMLParser
from typing import Any, Callable, Dict, List, Optional, Tuple

import aiohttp
from aiohttp import web

from bot.front.consent import Consents
from bot.front.database import Database
from bot.front.history import History
from bot.front.memory import Memory
from bot.front.telegram.channel import SECRET_HEADER, Telegram
from bot.front.telegram.outbox import Pace
from tests.harness import SECRET, settings, until

TOKEN = "123456:only-the-tests-have-this-token"
QUICK = Pace(
    any_two=0.0,
    one_chat=0.0,
    first_pause=0.05,
    longest_pause=0.2,
    danger_pause=0.1,
    request=0.5,
    poll=1.0,
    stop=0.5,
)
TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote"}
PATIENCE = 10.0  # seconds for an answer to arrive


@dataclass
class Sent:
    """A message as the person sees it; `at` is the time of its arrival."""

    id: int
    chat: int
    text: str
    html: str = ""
    buttons: List[List[Tuple[str, str]]] = field(default_factory=list)
    silent: bool = False
    reply_to: Optional[int] = None
    formatted: bool = False
    document: str = ""
    at: float = field(default_factory=time.monotonic)

    @property
    def titles(self) -> List[str]:
        """Titles of the buttons."""
        return [title for row in self.buttons for title, _ in row]


class Refused(Exception):
    """What Telegram would not take."""

    def __init__(self, status: int, says: str, **parameters: Any):
        super().__init__(says)
        self.status, self.says, self.parameters = status, says, parameters


class Peer:
    """The server. `sent` holds what people see, `calls` every call of a method with its fields."""

    def __init__(self) -> None:
        self.sent: List[Sent] = []
        self.calls: List[Tuple[str, Dict[str, str]]] = []
        self.faults: List[Tuple[str, Callable[[web.Request, Callable[[], Any]], Any]]] = []
        self.down = False
        self.lacks: Tuple[str, ...] = ()
        self.webhook = ""
        self.secret = ""
        self.ahead = 0.0  # seconds that its clock is
        self.error = ""  # what the webhook last failed with
        self.front = ""  # where the webhook's address leads, as a proxy with TLS does
        self.address = ""
        self.acknowledged_up_to = 0
        self.handed: Dict[int, float] = {}  # when an update was first handed to the bot
        self._updates: List[Dict[str, Any]] = []
        self._arrived = asyncio.Condition()
        self._next = 1

    def number(self) -> int:
        """A number that nothing else has."""
        self._next += 1
        return self._next

    def called(self, method: str) -> List[Dict[str, str]]:
        """The fields of each call of the method."""
        return [fields for name, fields in self.calls if name == method]

    def fails(self, method: str, how: Any, times: int = 1) -> None:
        """The next calls of the method go wrong in this way."""
        self.faults += [(method, how)] * times

    async def deliver(self, update: Dict[str, Any]) -> Optional[int]:
        """Brings an update to the bot; the status that its webhook answered."""
        if self.webhook:
            return await self.post(update, self.secret)
        async with self._arrived:
            self._updates.append(update)
            self._arrived.notify_all()
        return None

    async def post(self, update: Any, secret: Optional[str]) -> int:
        """Posts to the webhook as Telegram does, with this secret."""
        headers = {SECRET_HEADER: secret} if secret is not None else {}
        post = aiohttp.request("POST", f"{self.front}/telegram", json=update, headers=headers)
        async with post as response:
            return response.status

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any call of the API."""
        if self.down:
            assert request.transport
            request.transport.close()
            return web.Response()
        method, token = request.match_info["method"], request.match_info["token"]
        fields: Dict[str, Any] = dict(await request.post())
        self.calls.append((method, fields))
        fault = next((f for f in self.faults if f[0].lower() == method.lower()), None)

        async def answer() -> web.StreamResponse:
            return await self._answer(token, method, fields)

        if fault:
            self.faults.remove(fault)
            return await fault[1](request, answer)
        return await answer()

    async def root(self, request: web.Request) -> web.Response:
        """What stands at the bare address; its date is what counts."""
        return web.Response(status=404, headers={"Date": formatdate(time.time() + self.ahead, usegmt=True)})

    async def _answer(self, token: str, method: str, fields: Dict[str, Any]) -> web.StreamResponse:
        try:
            if token != TOKEN:
                raise Refused(401, "Unauthorized")
            act = getattr(self, f"_{method.lower()}", None)
            if act is None or method in self.lacks:
                raise Refused(404, "Not Found")
            return web.json_response({"ok": True, "result": await act(fields)})
        except Refused as error:
            return refusal(error)

    async def _getme(self, fields: Dict[str, Any]) -> Any:
        return {"id": 123456, "is_bot": True, "first_name": "Baclofen", "username": "baclofen_bot"}

    async def _getupdates(self, fields: Dict[str, Any]) -> Any:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(fields["offset"])
        self.acknowledged_up_to = max(offset, self.acknowledged_up_to)
        self._updates = [u for u in self._updates if u["update_id"] >= offset]
        async with self._arrived:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._arrived.wait_for(lambda: bool(self._updates)), float(fields["timeout"]))
        handed = self._updates[:100]
        self.handed = {**dict.fromkeys((u["update_id"] for u in handed), time.monotonic()), **self.handed}
        return handed

    async def _setwebhook(self, fields: Dict[str, Any]) -> Any:
        if not fields["url"].startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[\w-]{1,256}", fields["secret_token"]):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook, self.secret = fields["url"], fields["secret_token"]
        return True

    async def _deletewebhook(self, fields: Dict[str, Any]) -> Any:
        self.webhook = ""
        return True

    async def _getwebhookinfo(self, fields: Dict[str, Any]) -> Any:
        known = {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self._updates)}
        failed = {"last_error_date": int(time.time()), "last_error_message": self.error} if self.error else {}
        return {**known, **failed}

    async def _getmycommands(self, fields: Dict[str, Any]) -> Any:
        last = self.called("setMyCommands")
        return json.loads(last[-1]["commands"]) if last else []

    async def _done(self, fields: Dict[str, Any]) -> Any:
        return True

    _setmycommands = _setmydescription = _sendchataction = _answercallbackquery = _leavechat = _done
    _answerinlinequery = _answerprecheckoutquery = _answershippingquery = _done

    async def _sendmessage(self, fields: Dict[str, Any]) -> Any:
        formatted = fields.get("parse_mode") == "HTML"
        text = plain(fields["text"]) if formatted else fields["text"]
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refused(400, "Bad Request: message is too long")
        html = fields["text"] if formatted else escape(text)
        return self._kept(
            fields, text=text, html=html, buttons=keyboard(fields.get("reply_markup")), formatted=formatted
        )

    async def _senddocument(self, fields: Dict[str, Any]) -> Any:
        document = fields["document"].file.read().decode()
        return self._kept(fields, text=fields.get("caption", ""), document=document)

    def _kept(self, fields: Dict[str, Any], **seen: Any) -> Dict[str, Any]:
        chat, reply = int(fields["chat_id"]), json.loads(fields.get("reply_parameters", "{}"))
        silent = fields.get("disable_notification", "false").lower() == "true"
        self.sent.append(Sent(self.number(), chat, silent=silent, reply_to=reply.get("message_id"), **seen))
        return as_message(self.sent[-1])


def refusal(error: Refused) -> web.Response:
    """The answer of the API to what it does not take."""
    body = {"ok": False, "error_code": error.status, "description": error.says}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.status)


def refuses(status: int, says: str = "no", **parameters: Any) -> Any:
    """A fault: the API answers so."""

    async def fault(request: web.Request, answer: Any) -> Any:
        return refusal(Refused(status, says, **parameters))

    return fault


async def times_out(request: web.Request, answer: Any) -> Any:
    """A fault: nothing comes back in time."""
    await asyncio.sleep(2 * QUICK.request)
    return web.Response()


async def breaks_off(request: web.Request, answer: Any) -> Any:
    """A fault: the message is taken, and the connection cut within the answer."""
    await answer()
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"ok": true, "resu')
    assert request.transport
    request.transport.close()
    return response


async def talks_nonsense(request: web.Request, answer: Any) -> Any:
    """A fault: a page of a proxy instead of an answer."""
    return web.Response(text="<html>Bad gateway</html>", status=502)


class _Plain(HTMLParser):
    """Reads HTML as strictly as Telegram."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.open = "", []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in TAGS:
            raise Refused(400, f"Bad Request: can't parse entities: unsupported start tag {tag!r}")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refused(400, "Bad Request: can't parse entities: unexpected end tag")

    def handle_data(self, data: str) -> None:
        self.text += data


def plain(html: str) -> str:
    """What is seen of the HTML."""
    reader = _Plain()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise Refused(400, "Bad Request: can't parse entities: can't find end tag")
    return reader.text


def keyboard(markup: Optional[str]) -> List[List[Tuple[str, str]]]:
    """Titles and payloads of the buttons."""
    rows = json.loads(markup)["inline_keyboard"] if markup else []
    for key in (key for row in rows for key in row):
        if not key["text"] or not 1 <= len(key.get("callback_data", "").encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    if len(rows) > 100 or any(len(row) > 8 for row in rows):
        raise Refused(400, "Bad Request: REPLY_MARKUP_INVALID")
    return [[(key["text"], key["callback_data"]) for key in row] for row in rows]


def as_message(sent: Sent) -> Dict[str, Any]:
    """A message of the bot as Telegram gives it back."""
    message: Dict[str, Any] = {
        "message_id": sent.id,
        "date": int(time.time()),
        "chat": {"id": sent.chat, "type": "private", "first_name": "Ann"},
        "from": {"id": 123456, "is_bot": True, "first_name": "Baclofen"},
        "text": sent.text,
    }
    if sent.buttons:
        rows = [[{"text": title, "callback_data": data} for title, data in row] for row in sent.buttons]
        message["reply_markup"] = {"inline_keyboard": rows}
    return message


class Person:
    """Someone who writes to the bot in a private chat."""

    def __init__(self, peer: Peer, chat: int, language: str = "en"):
        self.peer, self.chat = peer, chat
        self._user = {"id": chat, "is_bot": False, "first_name": "Ann", "language_code": language}
        self._own: Dict[int, str] = {}
        self._read = 0

    async def says(self, text: str, kind: str = "message", **more: Any) -> Dict[str, Any]:
        """The person types."""
        return await self.sends(kind, text=text, **more)

    async def sends(self, kind: str = "message", **content: Any) -> Dict[str, Any]:
        """A message with this content, as an update of this kind."""
        message = {
            "message_id": self.peer.number(),
            "date": int(time.time()),
            "chat": {"id": self.chat, "type": "private", "first_name": "Ann"},
            "from": self._user,
            **content,
        }
        self._own[message["message_id"]] = content.get("text", "")
        return await self.update(**{kind: message})

    async def update(self, **content: Any) -> Dict[str, Any]:
        """Any update."""
        update = {"update_id": self.peer.number(), **content}
        await self.peer.deliver(update)
        return update

    async def presses(self, title: str, message: Optional[Sent] = None) -> Dict[str, Any]:
        """The person presses a button, of the last message that has it unless told otherwise."""
        shown = message or next(m for m in reversed(self.messages) if title in m.titles)
        data = next(data for row in shown.buttons for shows, data in row if shows == title)
        original = as_message(shown)
        if shown.reply_to in self._own:
            text = self._own[shown.reply_to]
            original["reply_to_message"] = {**original, "message_id": shown.reply_to, "text": text}
            del original["reply_to_message"]["reply_markup"]
        query = {"id": str(self.peer.number()), "from": self._user, "chat_instance": "1", "data": data}
        return await self.update(callback_query={**query, "message": original})

    @property
    def messages(self) -> List[Sent]:
        """All that the person got."""
        return [sent for sent in self.peer.sent if sent.chat == self.chat]

    async def hears(self, *words: str) -> Sent:
        """The next message, which holds these words."""
        await until(lambda: asyncio.sleep(0, len(self.messages) > self._read), PATIENCE)
        message = self.messages[self._read]
        self._read += 1
        for said in words:
            assert said.lower() in message.text.lower(), f"{said!r} is not in {message.text!r}"
        return message

    async def hears_nothing_more(self, seconds: float = 0.3) -> None:
        """No message comes."""
        await asyncio.sleep(seconds)
        assert [message.text for message in self.messages[self._read :]] == []

    async def arrives(self) -> "Person":
        """Begins, agrees and chooses Britain."""
        await self.says("/start")
        await self.hears("Hello")
        await self.presses("Yes, I agree")
        await self.hears("Which country")
        await self.presses("United Kingdom")
        await self.hears("999")
        return self


@asynccontextmanager
async def serving_api() -> Any:
    """The server, on a free port."""
    peer = Peer()
    app = web.Application()
    app.router.add_get("/", peer.root)
    app.router.add_post("/bot{token}/{method}", peer.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handle_signals=False, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    peer.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield peer
    finally:
        with suppress(asyncio.TimeoutError):
            await runner.cleanup()


@asynccontextmanager
async def channel(bot: Any, peer: Peer, folder: Any, pace: Pace = QUICK, public_url: str = "", **desk: Any) -> Any:
    """The bot's Telegram channel before this server, with a memory of its own in the folder."""
    set_up = settings(folder, telegram_bot_token=TOKEN, telegram_api_url=peer.address, public_url=public_url)
    database = Database(set_up.database)
    database.open()
    own = replace(bot.desk, memory=Memory(database, 24), history=History(database), **desk)
    telegram = Telegram(set_up, SECRET, own, Consents(database), pace)
    try:
        async with telegram.running():
            yield telegram
    finally:
        database.close()
