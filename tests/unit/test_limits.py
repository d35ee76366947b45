"""How fast one conversation may ask."""

from bot.front.limits import KEPT, Limits


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self):
        return self.now


def test_a_burst_is_served_and_then_one_every_other_second():
    clock = Clock()
    limits = Limits(burst=3, per_second=0.5, clock=clock)
    assert [limits.allow("web:1") for _ in range(4)] == [True, True, True, False]
    clock.now = 1.9
    assert not limits.allow("web:1")
    clock.now = 4.0
    assert limits.allow("web:1")


def test_one_patient_does_not_slow_another():
    limits = Limits(burst=1, per_second=0.0, clock=Clock())
    assert limits.allow("web:1") and not limits.allow("web:1")
    assert limits.allow("web:2")


def test_it_keeps_no_more_conversations_than_it_must():
    limits = Limits(burst=1, per_second=0.0, clock=Clock())
    for number in range(KEPT + 1):
        limits.allow(f"web:{number}")
    assert not limits.allow(f"web:{KEPT}")
    assert limits.allow("web:0")
