"""Tests for bot.slack.pacing."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.pacing import BURST, INTERVAL, Pacing
from tests.domain.values import NOON
from tests.usecases.fakes import SettableClock


def test_burst_goes_out_at_once_then_one_an_interval() -> None:
    """In the order in which they asked."""
    clock = SettableClock()
    pacing = Pacing(clock)

    waits = [pacing.wait("C1", str(number)) for number in range(BURST + 3)]

    assert waits == [None] * BURST + [INTERVAL, 2 * INTERVAL, 3 * INTERVAL]
    clock.now += INTERVAL
    assert pacing.wait("C1", str(BURST)) is None
    assert pacing.wait("C1", str(BURST + 1)) == INTERVAL


def test_each_conversation_has_its_own_pace() -> None:
    """One busy channel delays nobody's direct messages."""
    pacing = Pacing(SettableClock())
    for number in range(20):
        pacing.wait("C1", str(number))

    assert pacing.wait("D1", "one") is None


def test_held_conversation_waits_as_long_as_slack_asked() -> None:
    """Also a message whose turn it was."""
    clock = SettableClock()
    pacing = Pacing(clock)
    pacing.hold("C1", timedelta(seconds=30))

    assert pacing.held("C1") == timedelta(seconds=30)
    assert pacing.wait("C1", "one") == timedelta(seconds=30)
    clock.now += timedelta(seconds=30)
    assert pacing.held("C1") is None
    assert pacing.wait("C1", "one") is None


def test_nothing_is_remembered_for_ever() -> None:
    """Of conversations that fell silent, and of messages that nobody came back for."""
    clock = SettableClock()
    pacing = Pacing(clock)
    for number in range(50):
        pacing.wait(f"C{number % 5}", str(number))
    pacing.hold("C1", timedelta(seconds=5))
    clock.now += timedelta(hours=1)

    assert pacing.wait("C9", "one") is None
    assert (len(pacing._next), len(pacing._turns), len(pacing._held)) == (1, 0, 0)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", "e"]), st.integers(0, 2500)), max_size=60))
def test_never_more_than_the_burst_in_any_window(asked: list[tuple[str, int]]) -> None:
    """However they ask: no more than the burst and one an interval, counted from any message on."""
    clock = SettableClock()
    pacing, sent = Pacing(clock), []
    for name, milliseconds in asked:
        clock.now += timedelta(milliseconds=milliseconds)
        if pacing.wait("C1", name) is None:
            sent.append(clock.now - NOON)
    for place, at in enumerate(sent):
        later = [one for one in sent[place:] if one - at <= 5 * INTERVAL]
        assert len(later) <= BURST + 5
