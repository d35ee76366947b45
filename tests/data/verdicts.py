"""Prints the gate's verdict on each message of standard input, a JSON list: run in either environment."""

import json
import sys

from bot.triage.gate import Gate

gate = Gate.load()
for text in json.load(sys.stdin):
    found = gate.assess(text)
    topics = {topic.name: topic.score for topic in found.topics}
    evidence = [(e.source, e.words, e.standing) for e in found.evidence]
    print(
        json.dumps(
            [text, found.urgency, found.red_flags, found.facts, found.about_other, found.language, evidence, topics]
        )
    )
