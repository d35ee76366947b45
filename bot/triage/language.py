"""Which language a message is in."""

from functools import lru_cache

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

LANGUAGES = "en es zh hi fr ar bn pt ru ur id de ja tr vi ko it pl nl fa uk ro".split()
# Short English messages look like many languages: another one must be this much likelier.
MARGIN = 0.4


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def language_of(typed: str) -> str:
    """ISO 639-1 code of the message's language; "en" where it cannot be told."""
    if not any(char.isalpha() for char in typed):
        return "en"
    ranked = _detector().compute_language_confidence_values(typed)
    best = ranked[0]
    english = next(r.value for r in ranked if r.language.iso_code_639_1 == IsoCode639_1.EN)
    sure = best.value - english >= MARGIN
    return best.language.iso_code_639_1.name.lower() if sure else "en"
