"""Times as people read them."""

from datetime import timedelta

import pytest

from bot.slack.blocks.times import ago, clock_time, date_and_time
from tests.domain.values import NOON


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(minutes=-5), "just now"),
        (timedelta(seconds=119), "just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(minutes=119), "119 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_age_is_told_in_its_own_unit(passed: timedelta, words: str) -> None:
    """A device whose clock is ahead was seen just now."""
    assert ago(NOON - passed, NOON) == words


def test_times_say_their_zone() -> None:
    """People of several countries read one card."""
    assert clock_time(NOON) == "12:00 UTC"
    assert date_and_time(NOON) == "2026-03-02 12:00 UTC"
