"""Work that goes on after an ack: every task is kept, its errors are told, and it is waited for when the bot stops."""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

log = logging.getLogger(__name__)


class Background:
    """The tasks that presses started."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task; it tells people of its own errors, and what it lets through goes to the log."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("Work after an ack failed", exc_info=task.exception())

    async def drain(self, patience: timedelta) -> None:
        """Wait for what is under way as long as patience lasts, then cancel the rest."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience.total_seconds())
        left = tuple(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
