"""The guidance text as data: load, look up, cite; scripts; numbers by country."""

from bot.guidance.numbers import Numbers, country_names, numbers_for
from bot.guidance.phrases import other_language, phrase
from bot.guidance.scripts import check_question, emergency_script
from bot.guidance.sections import Section, find_section, load_sections, next_steps, section_asked_for

__all__ = [
    "Numbers",
    "Section",
    "check_question",
    "country_names",
    "emergency_script",
    "find_section",
    "load_sections",
    "next_steps",
    "numbers_for",
    "other_language",
    "phrase",
    "section_asked_for",
]
