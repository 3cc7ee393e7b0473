"""How often NQL may be asked: a sustained rate with small bursts for the whole bot, people before polling."""

import bisect
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.errors import NexthinkError, NexthinkFault

RATE = 0.5
"""Questions a second. Tenants report 50,000 calls a day and one a second; Nexthink publishes no number.

See: https://docs.nexthink.com/api/nql
"""
BURST = 5
HANDICAP = timedelta(seconds=20)
"""People are this much ahead of polls that came at the same time, so that many people do not starve the polls."""
LONGEST_CLOSED = 5.0
"""Who would have to wait longer because Nexthink asked for patience is told so at once, in seconds."""
LEAST_PAUSE, LONGEST_PAUSE = 0.01, 1 / RATE
"""Seconds between two looks at the queue: not for a remainder that no clock shows, nor past the next turn."""

_Ticket = tuple[datetime, int]
"""When it would be late, and its number."""


class Limiter:
    """Gives turns: who waits for a person is ahead of who only polls, and among equals the first comes first."""

    def __init__(self, *, clock: Callable[[], datetime], sleep: Callable[[float], Awaitable[object]]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._turns = float(BURST)
        self._counted_at = clock()
        self._closed_until = self._counted_at
        self._queue: list[_Ticket] = []
        self._numbers = itertools.count()

    async def turn(self, doing: str, *, for_person: bool) -> None:
        """Wait for a turn and take it; raise `BUSY` where Nexthink asked for more patience than anybody has."""
        late_at = self._clock() + (timedelta(0) if for_person else HANDICAP)
        ticket = (late_at, next(self._numbers))
        bisect.insort(self._queue, ticket)
        try:
            while pause := self._pause_of(ticket, doing):
                await self._sleep(min(max(pause, LEAST_PAUSE), LONGEST_PAUSE))
            self._turns -= 1
        finally:
            self._queue.remove(ticket)

    def close_for(self, seconds: float) -> None:
        """Give no turn for a while: Nexthink asked for patience."""
        self._closed_until = max(self._closed_until, self._clock() + timedelta(seconds=seconds))

    def _pause_of(self, ticket: _Ticket, doing: str) -> float:
        """Return the seconds until there is a turn for this ticket and for all that are ahead of it."""
        self._count()
        closed = (self._closed_until - self._counted_at).total_seconds()
        if closed > LONGEST_CLOSED:
            raise NexthinkError(NexthinkFault.BUSY, doing, retry_after=closed)
        missing = bisect.bisect_left(self._queue, ticket) + 1 - self._turns
        return max(missing / RATE, closed, 0.0)

    def _count(self) -> None:
        """Add the turns that have come by now; a clock that was put back gives none, and takes no patience either."""
        now = self._clock()
        passed = (now - self._counted_at).total_seconds()
        if passed < 0:
            passed, self._closed_until = 0.0, now
        self._turns, self._counted_at = min(self._turns + passed * RATE, float(BURST)), now
