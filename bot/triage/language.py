"""Which language a message is in."""

import re
from functools import lru_cache

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from bot.triage.text import without_look_alikes

LANGUAGES = "en es zh hi fr ar bn pt ru ur id de ja tr vi ko it pl nl fa uk ro".split()
# Short English messages look like many languages: another one must be this much likelier. Spanish
# needs less, as its scripts and phrases are there.
MARGIN, MARGIN_SPANISH = 0.6, 0.25
# Short Spanish messages look like other languages too; these words settle it where no English one stands.
SPANISH = re.compile(
    r"\b(?:mi|la|las|el|los|una?|est[aá]n?|tengo|tiene|tom[oóeé]|no puede|puede|puedo|respira|espos[ao]|mam[aá]|pap[aá]|hij[oa]"
    r"|abuel[oa]|bomba|pastillas?|medicina|fiebre|duele|dolor|cuando|como|qu[eé]|por|para|con|sin|muy|ahora|ayer|hoy|se|le|del)\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"\b(?:the|is|are|my|i|im|he|she|it|to|of|and|what|can|do|does|have|has|with|not|for|on|in|you)\b", re.IGNORECASE
)
ENOUGH = 2  # Spanish words
# Names of medicines, doses and numbers belong to no language.
NO_LANGUAGE = re.compile(r"\b(?:baclof\w*|lioresal|gablofen|[a-z]*\d[\w.]*)\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def language_of(typed: str) -> str:
    """ISO 639-1 code of the message's language; "en" where it cannot be told."""
    words = NO_LANGUAGE.sub(" ", without_look_alikes(typed))
    if not any(char.isalpha() for char in words):
        return "en"
    if len(SPANISH.findall(words)) >= ENOUGH and not ENGLISH.search(words):
        return "es"
    ranked = _detector().compute_language_confidence_values(words)
    best = ranked[0]
    english = next(r.value for r in ranked if r.language.iso_code_639_1 == IsoCode639_1.EN)
    code = best.language.iso_code_639_1.name.lower()
    sure = best.value - english >= (MARGIN_SPANISH if code == "es" else MARGIN)
    return code if sure else "en"
