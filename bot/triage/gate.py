"""The gate: one message in, one Assessment out."""

from dataclasses import replace
from typing import FrozenSet, Iterable, List, Optional, Sequence, Tuple

from bot.triage.assessment import PRESENT, Assessment, Evidence, Topic
from bot.triage.classifier import Classifier, Scores
from bot.triage.context import Context
from bot.triage.decision import decide
from bot.triage.language import language_of
from bot.triage.rules import Rules, Sign, load_rules
from bot.triage.text import PlainText, asks, plain_text, windows
from bot.triage.vitals import readings

LEARNED = ("en", "es")  # what the classifier says of other languages is a guess


class Gate:
    """Assesses messages. Holds rules and, where a trained one is there, the classifier."""

    def __init__(self, rules: Optional[Rules] = None, classifier: Optional[Classifier] = None):
        self.rules = rules or load_rules()
        self.classifier = classifier
        self._context = Context(self.rules.cues, self.rules.signs)

    @classmethod
    def load(cls) -> "Gate":
        """The gate with the trained classifier, or with rules alone where none is trained yet."""
        return cls(classifier=Classifier.load())

    def assess(self, typed: str, known: Iterable[str] = ()) -> Assessment:
        """What the message says. `known` are facts remembered from the conversation so far."""
        text = plain_text(typed)
        stretches = windows(text.plain)
        told = self._facts(text.plain)
        facts = updated(frozenset(known), told, self.rules.alternatives)
        evidence = [e for start, end in stretches for e in self._evidence(text, start, end)]
        evidence += readings(text, self.rules.vitals)
        evidence += self._combined(evidence, facts)
        language = language_of(typed)
        scores = self._scores(text, stretches) if language in LEARNED else None
        assessment = Assessment(
            evidence=_distinct(evidence),
            facts=tuple(sorted(facts)),
            told=tuple(sorted(told)),
            about_other=bool(self.rules.about_other.search(text.plain)),
            language=language,
        )
        decided = decide(assessment, scores)
        return decided if language in LEARNED else replace(decided, topics=(Topic("out_of_scope", 1.0),))

    def facts_in(self, typed: str) -> FrozenSet[str]:
        """The circumstances that this message tells by itself."""
        return self._facts(plain_text(typed).plain)

    def _facts(self, plain: str) -> FrozenSet[str]:
        found = frozenset(name for name, says in self.rules.facts.items() if says.search(plain))
        return found - {name for group in self.rules.alternatives for name in _others(group, found)}

    def _evidence(self, text: PlainText, start: int, end: int) -> List[Evidence]:
        stretch = text.plain[start:end]
        found = [hit for sign in self.rules.signs for hit in _hits(sign, stretch)]
        if not found:
            return []
        standings = self._context.standings(stretch, found)
        return [_as_evidence(text, start, hit, standing) for hit, standing in zip(found, standings)]

    def _combined(self, evidence: List[Evidence], facts: FrozenSet[str]) -> List[Evidence]:
        there = {e.source.partition(":")[2]: e for e in evidence if e.standing == PRESENT}
        there.update({e.flag: e for e in evidence if e.standing == PRESENT})
        return [
            replace(first, flag=rule.flag, source=f"combination:{rule.id}", raises=rule.raises, firm=rule.firm)
            for rule in self.rules.combinations
            if all(group & (facts | set(there)) for group in rule.all_of)
            for first in [_first(there, rule.all_of)]
            if first is not None
        ]

    def _scores(self, text: PlainText, stretches: List[Tuple[int, int]]) -> Optional[Scores]:
        if self.classifier is None:
            return None
        return self.classifier.scores([text.plain[start:end] for start, end in stretches] or [""], asks(text.plain))


def updated(known: FrozenSet[str], told: FrozenSet[str], alternatives: Sequence[Sequence[str]]) -> FrozenSet[str]:
    """What is known after `told`: of facts that exclude each other the new one holds."""
    return known - {other for group in alternatives for other in group if told & set(group)} | told


def _others(group: Sequence[str], found: FrozenSet[str]) -> Sequence[str]:
    """Those of the group after the first that was found."""
    return group[min(place for place, name in enumerate(group) if name in found) + 1 :] if found & set(group) else ()


def _hits(sign: Sign, stretch: str) -> List[Tuple[Sign, int, int]]:
    hits = [(sign, hit.start(), hit.end()) for hit in sign.pattern.finditer(stretch)]
    return [] if hits and sign.unless and sign.unless.search(stretch) else hits


def _as_evidence(text: PlainText, offset: int, hit, standing) -> Evidence:
    sign, start, end = hit
    first, last, words = text.words(offset + start, offset + end)
    return Evidence(
        flag=sign.flag,
        start=first,
        end=last,
        words=words,
        source=f"rule:{sign.id}",
        standing=standing[0],
        cues=standing[1],
        raises=sign.raises,
        topic=sign.topic,
    )


def _first(there, groups) -> Optional[Evidence]:
    return next((there[name] for group in groups for name in sorted(group) if name in there), None)


def _distinct(evidence: List[Evidence]) -> Tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))
