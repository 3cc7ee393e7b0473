"""CPU work of more than a few milliseconds: in a thread, and so that the event loop has its turns meanwhile."""

import asyncio
import contextlib
import functools
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_TURN = 0.001
"""Seconds after which the thread lets the loop go on; Python's own 5 ms would be felt at every step of the loop."""

_one_at_a_time = threading.Lock()


async def off_loop(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work that makes many objects, such as an index, in a thread; one such piece of work at a time."""
    return await asyncio.to_thread(_quietly, functools.partial(work, *args, **kwargs))


def _quietly(work: Callable[[], T]) -> T:
    with _one_at_a_time, _without_collector():
        return work()


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Let nobody look for garbage among what is just being made: that would stop every thread, the loop's too."""
    turn, was_collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(_TURN)
    gc.disable()
    try:
        yield
    finally:
        # What was made is not looked through later either; counting what is frozen already would itself take long.
        gc.freeze()
        sys.setswitchinterval(turn)
        if was_collecting:
            gc.enable()
