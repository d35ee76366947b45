"""Prints the gate's verdict on each message of standard input, a JSON list: run in either environment."""

import json
import sys

from bot.triage.gate import Gate

gate = Gate.load()
for text in json.load(sys.stdin):
    found = gate.assess(text)
    clear = [topic.name for topic in found.topics[:1] if topic.score >= 0.5]
    evidence = [(e.source, e.words, e.standing) for e in found.evidence]
    print(
        json.dumps(
            [text, found.urgency, found.red_flags, clear, found.facts, found.about_other, found.language, evidence]
        )
    )
