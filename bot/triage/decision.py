"""From rules, scores and context to an urgency. Read it from top to bottom; the first that holds decides."""

from dataclasses import replace
from typing import Dict, Optional, Tuple

from bot.triage.assessment import (
    CHECK,
    DANGER,
    EMERGENCY,
    PAST,
    PRESENT,
    ROUTINE,
    URGENT,
    Assessment,
    Evidence,
    Topic,
    by_danger,
)
from bot.triage.classifier import Scores

# Probabilities, set on messages by people whom the classifier never read (docs/evaluation-plan.md).
SURE, LIKELY, DOUBTFUL = 0.70, 0.20, 0.10
FLAG_NAMED, FLAG_DOUBTED = 0.50, 0.02
URGENT_LIKELY = 0.20
TOPICS_NAMED = 3
TOPIC_CLEAR = 0.60  # a sign's own topic goes before any that scores less
ASKED_CLEAR, ASKED_WEIGHT = 0.70, 0.60  # of a piece of a message: sure of its topic, and what that counts in the whole


def decide(assessment: Assessment, scores: Optional[Scores]) -> Assessment:
    """The assessment with urgency, red flags and topics. Without scores the rules decide alone."""
    urgency = _urgency(assessment, scores)
    flags = _flags(assessment.evidence, scores) if urgency in DANGER else ()
    return replace(
        assessment,
        urgency=urgency,
        red_flags=flags,
        topics=_topics(assessment.evidence, scores, urgency),
        scores=dict(scores.urgency) if scores else {},
    )


def _urgency(assessment: Assessment, scores: Optional[Scores]) -> str:
    evidence, present = assessment.evidence, assessment.raised
    emergency = scores.urgency[EMERGENCY] if scores else None
    if any(e.firm and e.standing == PRESENT for e in evidence):
        return EMERGENCY
    if EMERGENCY in present and (emergency is None or emergency >= DOUBTFUL):
        return EMERGENCY
    if emergency is not None and emergency >= SURE:
        return EMERGENCY
    if EMERGENCY in present or CHECK in present:
        return CHECK
    if emergency is not None and emergency >= LIKELY:
        return CHECK
    past = any(e.standing == PAST and e.raises == EMERGENCY for e in evidence)
    if URGENT in present or past or (scores and scores.urgency[URGENT] >= URGENT_LIKELY):
        return URGENT
    return ROUTINE


def _flags(evidence: Tuple[Evidence, ...], scores: Optional[Scores]) -> Tuple[str, ...]:
    by_rule = {e.flag for e in evidence if e.standing == PRESENT and e.raises in DANGER}
    if scores is None:
        return by_danger(by_rule)
    by_score = {flag for flag, score in scores.flags.items() if score >= FLAG_NAMED}
    believed = {flag for flag in by_rule if scores.flags[flag] >= FLAG_DOUBTED}
    likeliest = max(scores.flags, key=lambda flag: scores.flags[flag])
    return by_danger(believed | by_score or by_rule or {likeliest})


def _topics(evidence: Tuple[Evidence, ...], scores: Optional[Scores], urgency: str) -> Tuple[Topic, ...]:
    signs = [Topic(e.topic, TOPIC_CLEAR) for e in evidence if e.topic and e.standing == PRESENT]
    scored = [Topic(name, score) for name, score in scores.topics.items()] if scores else []
    asked = [Topic(n, ASKED_WEIGHT * s) for n, s in (scores.asked if scores else {}).items() if s >= ASKED_CLEAR]
    everyday = [t for t in signs + scored + asked if t.name != EMERGENCY or urgency == EMERGENCY]
    best: Dict[str, Topic] = {}
    for topic in sorted(everyday, key=lambda topic: -topic.score):
        best.setdefault(topic.name, topic)
    return tuple(best.values())[:TOPICS_NAMED]
