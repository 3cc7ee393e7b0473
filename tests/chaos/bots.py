"""The processes of the bot: started through the launcher, killed, and started again as an orchestrator does."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from tests.chaos.launcher import KILL_AT_COMMIT

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL


class Launcher:
    """The process from which every bot is forked; it may serve many schedules, one after another or at once."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._started: asyncio.Queue[int] = asyncio.Queue()
        self._ended: dict[int, asyncio.Future[int]] = {}
        self._turn = asyncio.Lock()

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls) -> "AsyncIterator[Launcher]":
        """Run it for as long as the context lasts."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = (sys.executable, "-m", "tests.chaos.launcher")
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE)
        launcher = cls(process)
        listening = asyncio.create_task(launcher._listen())
        try:
            yield launcher
        finally:
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()
            await listening

    async def start(self, environment: Mapping[str, str], log: Path) -> int:
        """Start a bot and return its process id."""
        if self._process.stdin is None:
            raise RuntimeError("the launcher takes its orders from a pipe")
        async with self._turn:
            order = json.dumps({"environment": dict(environment), "log": str(log)})
            self._process.stdin.write(f"{order}\n".encode())
            return await self._started.get()

    async def ended(self, pid: int) -> int:
        """Wait until a bot has ended, and return its exit status."""
        return await self._future(pid)

    def _future(self, pid: int) -> asyncio.Future[int]:
        return self._ended.setdefault(pid, asyncio.get_running_loop().create_future())

    async def _listen(self) -> None:
        if self._process.stdout is None:
            raise RuntimeError("the launcher answers through a pipe")
        async for line in self._process.stdout:
            told: dict[str, Any] = json.loads(line)
            if "started" in told:
                self._started.put_nowait(told["started"])
            if "ended" in told and not (ended := self._future(told["ended"])).done():
                ended.set_result(told["status"])


class Bot:
    """One replica: while `kept` runs there is a process, and a new one whenever it has ended."""

    def __init__(self, launcher: Launcher, environment: Mapping[str, str], log: Path) -> None:
        self._launcher = launcher
        self._environment = environment
        self._log = log
        self._pid: int | None = None
        self.lives = 0
        self.statuses: list[int] = []
        """How each of its processes has ended."""

    @property
    def is_alive(self) -> bool:
        """Whether there is a process."""
        return self._pid is not None

    def kill(self) -> None:
        """End its process at once."""
        self._signal(signal.SIGKILL)

    def wake(self) -> None:
        """Tell its process that the clock has jumped."""
        self._signal(signal.SIGUSR1)

    def stop(self) -> None:
        """Tell its process to end in order."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)

    async def live(self, kill_at_commit: str) -> int:
        """Be one process from its start to its end; return how it ended."""
        environment = {**self._environment, KILL_AT_COMMIT: kill_at_commit}
        self._pid = pid = await self._launcher.start(environment, self._log)
        self.lives += 1
        try:
            status = await self._launcher.ended(pid)
        except asyncio.CancelledError:
            self.kill()
            await self._launcher.ended(pid)
            raise
        finally:
            self._pid = None
        self.statuses.append(status)
        return status
