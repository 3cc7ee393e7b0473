"""Hours and limits: when, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import ConfigurationError
from bot.policy.limits import why_not_again, why_not_now
from bot.policy.rules import Rule, read_policy
from tests.domain.values import NOON


def rule(text: str) -> Rule:
    """Return a rule with more in it."""
    head = "version: 1\npeople: {domains: [example.com]}\nworkflows:\n"
    return read_policy(f"{head}  - {{match: '#a', run_by: everyone, {text}}}\n", "policy.yaml").workflows[0]


WORKDAYS = 'hours: {from: "08:00", to: "18:00", days: [mon, tue, wed, thu, fri], timezone: Europe/Zurich}'
NIGHTS = 'hours: {from: "22:00", to: "06:00", days: [fri]}'


@pytest.mark.parametrize(
    ("hours", "now", "is_allowed"),
    [
        (WORKDAYS, datetime(2026, 7, 6, 6, 0, tzinfo=UTC), True),  # a Monday, 08:00 in summer
        (WORKDAYS, datetime(2026, 7, 6, 5, 59, tzinfo=UTC), False),
        (WORKDAYS, datetime(2026, 1, 5, 6, 59, tzinfo=UTC), False),  # 07:59 in winter
        (WORKDAYS, datetime(2026, 7, 6, 15, 59, tzinfo=UTC), True),
        (WORKDAYS, datetime(2026, 7, 6, 16, 0, tzinfo=UTC), False),
        (WORKDAYS, datetime(2026, 7, 5, 10, 0, tzinfo=UTC), False),  # a Sunday
        (NIGHTS, datetime(2026, 7, 3, 22, 0, tzinfo=UTC), True),  # a Friday
        (NIGHTS, datetime(2026, 7, 4, 5, 59, tzinfo=UTC), True),  # its night
        (NIGHTS, datetime(2026, 7, 4, 6, 0, tzinfo=UTC), False),
        (NIGHTS, datetime(2026, 7, 4, 22, 0, tzinfo=UTC), False),
        (NIGHTS, datetime(2026, 7, 3, 5, 0, tzinfo=UTC), False),  # the night of Thursday
    ],
)
def test_hours_hold_in_their_zone(hours: str, now: datetime, *, is_allowed: bool) -> None:
    """Over midnight the night belongs to the day before; the refusal names the hours."""
    read = rule(hours).hours
    assert read is not None

    why = why_not_now(read, now)

    assert (why == "") == is_allowed
    assert is_allowed or f"{read.since:%H:%M} to {read.until:%H:%M} ({read.timezone})" in why


def test_rule_without_hours_or_limit_allows() -> None:
    """Always, and any number of times."""
    assert why_not_now(None, NOON) == why_not_again(None, [NOON] * 1000, NOON) == ""


def test_limit_counts_within_its_time() -> None:
    """And says from when it is possible again."""
    limit = rule("limit: 2/1h").limit
    earlier = [NOON - timedelta(minutes=minutes) for minutes in (120, 50, 20)]

    assert why_not_again(limit, earlier[:2], NOON) == ""
    assert why_not_again(limit, earlier, NOON) == "only 2 times in 1h for each person; again from 2026-03-02 12:10 UTC"
    assert why_not_again(limit, earlier, NOON + timedelta(minutes=10)) == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("limit: 3", "write a limit such as 3/1h"),
        ("limit: 0/1h", "greater than or equal to 1"),
        ("limit: 3/1x", "write a time such as"),
        ('hours: {from: 8, to: "18:00"}', "write a time of day in quotes"),
        ('hours: {from: "08:00", to: "25:00"}', "hour must be in"),
        ('hours: {from: "08:00", to: "18:00", timezone: Mars/Olympus}', "is not known here"),
        ('hours: {from: "08:00", to: "18:00", days: [monday]}', "hours"),
    ],
)
def test_wrong_limit_is_told(text: str, fault: str) -> None:
    """With the mend."""
    with pytest.raises(ConfigurationError, match=fault):
        rule(text)
