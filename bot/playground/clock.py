"""The playground's time: real time, and what somebody has added to it. Both servers and the bot go by it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """A clock that can be moved forward; who sleeps by it wakes when their time has come."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self.ahead = timedelta()
        """What was added so far."""
        self.on_jump: list[Callable[[], None]] = []
        """Called after each jump, for those who keep time in another way."""
        self._sleeping: set[asyncio.Future[None]] = set()

    def __call__(self) -> datetime:
        """Tell the time."""
        return self._real() + self.ahead

    def jump(self, by: timedelta) -> None:
        """Let time pass at once; raise `ValueError` for a step back."""
        if by < timedelta():
            raise ValueError("time only goes forward: give a positive number of seconds")
        self.ahead += by
        sleeping, self._sleeping = self._sleeping, set()
        for future in sleeping:
            if not future.done():
                future.set_result(None)
        for told in self.on_jump:
            told()

    async def sleep(self, duration: timedelta) -> None:
        """Wait until that much time has passed, be it in truth or by a jump."""
        until = self() + duration
        while (left := (until - self()).total_seconds()) > 0:
            jumped = asyncio.get_running_loop().create_future()
            self._sleeping.add(jumped)
            try:
                await asyncio.wait({jumped}, timeout=left)
            finally:
                self._sleeping.discard(jumped)
