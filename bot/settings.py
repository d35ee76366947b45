"""Every setting in one place: from the environment or a .env file, checked at start."""

import json
import re
import secrets
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Dict, List, Optional

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.guidance.numbers import load_numbers
from bot.paths import ROOT

SHORTEST_KEY = 32  # characters
CLINIC = re.compile(r"[a-z0-9-]{1,40}")
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d+)?|http://(localhost|127\.0\.0\.1)(:\d+)?")


class BadSettings(ValueError):
    """A setting is wrong; the message names it and says what to set."""


class Settings(BaseSettings):
    """What a clinic can set. Each field's description is the README's table of settings."""

    model_config = SettingsConfigDict(env_prefix="BOT_", env_file=ROOT / ".env", extra="ignore", populate_by_name=True)

    host: str = Field("127.0.0.1", description="Address the front listens on.")
    port: int = Field(5005, ge=1, le=65535, description="Port the front listens on.")
    country: str = Field(
        "",
        description="ISO code of the country whose emergency numbers are shown, e.g. `GB`; empty: 112 or the local number.",
    )
    database: str = Field("sqlite:///var/bot.db", description="SQLAlchemy address of the conversation memory.")
    secret: str = Field(
        "", description="Key that signs sessions, at least 32 characters; empty: made once and kept in var/secret."
    )
    answer_seconds: float = Field(
        4.0, gt=0.1, le=30, description="How long a patient waits for Rasa before the safety net answers."
    )
    message_characters: int = Field(
        2000, ge=200, description="Longer messages are read whole for danger signs, and answered by their beginning."
    )
    session_hours: float = Field(24.0, gt=0, description="A conversation that rests longer is forgotten.")
    clinics: Annotated[Dict[str, List[str]], NoDecode] = Field(
        {},
        description="Clinics whose pages may show the chat, each with the origins of its pages, "
        'as JSON: `{"north": ["https://north.example"]}`.',
    )

    @field_validator("clinics", mode="before")
    @classmethod
    def _from_json(cls, value: Any) -> Any:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            raise ValueError('set it to JSON, e.g. {"north": ["https://north.example"]}') from error

    @field_validator("clinics")
    @classmethod
    def _known_by_origin(cls, value: Dict[str, List[str]]) -> Dict[str, List[str]]:
        wrong = [name for name in value if not CLINIC.fullmatch(name)]
        wrong += [origin for origins in value.values() for origin in origins if not ORIGIN.fullmatch(origin)]
        if wrong:
            raise ValueError(f"{wrong[0]!r}: name clinics in small letters, their origins like https://north.example")
        return value

    telegram_bot_token: str = Field(
        "",
        validation_alias="TELEGRAM_BOT_TOKEN",
        repr=False,
        description="Token from @BotFather; set, the bot answers in Telegram too.",
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        validation_alias="TELEGRAM_API_URL",
        description="Address of another Bot API server, e.g. one of your own.",
    )
    public_url: str = Field(
        "",
        validation_alias="PUBLIC_URL",
        description="Where the world reaches the front by https; set, Telegram brings updates there, else the bot fetches them.",
    )

    @field_validator("country")
    @classmethod
    def _known_country(cls, value: str) -> str:
        if value and value.upper() not in load_numbers():
            raise ValueError("set it to a code of data/emergency_numbers.csv, e.g. GB, or leave it empty")
        return value.upper()

    @field_validator("secret")
    @classmethod
    def _long_secret(cls, value: str) -> str:
        if value and len(value) < SHORTEST_KEY:
            raise ValueError(f"set at least {SHORTEST_KEY} characters, or leave it empty")
        return value

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_of_botfather(cls, value: str) -> str:
        if value and not re.fullmatch(r"\d+:[\w-]+", value):
            raise ValueError("set the token from @BotFather: digits, a colon, letters")
        return value

    @field_validator("telegram_api_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^/\s]+.*", value):
            raise ValueError("set the address of a Bot API server, e.g. https://api.telegram.org")
        return value.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _https_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https://[^/\s]+.*", value):
            raise ValueError("set an https address, as Telegram brings updates by https alone, or leave it empty")
        return value.rstrip("/")


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings. Raises BadSettings with one line for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{env_name('_'.join(map(str, e['loc'])))}: {e['msg']}" for e in error.errors()]
        raise BadSettings("\n".join(lines)) from error


def env_name(field: str) -> str:
    """The name that a setting has in the environment."""
    known = Settings.model_fields.get(field)
    alias = known.validation_alias if known else field
    return str(alias or f"{Settings.model_config['env_prefix']}{field.upper()}")


def signing_key(settings: Settings, folder: Optional[Path] = None) -> str:
    """The key of the settings, else the one kept in var/, made at the first start."""
    if settings.secret:
        return settings.secret
    kept = (folder or ROOT / "var") / "secret"
    try:
        return _kept_key(kept) or _new_key(kept)
    except OSError:  # a full or read-only disk must not silence the bot; sessions then end with the process
        return secrets.token_urlsafe(48)


def _kept_key(kept: Path) -> str:
    """The key in the file; '' where there is none or it was cut short, as by a full disk."""
    key = kept.read_text(encoding="ascii") if kept.exists() else ""
    return key if len(key) >= SHORTEST_KEY else ""


def _new_key(kept: Path) -> str:
    """A new key, written aside and moved into place whole."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="ascii", dir=kept.parent, prefix=".secret", delete=False) as file:
        aside = Path(file.name)  # readable by its owner alone
        try:
            file.write(secrets.token_urlsafe(48))
            file.flush()
        except OSError:
            aside.unlink()
            raise
    aside.replace(kept)
    return kept.read_text(encoding="ascii")
