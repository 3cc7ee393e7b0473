"""SIGTERM and SIGINT end a running command in order, at whatever moment they come."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_NUMBERS = (signal.SIGTERM, signal.SIGINT)


async def until_told_to_stop(work: Coroutine[Any, Any, T]) -> T | None:
    """Return what work comes to, None where a signal cancelled it.

    What it has open it closes as the cancellation goes through it.
    """
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    is_told = asyncio.Event()

    def stop() -> None:
        # Only once: a second cancellation would break off the closing.
        if not is_told.is_set():
            is_told.set()
            task.cancel()

    for number in _NUMBERS:
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        return None
    finally:
        # All that is left is to tell how it went: a late signal must not keep that from being said.
        for number in _NUMBERS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)
