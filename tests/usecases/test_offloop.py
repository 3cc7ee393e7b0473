"""Work in a thread: its answer comes back, and the process is as before."""

import gc
import sys
import threading

import pytest

from bot.usecases.offloop import off_loop


async def test_work_is_done_in_another_thread_without_the_collector() -> None:
    """And with short turns, so that the event loop goes on."""
    turn = sys.getswitchinterval()

    def look(extra: int) -> tuple[bool, bool, float]:
        return (
            threading.current_thread() is threading.main_thread(),
            gc.isenabled(),
            round(sys.getswitchinterval() + extra, 6),
        )

    assert await off_loop(look, extra=0) == (False, False, 0.001)
    assert (gc.isenabled(), sys.getswitchinterval()) == (True, turn)


async def test_what_fails_leaves_the_process_as_before() -> None:
    """The error comes back."""
    with pytest.raises(ZeroDivisionError):
        await off_loop(lambda: 1 // 0)

    assert gc.isenabled()
