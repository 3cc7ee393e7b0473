"""A circuit breaker: while Nexthink does not answer, calls fail at once instead of one by one after their time-outs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

from bot.domain.errors import NexthinkError, NexthinkFault

THRESHOLD = 5
"""Calls in a row without an answer."""
PERSON_AFTER = timedelta(seconds=5)
"""How soon after the last try a call that a person waits for is let through as the probe."""
OTHERS_AFTER = timedelta(seconds=10)
"""The same for all other calls: if nobody asks, the bot still finds out that Nexthink is back."""


class Breaker:
    """Counts the calls that got no answer; open, it lets one through now and then to find out.

    What counts is when a call was sent: one that was sent before an answer came, and fails after it, says nothing new.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures = 0
        self._tried_at = self._answered_at = clock()

    @property
    def is_open(self) -> bool:
        """Whether calls fail at once."""
        return self._failures >= THRESHOLD

    def admit(self, doing: str, *, for_person: bool) -> datetime:
        """Return when a call is sent; raise `AWAY`, with the seconds until the next probe, where it should not be."""
        now = self._clock()
        left = self._tried_at + (PERSON_AFTER if for_person else OTHERS_AFTER) - now
        if self.is_open and timedelta(0) < left <= OTHERS_AFTER:
            raise NexthinkError(NexthinkFault.AWAY, doing, retry_after=left.total_seconds())
        # Where it is open this is the probe: until it is answered the others keep failing at once.
        self._tried_at = now
        return now

    def answered(self) -> None:
        """Note that Nexthink answered, be it with a refusal."""
        self._failures = 0
        self._answered_at = self._clock()

    def failed(self, sent_at: datetime) -> None:
        """Note a call without an answer."""
        if sent_at >= self._answered_at or self._clock() < self._answered_at:
            self._failures += 1


def is_no_answer(error: NexthinkError) -> bool:
    """Tell whether a failure says that Nexthink is away: it was not reached, was silent, or only its gateway spoke."""
    if error.status is not None:
        return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return error.fault in {NexthinkFault.UNREACHABLE, NexthinkFault.UNCLEAR}
