"""The commands of the menu, and the questions with buttons that the channel itself asks."""

from typing import List, Tuple

from bot.front.consent import version
from bot.front.reply import Button, Reply
from bot.guidance import Numbers, country_names, phrase
from bot.guidance.phrases import phrases

CONSENT = "telegram_consent"
COMMANDS = ("start", "help", "emergency", "country", "questions", "summary", "privacy", "export", "forget")
LIKELY = {"en": ("US", "GB", "CA", "AU", "IE", "NZ", "IN", "ZA"), "es": ("ES", "MX", "AR", "CO", "CL", "US")}
PLAIN = {"help": "telegram_help", "emergency": "telegram_emergency", "privacy": "telegram_privacy"}


def descriptions(language: str) -> List[Tuple[str, str]]:
    """The commands with what they do, for Telegram's menu."""
    return [(command, phrases(language)[f"telegram_command_{command}"]) for command in COMMANDS]


def welcome(language: str, known: Numbers) -> Reply:
    """What the bot is and is not."""
    return Reply(phrase("telegram_welcome", language, **known.values))


def first_contact(language: str, known: Numbers) -> Reply:
    """The same, and whether what is written may be read and kept."""
    text = f"{welcome(language, known).text}\n\n{phrase(CONSENT, language)}"
    agree = Button(phrase("telegram_agree", language), f"consent:{version(CONSENT)}")
    return Reply(text, (agree, Button(phrase("telegram_decline", language), "consent:no")))


def ask_country(language: str) -> Reply:
    """Likely countries first; one more button shows all."""
    names = {iso: name for name, iso in country_names().items()}
    likely = tuple(Button(names[iso], f"country:{iso}") for iso in LIKELY[language])
    other = Button(phrase("telegram_country_other", language), "countries:all")
    return Reply(phrase("telegram_country", language), (*likely, other))


def ask_any_country(language: str) -> Reply:
    """Every country whose numbers are known."""
    buttons = tuple(Button(name, f"country:{iso}") for name, iso in sorted(country_names().items()))
    return Reply(phrase("telegram_country", language), buttons)


def ask_to_forget(language: str) -> Reply:
    """One question before everything is erased."""
    buttons = tuple(Button(phrase(f"telegram_forget_{said}", language), f"forget:{said}") for said in ("yes", "no"))
    return Reply(phrase("telegram_forget_sure", language), buttons)


def plain(command: str, language: str, known: Numbers) -> Reply:
    """A command that is answered by a phrase."""
    return Reply(phrase(PLAIN[command], language, **known.values))
