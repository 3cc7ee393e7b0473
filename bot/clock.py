"""The one clock of the program: whatever else depends on time takes it as an argument."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)
