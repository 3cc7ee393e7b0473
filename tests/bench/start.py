"""From process start to the first ack, beside the time of importing slack_bolt's AsyncApp alone."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.playground.clock import Clock
from bot.playground.stand import Stand, running_stand

IMPORT_BOLT = "from slack_bolt.async_app import AsyncApp"
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)  # noqa: TID251 - a benchmark measures real time


async def measure(rounds: int) -> list[str]:
    """Return the row: both medians and their ratio."""
    for name in PROXIES:
        os.environ[name] = ""
    acks, imports = [], []
    for _ in range(rounds):
        imports.append(await import_bolt())
        acks.append(await start_to_first_ack())
    ack, bolt = statistics.median(acks), statistics.median(imports)
    return [
        _row("process start to first ack", acks),
        _row("importing AsyncApp alone", imports),
        f"{'ratio':28}{ack / bolt:7.2f}      ({rounds} interleaved rounds)",
    ]


def _row(name: str, seconds: list[float]) -> str:
    low, middle, high = (1000 * one for one in (min(seconds), statistics.median(seconds), max(seconds)))
    return f"{name:28}{middle:7.0f} ms   (min {low:.0f}, max {high:.0f})"


async def import_bolt() -> float:
    """Return the seconds of a process that only imports Bolt."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", IMPORT_BOLT)
    await process.wait()
    return time.perf_counter() - started


async def start_to_first_ack() -> float:
    """Return the seconds from starting `fixdesk serve` until its first command was acked."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_stand(clock=Clock(now)) as stand:
            started = time.perf_counter()
            command = (sys.executable, "-m", "bot", "serve")
            environment = _environment(stand, Path(folder))
            process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
            await stand.slack.connected()
            answer = await stand.slack.client_of("Ada Example").command("/fix teams cache", channel="general")
            took = time.perf_counter() - started
            if not answer.ok:
                raise RuntimeError(f"the command was not acked: {answer.error}")
            await stand.slack.connected(2)
            process.terminate()
            await process.wait()
            return took


def _environment(stand: Stand, folder: Path) -> dict[str, str]:
    return {**os.environ, **stand.environment_of_bot(folder)}
