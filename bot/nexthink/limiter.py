"""How often NQL may be asked: a sustained rate with small bursts for the whole bot, people before polling."""

from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

RATE = 0.5
"""Questions a second. Tenants report 50,000 calls a day and one a second; Nexthink publishes no number.

See: https://docs.nexthink.com/api/nql
"""
BURST = 5
LEAST_PAUSE = 0.01
"""So that a remainder too small for the clock to show is not slept for again and again, in seconds."""


class Limiter:
    """Gives turns: who waits for a person is ahead of who only polls, and among equals the first comes first."""

    def __init__(self, *, clock: Callable[[], datetime], sleep: Callable[[float], Awaitable[object]]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._turns = float(BURST)
        self._counted_at = clock()
        self._closed_until = self._counted_at
        self._people: deque[object] = deque()
        self._polls: deque[object] = deque()

    async def turn(self, *, for_person: bool) -> None:
        """Wait for a turn and take it."""
        ticket, queue = object(), self._people if for_person else self._polls
        queue.append(ticket)
        try:
            while pause := self._pause_of(ticket, queue):
                await self._sleep(max(pause, LEAST_PAUSE))
            self._turns -= 1
        finally:
            queue.remove(ticket)

    def close_for(self, seconds: float) -> None:
        """Give no turn for a while: Nexthink asked for patience."""
        self._closed_until = max(self._closed_until, self._clock() + timedelta(seconds=seconds))

    def _pause_of(self, ticket: object, queue: deque[object]) -> float:
        """Return the seconds until there is a turn for this ticket and for all that are ahead of it."""
        self._count()
        ahead = queue.index(ticket) + (len(self._people) if queue is self._polls else 0)
        closed = (self._closed_until - self._counted_at).total_seconds()
        return max((ahead + 1 - self._turns) / RATE, closed, 0.0)

    def _count(self) -> None:
        """Add the turns that have come by now; a clock that was put back gives none, and takes no patience either."""
        now = self._clock()
        passed = (now - self._counted_at).total_seconds()
        if passed < 0:
            passed, self._closed_until = 0.0, now
        self._turns, self._counted_at = min(self._turns + passed * RATE, float(BURST)), now
