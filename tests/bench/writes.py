"""Durable writes: work in the store's inbox, beside raw sqlite3 in a thread and the disk's own fdatasync."""

import asyncio
import itertools
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.domain.work import NewWork, WorkKind
from bot.store.database import SqlStore
from tests.bench.start import now

AT_ONCE = (1, 64)
WRITES = {1: 200, 64: 4_000}
SCHEMA = "CREATE TABLE presses (id INTEGER PRIMARY KEY, identity TEXT UNIQUE, subject TEXT)"
INSERT = "INSERT OR IGNORE INTO presses (identity, subject) VALUES (?, ?)"
SUBJECT = '{"choice": "approve", "run_id": "0123456789abcdef", "slack_id": "U1", "channel_id": "C1", "ts": "1.2"}'

Write = Callable[[], Awaitable[object]]


async def measure(rounds: int) -> list[str]:
    """Return the rows: writes a second, with 1 and with 64 waiting at once."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # not in memory, as /tmp may be
        store = await SqlStore.open(f"sqlite+aiosqlite:///{folder}/store.db")
        raw = sqlite3.connect(f"{folder}/raw.db", check_same_thread=False, isolation_level=None)
        disk = os.open(f"{folder}/disk", os.O_CREAT | os.O_WRONLY)
        try:
            ways = {"fdatasync": _synced(disk), "raw sqlite3": _raw(raw), "fixdesk's inbox": _inbox(store)}
            return [row for at_once in AT_ONCE for row in await _compare(ways, at_once, rounds)]
        finally:
            os.close(disk)
            raw.close()
            await store.close()


async def _compare(ways: dict[str, Write], at_once: int, rounds: int) -> list[str]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, write in ways.items():
            seconds[name].append(await _time(write, at_once, WRITES[at_once]))
    rates = {name: WRITES[at_once] / statistics.median(each) for name, each in seconds.items()}
    told = ", ".join(f"{name} {rate:,.0f}/s ({rate / rates['raw sqlite3']:.2f})" for name, rate in rates.items())
    return [f"{f'durable writes, {at_once} at once':28}  {told}"]


async def _time(write: Write, at_once: int, writes: int) -> float:
    turns = iter(range(writes))

    async def keep_writing() -> None:
        for _ in turns:
            await write()

    started = time.perf_counter()
    await asyncio.gather(*(keep_writing() for _ in range(at_once)))
    return time.perf_counter() - started


def _synced(disk: int) -> Write:
    """Append a row to a file and wait for the disk."""

    def write() -> None:
        os.write(disk, SUBJECT.encode())
        os.fdatasync(disk)

    return lambda: asyncio.to_thread(write)


def _raw(database: sqlite3.Connection) -> Write:
    """Insert one row a transaction, under a lock, for one connection writes at a time."""
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(SCHEMA)
    numbers, turn = itertools.count(), asyncio.Lock()

    async def write() -> None:
        async with turn:
            await asyncio.to_thread(database.execute, INSERT, (f"press:{next(numbers)}", SUBJECT))

    return write


def _inbox(store: SqlStore) -> Write:
    """Add a press as the bot does before its ack."""
    numbers = itertools.count()
    subject = {"choice": "approve", "run_id": "0123456789abcdef", "slack_id": "U1", "channel_id": "C1", "ts": "1.2"}

    async def write() -> None:
        identity = f"press:{next(numbers)}"
        await store.add_work(NewWork(kind=WorkKind.DECIDE, identity=identity, subject=subject, due_at=now()))

    return write
