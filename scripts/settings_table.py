"""Prints the README's table of settings; the source is bot/settings.py alone."""

from typing import Type

from bot.settings import Settings, env_name


def settings_table(settings: Type[Settings]) -> str:
    """A Markdown table: name, default, what it does."""
    rows = [
        f"| `{env_name(name)}` | {_shown(field.default)} | {field.description} |"
        for name, field in settings.model_fields.items()
    ]
    return "\n".join(["| setting | default | what it does |", "| --- | --- | --- |", *rows])


def _shown(default: object) -> str:
    return f"`{default}`" if default != "" else ""


if __name__ == "__main__":
    print(settings_table(Settings))
