"""Messages that must never pass as everyday ones: each gets the script or the check question."""

import pytest
import yaml

from bot.paths import ROOT
from bot.triage.assessment import CHECK, EMERGENCY

NEVER = yaml.safe_load((ROOT / "tests" / "never_miss.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("says", [says for messages in NEVER.values() for says in messages])
def test_it_is_not_missed(gate, says):
    assert gate.assess(says).urgency in (EMERGENCY, CHECK)
