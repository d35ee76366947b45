"""How a message speaks of a sign: medspaCy's ConText engine with lay cues of our own."""

import sys
import types
from typing import Dict, Iterable, List, Sequence, Tuple

from bot.triage.assessment import FIGURE, HYPOTHETICAL, NEGATED, PAST, PRESENT
from bot.triage.rules import Cue, Sign

# medspaCy imports QuickUMLS (nltk, scipy) for a component that is not used here: half a second.
_unused = types.ModuleType("quickumls")
_unused.spacy_component = None  # type: ignore[attr-defined]
sys.modules.setdefault("quickumls", _unused)

import spacy  # noqa: E402
from loguru import logger  # noqa: E402
from medspacy.context import ConText, ConTextModifier, ConTextRule  # noqa: E402
from spacy.tokens import Doc, Span  # noqa: E402

logger.disable("PyRuSH")
GROUP = "signs"
NOW = "now"
PSEUDO = "PSEUDO"
# The first of these that a cue asserts decides; "now" takes a past cue back.
ORDER = (FIGURE, NEGATED, HYPOTHETICAL, PAST)


class Context:
    """Tells for each sign found in a stretch of plain text how the words around it mean it."""

    def __init__(self, cues: Iterable[Cue], signs: Sequence[Sign]):
        self._nlp = spacy.blank("xx")
        self._nlp.add_pipe("sentencizer")
        self._engine = ConText(
            self._nlp,
            rules=None,
            span_attrs=None,
            input_span_type="group",
            span_group_name=GROUP,
            prune_on_modifier_overlap=False,
            prune_on_target_overlap=True,
        )
        inabilities = {sign.id.upper() for sign in signs if sign.inability}
        self._engine.add([_rule(cue, inabilities) for cue in cues])

    def standings(self, plain: str, found: Sequence[Tuple[Sign, int, int]]) -> List[Tuple[str, Tuple[str, ...]]]:
        """Standing and cue words of each (sign, start, end) in `plain`, in the same order."""
        doc = self._nlp(plain)
        spans = [_span(doc, sign, start, end) for sign, start, end in found]
        doc.spans[GROUP] = spans
        self._engine(doc)
        pseudo = [m for m in doc._.context_graph.modifiers if m.direction == PSEUDO]
        return [_standing(span, pseudo) for span in doc.spans[GROUP]]


def _rule(cue: Cue, inabilities) -> ConTextRule:
    spared = {name.upper() for name in cue.spares}
    if cue.category == NEGATED:
        spared |= inabilities
    return ConTextRule(
        literal=cue.category,
        category=cue.category.upper(),
        pattern=cue.pattern,
        direction=cue.direction.upper(),
        max_scope=cue.scope,
        excluded_types=spared or None,
    )


def _span(doc: Doc, sign: Sign, start: int, end: int) -> Span:
    span = doc.char_span(start, end, label=sign.id, alignment_mode="expand")
    assert span is not None
    return span


def _standing(span: Span, pseudo: Sequence[ConTextModifier]) -> Tuple[str, Tuple[str, ...]]:
    cues: Dict[str, List[str]] = {}
    for modifier in span._.modifiers:
        if any(_replaces(other, modifier) or _parts(other, modifier, span) for other in pseudo):
            continue
        first, last = modifier.modifier_span
        cues.setdefault(modifier.category.lower(), []).append(span.doc[first:last].text)
    if NOW in cues:
        cues.pop(PAST, None)
    for category in ORDER:
        if category in cues:
            return category, tuple(cues[category])
    return PRESENT, tuple(cues.get(NOW, ()))


def _replaces(pseudo: ConTextModifier, modifier: ConTextModifier) -> bool:
    """Whether the pseudo cue holds the whole of a shorter cue of its category (not only / not)."""
    (start, end), (first, last) = pseudo.modifier_span, modifier.modifier_span
    return pseudo.category == modifier.category and start <= first and last <= end


def _parts(pseudo: ConTextModifier, modifier: ConTextModifier, span: Span) -> bool:
    """Whether the pseudo cue stands between the cue and the sign: medspaCy does not see it there
    where the cue's scope ends before the sentence does."""
    first, last = sorted([modifier.modifier_span, (span.start, span.end)])
    start, end = pseudo.modifier_span
    return pseudo.category == modifier.category and first[1] <= start and end <= last[0]
