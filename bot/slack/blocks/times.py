"""Times as people read them."""

from datetime import datetime, timedelta

_STEPS = ((timedelta(days=2), 86_400, "days"), (timedelta(hours=2), 3_600, "h"), (timedelta(minutes=2), 60, "min"))


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was: "5 min ago"."""
    passed = now - then
    for least, seconds, unit in _STEPS:
        if passed >= least:
            return f"{int(passed.total_seconds() // seconds)} {unit} ago"
    return "just now"


def clock_time(at: datetime) -> str:
    """Return a time of day that says its zone."""
    return f"{at:%H:%M} UTC"


def date_and_time(at: datetime) -> str:
    """Return a date and time that says its zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
