"""SIGTERM and SIGINT end a running command in order, at whatever moment they come."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_NUMBERS = (signal.SIGTERM, signal.SIGINT)
_CUT_SHORT = 1
"""The exit status where closing took too long."""

log = logging.getLogger(__name__)


async def until_told_to_stop(work: Coroutine[Any, Any, T], patience: float | None = None) -> T | None:
    """Return what work comes to, None where a signal cancelled it.

    What it has open it closes as the cancellation goes through it. Where that takes longer than `patience` seconds the
    process ends as it stands: for whom a kill does no harm, an end that never comes is worse.
    """
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    is_told = asyncio.Event()

    def stop() -> None:
        # Only once: a second cancellation would break off the closing.
        if not is_told.is_set():
            is_told.set()
            task.cancel()
            if patience is not None:
                _end_after(patience)

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


def _end_after(seconds: float) -> None:
    # A thread, because what hangs may be the event loop itself.
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.critical("Closing took too long, so the process ends as it stands; what is stored goes on at the next start")
    os._exit(_CUT_SHORT)
