"""Loads every reviewed data file by the loader that the bot uses; a wrong one ends the check."""

from typing import Any, Callable, Dict

from bot.front.bot import load_canaries
from bot.front.turn.follow_up import load_follow_ups, load_recall
from bot.guidance.flows import load_flows
from bot.guidance.numbers import load_numbers
from bot.guidance.phrases import COMPLETE, phrases
from bot.guidance.scripts import load_script
from bot.guidance.sections import load_next_steps, load_sections
from bot.training.messages import load_messages
from bot.triage.assessment import RED_FLAGS
from bot.triage.rules import load_rules

DATA: Dict[str, Callable[[], Any]] = {
    "signs in the rules": lambda: load_rules().signs,
    "canaries": load_canaries,
    "guidance sections": load_sections,
    "next steps": load_next_steps,
    "scripts": lambda: [load_script(flag, language) for flag in RED_FLAGS for language in COMPLETE],
    "flows": load_flows,
    "follow-ups": lambda: load_follow_ups()[1],
    "things to recall": load_recall,
    "phrases": lambda: [key for language in COMPLETE for key in phrases(language)],
    "countries": load_numbers,
    "training messages": load_messages,
}


def check_phrases() -> None:
    """Every language has the same phrases."""
    first, *others = (set(phrases(language)) for language in COMPLETE)
    for other in others:
        if first != other:
            raise SystemExit(f"phrases missing in one language: {sorted(first ^ other)}")


if __name__ == "__main__":
    check_phrases()
    print("; ".join(f"{len(load())} {name}" for name, load in DATA.items()))
