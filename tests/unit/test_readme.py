"""What the README promises is so: its settings, its make targets, its pictures and links."""

import re

import pytest

from bot.paths import ROOT
from bot.settings import Settings
from scripts.settings_table import settings_table

README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_table_of_settings_is_that_of_the_settings():
    assert settings_table(Settings) in README


def test_every_make_target_named_exists():
    assert set(re.findall(r"`make ([a-z]+)`", README)) <= set(TARGETS)


PAGES = [
    "README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/testing.md", "docs/web.md",
    "docs/telegram.md",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []
