"""Which Chromium the browser tests drive, and how it is started."""

import os
import shutil
from pathlib import Path
from typing import Optional

from playwright.sync_api import sync_playwright

ON_PATH = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> Optional[str]:
    """Path of the browser: the one named by CHROMIUM, one on the machine, or Playwright's own; None without any."""
    named = [os.environ.get("CHROMIUM"), *map(shutil.which, ON_PATH)]
    return next((path for path in named if path), None) or _playwrights_own()


def _playwrights_own() -> Optional[str]:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None
