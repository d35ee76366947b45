"""`bot run`: the front on its port, and a few plain lines that say what is on and off."""

import logging
import socket

from bot.front.supervisor import Supervisor
from bot.settings import Settings, load_settings


class CannotStart(RuntimeError):
    """The bot cannot start; the message is one line that says what to do."""


def serve() -> None:
    """Serves until it is stopped. Raises CannotStart where the port is taken."""
    settings = load_settings()
    if error := port_error(settings):
        raise CannotStart(error)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    print(opening_lines(settings), flush=True)
    supervisor = Supervisor(settings.answer_seconds, settings.session_hours)
    supervisor.spawn()
    _serve(settings, supervisor)


def _serve(settings: Settings, supervisor: Supervisor) -> None:
    # Imported only now: Rasa loads on the other core while spaCy does here.
    from bot.front.bot import Bot
    from bot.front.limits import Limits
    from bot.front.web.server import Server

    Server(Bot(settings, Limits(), supervisor), host=settings.host, port=settings.port, log_level="warning").run()


def opening_lines(settings: Settings) -> str:
    """What a person who starts the bot wants to know."""
    country = settings.country or "not set: 112 or the local number is shown (BOT_COUNTRY=GB sets it)"
    return "\n".join(
        [
            f"Baclofen triage bot: http://{_shown(settings.host)}:{settings.port}",
            f"  country:  {country}",
            f"  telegram: {_telegram(settings)}",
            "  dialogue: starting; danger signs are answered already",
            "  stop with Ctrl-C",
        ]
    )


def _telegram(settings: Settings) -> str:
    if not settings.telegram_bot_token:
        return "off (TELEGRAM_BOT_TOKEN turns it on)"
    return f"on, by a webhook at {settings.public_url}/telegram" if settings.public_url else "on, by polling"


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0") else host


def port_error(settings: Settings) -> str:
    """Why the front cannot listen on its port, and what to set; '' where it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). Set BOT_PORT to a free port."
    return ""
