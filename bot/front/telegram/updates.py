"""What arrives from Telegram, sorted into what the bot answers."""

import logging
from dataclasses import dataclass
from typing import Any, Dict, Optional

from telegram import CallbackQuery, Chat, Message, Update
from telegram.constants import ChatType, MessageType, UpdateType

from bot.front.telegram.privacy import Privacy

log = logging.getLogger(__name__)

WANTED = [
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.CHANNEL_POST,
    UpdateType.MY_CHAT_MEMBER,
    UpdateType.INLINE_QUERY,
    UpdateType.SHIPPING_QUERY,
    UpdateType.PRE_CHECKOUT_QUERY,
]
TEXT, COMMAND, PRESS, UNREADABLE, STRANGERS, INLINE, PAYMENT, SILENCE = (
    "text",
    "command",
    "press",
    "unreadable",
    "strangers",
    "inline",
    "payment",
    "silence",
)
HEARD, SEEN, PLACE = "telegram_cannot_hear", "telegram_cannot_see", "telegram_cannot_place"
UNREADABLE_SAYS = {
    **dict.fromkeys((MessageType.VOICE, MessageType.AUDIO, MessageType.VIDEO_NOTE), HEARD),
    **dict.fromkeys(
        (
            MessageType.PHOTO,
            MessageType.VIDEO,
            MessageType.ANIMATION,
            MessageType.LIVE_PHOTO,
            MessageType.DOCUMENT,
            MessageType.PAID_MEDIA,
            MessageType.STORY,
        ),
        SEEN,
    ),
    **dict.fromkeys((MessageType.LOCATION, MessageType.VENUE), PLACE),
}
WORDS_ONLY = "telegram_words_only"  # stickers, dice, polls, contacts, and what Telegram may invent
CONTENT = (
    MessageType.CHECKLIST,
    MessageType.CONTACT,
    MessageType.DICE,
    MessageType.GAME,
    MessageType.GIVEAWAY,
    MessageType.INVOICE,
    MessageType.PASSPORT_DATA,
    MessageType.POLL,
    MessageType.STICKER,
    MessageType.WEB_APP_DATA,
)
PROPERTIES = (
    MessageType.TEXT,
    MessageType.EFFECT_ID,
    MessageType.REPLY_TO_STORY,
    MessageType.SENDER_BOOST_COUNT,
    MessageType.SENDER_BUSINESS_BOT,
    MessageType.BUSINESS_CONNECTION_ID,
)
# Said by Telegram about a chat, not by a person to the bot.
SERVICE = tuple(kind for kind in MessageType if kind not in (*UNREADABLE_SAYS, *CONTENT, *PROPERTIES))


@dataclass(frozen=True)
class Incoming:
    """One update as the bot takes it.

    `chat` is Telegram's id and `name` the conversation's. `text` is what was typed, the title of a
    pressed button, or the phrase that answers what cannot be read; `payload` what the button carries, or
    the name of a command; `before` the message that a bot's question with buttons was a reply to.
    `query` is the id that an answer to a press, an inline query or a payment names. `note` is the phrase
    about what came with the words.
    """

    id: int
    kind: str = SILENCE
    chat: int = 0
    name: str = ""
    text: str = ""
    payload: str = ""
    before: str = ""
    query: str = ""
    note: str = ""
    message: int = 0
    language: str = "en"


def read(raw: Dict[str, Any], privacy: Privacy) -> Incoming:
    """What the update is; what makes no sense to us is answered as words that cannot be read where a
    person sent it, and left alone elsewhere."""
    number = raw["update_id"]
    try:
        update = Update.de_json(raw, None)
        found = _fields(update)
    except Exception as error:  # a kind of update that this version of the library cannot read
        log.warning("an update cannot be read (%s)", type(error).__name__)
        found = _broken(raw)
    chat = found.get("chat", 0)
    return Incoming(id=number, name=privacy.name(chat) if chat else "", **found)


def _fields(update: Update) -> Dict[str, Any]:
    if update.callback_query:
        return _press(update.callback_query)
    if update.inline_query:
        return {"kind": INLINE, "query": update.inline_query.id}
    payment = update.pre_checkout_query or update.shipping_query
    if payment:
        return {"kind": PAYMENT, "query": payment.id, "payload": "shipping" if update.shipping_query else ""}
    if update.my_chat_member:
        joined = update.my_chat_member.new_chat_member.status in ("member", "administrator")
        return _strangers(update.my_chat_member.chat) if joined else {}
    if update.edited_message and not (update.edited_message.text or update.edited_message.caption):
        return {}  # a place that moves, a picture that was exchanged
    message = update.message or update.edited_message or update.channel_post
    return _message(message) if message else {}


def _message(message: Message) -> Dict[str, Any]:
    if message.chat.type != ChatType.PRIVATE:
        return {} if _present(message, SERVICE) else _strangers(message.chat)
    said = {"chat": message.chat.id, "message": message.message_id, "language": _language(message.from_user)}
    if message.text is not None:
        return {**said, **_typed(message.text)}
    unreadable = next((says for kind, says in UNREADABLE_SAYS.items() if _present(message, [kind])), WORDS_ONLY)
    if message.caption:
        return {**said, "kind": TEXT, "text": message.caption, "note": unreadable}
    if unreadable == WORDS_ONLY and _present(message, SERVICE) and not _present(message, CONTENT):
        return {}
    return {**said, "kind": UNREADABLE, "text": unreadable}


def _typed(text: str) -> Dict[str, Any]:
    """A command stands alone; beside a command's name only /start's own key may stand."""
    name, _, rest = text.partition(" ")
    if name.startswith("/") and (not rest or name == "/start" and " " not in rest):
        return {"kind": COMMAND, "text": text, "payload": name[1:].partition("@")[0].lower()}
    return {"kind": TEXT, "text": text}


def _press(query: CallbackQuery) -> Dict[str, Any]:
    pressed = {
        "kind": PRESS,
        "chat": query.message.chat.id if query.message else query.from_user.id,
        "query": query.id,
        "payload": query.data or "",
        "language": _language(query.from_user),
    }
    if not isinstance(query.message, Message):  # too old for Telegram to show it
        return pressed
    keys = [
        key for row in (query.message.reply_markup.inline_keyboard if query.message.reply_markup else ()) for key in row
    ]
    title = next((key.text for key in keys if key.callback_data == query.data), "")
    asked = query.message.reply_to_message
    return {**pressed, "text": title, "before": (asked.text or asked.caption or "") if asked else ""}


def _strangers(chat: Chat) -> Dict[str, Any]:
    """A group or channel: explained to and left. Joining a private chat needs no answer."""
    if chat.type == ChatType.PRIVATE:
        return {}
    return {"kind": STRANGERS, "chat": chat.id, "text": "" if chat.type == ChatType.CHANNEL else "telegram_group"}


def _present(message: Message, kinds: Any) -> bool:
    return any(getattr(message, kind.value, None) for kind in kinds)


def _language(user: Optional[Any]) -> str:
    return (getattr(user, "language_code", None) or "en")[:2]


def _broken(raw: Dict[str, Any]) -> Dict[str, Any]:
    message = raw.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(chat, dict) or chat.get("type") != "private" or not isinstance(chat.get("id"), int):
        return {}
    text = message.get("text") if isinstance(message, dict) else None
    if isinstance(text, str):
        return {"chat": chat["id"], "kind": TEXT, "text": text}
    return {"chat": chat["id"], "kind": UNREADABLE, "text": WORDS_ONLY}
