"""Tests of the bot. A package, as some installed ones bring a `tests` of their own."""
