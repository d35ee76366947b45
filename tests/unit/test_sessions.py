"""Nobody can make, change or borrow a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.front.sessions import NotOurs, Sessions

OURS = Sessions("the key of this server, long enough")


def test_a_minted_session_opens_always_to_the_same_conversation():
    token = OURS.mint("web")
    assert OURS.open(token, "web") == OURS.open(token, "web")


def test_every_session_is_another_conversation():
    assert len({OURS.open(OURS.mint("web"), "web") for _ in range(100)}) == 100


@pytest.mark.parametrize("other", ["api", "cli"])
def test_a_session_of_another_channel_is_refused(other):
    with pytest.raises(NotOurs):
        OURS.open(OURS.mint(other), "web")


@pytest.mark.parametrize("token", [None, "", "web:1234", "null", "a.b", "é", "a" * 10_000])
def test_what_was_never_minted_is_refused(token):
    with pytest.raises(NotOurs):
        OURS.open(token, "web")


@pytest.mark.parametrize("origin", ["", "https://south.example", "https://north.example:8443", "http://north.example"])
def test_a_session_of_another_page_is_refused(origin):
    token = OURS.mint("web", "https://north.example")
    assert OURS.open(token, "web", "https://north.example").startswith("web:")
    with pytest.raises(NotOurs):
        OURS.open(token, "web", origin)


def test_a_session_of_another_server_is_refused():
    with pytest.raises(NotOurs):
        OURS.open(Sessions("the key of another server, also long").mint("web"), "web")


@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_a_changed_session_is_refused(place, char):
    token = OURS.mint("web")
    place %= len(token) - 1  # the last letter holds bits that count for nothing
    changed = token[:place] + char + token[place + 1 :]
    if changed != token:
        with pytest.raises(NotOurs):
            OURS.open(changed, "web")
