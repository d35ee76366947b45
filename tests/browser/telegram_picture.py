"""A conversation in Telegram, drawn from what a Bot API server on this machine got from the bot."""

from pathlib import Path
from typing import Any, Dict, List

from jinja2 import Template
from playwright.async_api import Browser

from bot.front.bot import Bot
from tests.telegram_peer import Peer, Person, channel, serving_api

PAGE = Template(
    """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; width: 420px; background: #dfe7ea; font: 15px/1.4 system-ui, sans-serif; padding: 12px; box-sizing: border-box }
.said { max-width: 88%; margin: 6px 0; width: fit-content }
.patient { margin-left: auto }
p { margin: 0; padding: 8px 12px; border-radius: 14px; background: #fff; white-space: pre-line }
.patient p { background: #d8f3c8 }
.row { display: flex; gap: 4px; margin-top: 4px }
.row span { flex: 1; text-align: center; background: #6a8798; color: #fff; border-radius: 8px; padding: 6px }
</style>{% for said in talk %}<div class="said {{ said.by }}"><p>{{ said.html }}</p>
{% for row in said.buttons %}<div class="row">{% for title, _ in row %}<span>{{ title }}</span>{% endfor %}</div>{% endfor %}
</div>{% endfor %}"""
)

STEPS = (
    ("says", "How do I store baclofen?", 1),
    ("presses", "Yes, I agree", 2),
    ("presses", "United Kingdom", 1),
    ("says", "my dad had 10 of his pills and hes so sleepy i cant wake him", 1),
)


async def draw(bot: Bot, browser: Browser, folder: Path, picture: Path) -> None:
    """Begins, agrees, asks and frightens; then draws it."""
    async with serving_api() as api, channel(bot, api, folder):
        talk = await _talk(api)
    page = await browser.new_page(viewport={"width": 444, "height": 800}, device_scale_factor=2)
    await page.set_content(PAGE.render(talk=talk))
    await page.screenshot(path=picture, full_page=True)
    await page.close()


async def _talk(api: Peer) -> List[Dict[str, Any]]:
    ann = Person(api, 7_000_001)
    talk: List[Dict[str, Any]] = []
    for act, text, replies in STEPS:
        await getattr(ann, act)(text)
        talk += [{"by": "patient", "html": text}] if act == "says" else []
        for message in [await ann.hears() for _ in range(replies)]:
            talk.append({"by": "bot", "html": message.html, "buttons": message.buttons})
    return talk
