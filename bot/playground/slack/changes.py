"""Tell whoever waits that something changed, so that nobody needs to poll or sleep."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """A counter that people can wait on."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def announce(self) -> None:
        """Wake everybody who waits."""
        self.count += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def after(self, count: int) -> int:
        """Wait until something changed since `count`; return the new count."""
        while self.count == count:
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await future
            finally:
                self._waiting.discard(future)
        return self.count

    async def until(self, probe: Callable[[], T | None], timeout: float, failed: Callable[[], str]) -> T:  # noqa: ASYNC109 - the caller's limit is part of the question
        """Wait until `probe` finds something; a `TimeoutError` says what `failed` says."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    count = self.count
                    if (found := probe()) is not None:
                        return found
                    await self.after(count)
        except TimeoutError:
            raise TimeoutError(failed()) from None
