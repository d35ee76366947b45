"""Every setting that is wrong is named in one line that says what to set."""

from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, load_settings, signing_key


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Settings are read anew, and from no .env file."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


@pytest.mark.parametrize(
    "name, value, says",
    [
        ("BOT_PORT", "0", "greater than or equal to 1"),
        ("BOT_PORT", "99999", "less than or equal to 65535"),
        ("BOT_PORT", "http", "valid integer"),
        ("BOT_COUNTRY", "XX", "set it to a code of data/emergency_numbers.csv"),
        ("BOT_SECRET", "short", "set at least 32 characters"),
        ("BOT_ANSWER_SECONDS", "0", "greater than 0.1"),
        ("BOT_ANSWER_SECONDS", "soon", "valid number"),
        ("BOT_MESSAGE_CHARACTERS", "10", "greater than or equal to 200"),
        ("BOT_SESSION_HOURS", "-1", "greater than 0"),
        ("BOT_CLINICS", "north", "set it to JSON"),
        ("BOT_CLINICS", '["https://north.example"]', "valid dictionary"),
        ("BOT_CLINICS", '{"North": []}', "name clinics in small letters"),
        ("BOT_CLINICS", '{"north": ["http://north.example"]}', "origins like https://north.example"),
        ("BOT_CLINICS", '{"north": ["https://north.example/page"]}', "origins like https://north.example"),
        ("TELEGRAM_BOT_TOKEN", "my bot", "set the token from @BotFather"),
        ("TELEGRAM_API_URL", "telegram", "set the address of a Bot API server"),
        ("PUBLIC_URL", "http://bot.example", "set an https address"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as told:
        load_settings()
    lines = str(told.value).splitlines()
    assert len(lines) == 1 and lines[0].startswith(f"{name}: ") and says in lines[0]


def test_each_wrong_setting_has_its_line(monkeypatch):
    monkeypatch.setenv("BOT_PORT", "0")
    monkeypatch.setenv("BOT_COUNTRY", "XX")
    with pytest.raises(BadSettings) as told:
        load_settings()
    assert {line.partition(":")[0] for line in str(told.value).splitlines()} == {"BOT_PORT", "BOT_COUNTRY"}


@pytest.mark.parametrize("name", ["BOT_SECRET", "TELEGRAM_BOT_TOKEN"])
def test_a_secret_is_never_shown(monkeypatch, name):
    monkeypatch.setenv(name, "short")
    with pytest.raises(BadSettings) as told:
        load_settings()
    assert "'short'" not in str(told.value) and "=short" not in str(told.value)


def test_without_settings_the_bot_is_for_this_machine_alone():
    settings = load_settings()
    assert (settings.host, settings.port, settings.country) == ("127.0.0.1", 5005, "")


def test_a_country_may_be_written_small(monkeypatch):
    monkeypatch.setenv("BOT_COUNTRY", "gb")
    assert load_settings().country == "GB"


def test_clinics_are_known_by_the_origins_of_their_pages(monkeypatch):
    monkeypatch.setenv("BOT_CLINICS", '{"north": ["https://north.example", "http://localhost:8000"]}')
    assert load_settings().clinics == {"north": ["https://north.example", "http://localhost:8000"]}


def test_every_setting_is_described():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_signing_key_is_made_once_for_its_owner_alone(tmp_path):
    first = signing_key(load_settings(), tmp_path)
    assert len(first) >= 32 and signing_key(load_settings(), tmp_path) == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("left", ["", "cut short"])
def test_a_key_that_was_cut_short_is_made_anew(tmp_path, left):
    (tmp_path / "secret").write_text(left, encoding="ascii")
    made = signing_key(load_settings(), tmp_path)
    assert len(made) >= 32 and signing_key(load_settings(), tmp_path) == made
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_where_no_key_can_be_kept_sessions_end_with_the_process():
    nowhere = Path("/proc/nowhere")
    assert len(signing_key(load_settings(), nowhere)) >= 32
    assert signing_key(load_settings(), nowhere) != signing_key(load_settings(), nowhere)
