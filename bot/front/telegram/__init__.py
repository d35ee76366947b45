"""Telegram: updates in, replies out by an outbox, by polling or a webhook."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # else python-telegram-bot warns at every 429
