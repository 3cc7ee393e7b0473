"""SIGTERM and SIGINT end a running command in order, at whatever moment they come."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any


async def until_told_to_stop(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends or a signal cancels it; what it has open it closes as the cancellation goes through it."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    is_told = asyncio.Event()

    def stop() -> None:
        # Only once: a second cancellation would break off the closing.
        if not is_told.is_set():
            is_told.set()
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task
