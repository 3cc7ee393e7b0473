"""Starts the real bot, each time in a process of its own, by the clock of whoever asked for it.

It reads orders from its standard input, one JSON object a line, and writes one line for each process that it starts and
for each that has ended. A process is forked from this one, which has imported everything, so that a start costs little;
from there on it is `fixdesk serve` with an environment of its own, and nothing that it does is known here.

`KILL_AT_COMMIT` in that environment, such as `before:3` or `after:3`, kills the process without a word at its third
commit of something written.
"""

import asyncio
import contextlib
import gc
import json
import mmap
import os
import random
import select
import signal
import struct
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

import bot.app
from bot.cli.main import main
from bot.clock import utc_now
from bot.policy.rules import Policy
from bot.settings import Settings
from bot.thesaurus.files import load_thesaurus

KILL_AT_COMMIT = "CHAOS_KILL_AT_COMMIT"
CLOCK = "CHAOS_CLOCK"
"""The file that holds by how many microseconds the time of all is ahead, and behind it a count of commits."""
NUMBER = struct.Struct("=q")
COMMITS_AT, SHARED_BYTES = NUMBER.size, 2 * NUMBER.size
_WRITES = ("INSERT", "UPDATE", "DELETE")


class SharedClock:
    """Real time, and what others have added to it."""

    def __init__(self, shared: mmap.mmap) -> None:
        self._shared = shared

    def __call__(self) -> datetime:
        """Tell the time."""
        return utc_now() + timedelta(microseconds=NUMBER.unpack_from(self._shared)[0])


class CommitCounter:
    """Counts the commits of what was written, and kills the process at one of them."""

    def __init__(self, kill_at: str, shared: mmap.mmap) -> None:
        self._shared = shared
        self._moment, _, number = kill_at.partition(":")
        self._number = int(number or 0)
        self._count = 0

    def install(self) -> None:
        """Listen to every engine there will be."""
        event.listen(Engine, "before_cursor_execute", self._executes)
        event.listen(Engine, "commit", self._before)
        commits: Callable[..., None] = DefaultDialect.do_commit

        def commit(dialect: DefaultDialect, connection: Any) -> None:
            commits(dialect, connection)
            self._dies_if("after")

        DefaultDialect.do_commit = commit  # type: ignore[method-assign]

    def _executes(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(_WRITES):
            connection.info["writes"] = True

    def _before(self, connection: Connection) -> None:
        if connection.info.pop("writes", False):
            self._count += 1
            NUMBER.pack_into(self._shared, COMMITS_AT, self._count)
            self._dies_if("before")

    def _dies_if(self, moment: str) -> None:
        if moment == self._moment and self._count >= self._number:
            os.kill(os.getpid(), signal.SIGKILL)


def serve(order: dict[str, Any]) -> None:
    """Be `fixdesk serve` in this process."""
    os.environ.clear()
    os.environ.update(order["environment"])
    random.seed()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number, opened in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(opened, number)
    with Path(os.environ[CLOCK]).open("r+b") as file:
        shared = mmap.mmap(file.fileno(), SHARED_BYTES)
    CommitCounter(os.environ.get(KILL_AT_COMMIT, ""), shared).install()
    bot.app.running_bot = by_the_clock(SharedClock(shared), bot.app.running_bot)
    sys.argv = ["fixdesk", "serve"]
    main()


def by_the_clock(clock: SharedClock, running_bot: Any) -> Any:
    """Let the bot go by the shared clock; a jump of the clock, which SIGUSR1 tells of, wakes it."""

    @contextlib.asynccontextmanager
    async def running(settings: Settings, policy: Policy | None) -> AsyncIterator[bot.app.Vitals]:
        async with running_bot(settings, policy, clock=clock) as vitals:

            def wake(*_: object) -> None:
                if vitals.worker is not None:
                    vitals.worker.wake()

            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, wake)
            yield vitals

    return running


def start(order: dict[str, Any]) -> int:
    """Fork a process that serves, and return its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        serve(order)
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:  # noqa: BLE001 - a forked process must never return into the loop that takes orders
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def tell(**facts: int) -> None:
    """Write a line to whoever gives the orders."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def reap() -> None:
    """Tell of the processes that have ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            tell(ended=pid, status=os.waitstatus_to_exitcode(status))


def take_orders() -> None:
    """Start what is ordered until nobody orders any more."""
    load_thesaurus()
    gc.freeze()
    orders = os.fdopen(os.dup(0), "rb", buffering=0)
    tell(ready=1)
    while True:
        ready, _, _ = select.select([orders], [], [], 0.01)
        reap()
        if ready:
            line = orders.readline()
            if not line:
                return
            tell(started=start(json.loads(line)))


if __name__ == "__main__":
    take_orders()
