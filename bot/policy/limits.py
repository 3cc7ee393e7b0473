"""When, and how often: the hours of a rule, and how many runs it allows. Pure; whoever asks brings the time."""

from collections.abc import Sequence
from datetime import datetime

from bot.policy.rules import DAYS, Hours, Limit


def why_not_now(hours: Hours | None, now: datetime) -> str:
    """Say why a rule does not allow anything at a time, nothing where it does."""
    if hours is None:
        return ""
    local = now.astimezone(hours.zone)
    is_over_midnight = hours.until <= hours.since
    # Behind midnight it is still the night of the day before.
    is_morning = is_over_midnight and local.time() < hours.until
    is_begun, is_over = local.time() >= hours.since, local.time() >= hours.until
    day = DAYS[(local.weekday() - is_morning) % len(DAYS)]
    is_inside = (is_begun or is_morning) if is_over_midnight else (is_begun and not is_over)
    if is_inside and day in hours.days:
        return ""
    days = "every day" if len(hours.days) == len(DAYS) else ", ".join(hours.days)
    return f"only from {hours.since:%H:%M} to {hours.until:%H:%M} ({hours.timezone}), {days}"


def why_not_again(limit: Limit | None, earlier: Sequence[datetime], now: datetime) -> str:
    """Say why a person may not run it once more after their earlier runs of it, nothing where they may."""
    recent = sorted(at for at in earlier if at > now - limit.within) if limit else []
    if limit is None or len(recent) < limit.count:
        return ""
    again_at = recent[-limit.count] + limit.within
    times = "once" if limit.count == 1 else f"{limit.count} times"
    return f"only {times} in {limit.written} for each person; again from {again_at:%Y-%m-%d %H:%M} UTC"
