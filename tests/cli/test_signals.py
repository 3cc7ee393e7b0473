"""A signal ends a command in order, and at last in any case."""

import asyncio
import signal
import sys

import pytest

STUCK = """
import asyncio, sys
from bot.cli.signals import until_told_to_stop

async def work():
    try:
        print("up", flush=True)
        await asyncio.Event().wait()
    finally:
        {closing}

asyncio.run(until_told_to_stop(work(), {patience}))
"""


async def end(closing: str, patience: float) -> int:
    """Start work that closes in a certain way, tell it to stop, and return its exit status."""
    code = STUCK.format(closing=closing, patience=patience)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    await process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        return await process.wait()


async def test_closing_in_order_ends_well() -> None:
    """Whoever closes in time is not cut short."""
    assert await end("print('closed')", 60) == 0


@pytest.mark.parametrize("closing", ["await asyncio.Event().wait()", "import time; time.sleep(60)"])
async def test_closing_that_hangs_is_cut_short(closing: str) -> None:
    """Also where the event loop itself hangs."""
    assert await end(closing, 0.3) == 1
