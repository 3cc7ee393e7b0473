"""Which calls are worth another try, and when: only for calls that may be made twice."""

import asyncio
import dataclasses
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from bot.domain.errors import NexthinkError, NexthinkFault

TRIES = 3
FIRST_PAUSE = 0.5
LONGEST_WAIT = 5.0
"""Who is asked to wait longer says so instead of waiting, in seconds."""

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Tries again after pauses that double, each shortened by chance so that callers spread out."""

    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    """Returns a share of the pause, from 0 to 1."""

    async def run(
        self, attempt: Callable[[], Awaitable[T]], is_worth_another: Callable[[NexthinkError], bool] | None = None
    ) -> T:
        """Return the first success; raise the last failure, or the first that another try would not mend."""
        for tried in range(1, TRIES):
            try:
                return await attempt()
            except NexthinkError as error:
                if not (is_worth_another or is_passing)(error):
                    raise
                pause = max(error.retry_after or 0.0, self.jitter() * FIRST_PAUSE * 2 ** (tried - 1))
            await self.sleep(pause)
        return await attempt()


def is_passing(error: NexthinkError) -> bool:
    """Tell whether a read is worth another try at once.

    A slow answer is not, it cost its time already; nor is a call that an open breaker held back.
    """
    if not error.may_pass or error.fault is NexthinkFault.AWAY or (error.retry_after or 0.0) > LONGEST_WAIT:
        return False
    return error.fault is not NexthinkFault.UNCLEAR or not isinstance(
        error.__cause__, httpx.TimeoutException | TimeoutError
    )
