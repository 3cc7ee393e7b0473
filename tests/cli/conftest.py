"""`fixdesk` as a process of its own, with nothing in its environment but what a test gives it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.playground.clock import Clock
from bot.playground.nexthink.server import SimulatedNexthink
from bot.playground.stand import Stand, running_stand
from tests.cli.tenant import environment, running_tenant

NOTHING: Mapping[str, str] = {}
ENOUGH = 25.0
"""Seconds after which a process is taken to hang."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended."""

    status: int
    out: str
    err: str


class Command:
    """Starts `fixdesk`, and kills at the end what still runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[Process] = []

    async def start(
        self, *arguments: str, environment: Mapping[str, str] = NOTHING, python: tuple[str, ...] = ()
    ) -> Process:
        """Start it in the folder, with these variables and no others but PATH and HOME."""
        plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *python,
            "-m",
            "bot",
            *arguments,
            cwd=self.folder,
            env={**plain, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        self._started.append(process)
        return process

    async def run(
        self, *arguments: str, environment: Mapping[str, str] = NOTHING, python: tuple[str, ...] = ()
    ) -> Ended:
        """Run it to its end."""
        return await ended(await self.start(*arguments, environment=environment, python=python))

    async def close(self) -> None:
        """Kill what still runs."""
        for process in self._started:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


async def ended(process: Process) -> Ended:
    """Wait for the end of a process."""
    async with asyncio.timeout(ENOUGH):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def told_to_stop(process: Process) -> Ended:
    """End a process as an orchestrator does."""
    process.send_signal(signal.SIGTERM)
    return await ended(process)


@pytest.fixture
async def fixdesk(tmp_path: Path) -> AsyncIterator[Command]:
    """The command line."""
    command = Command(tmp_path)
    yield command
    await command.close()


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    """A local Slack and a simulated Nexthink, for a bot in a process."""
    async with AsyncExitStack() as closing:
        yield await closing.enter_async_context(running_stand(clock=Clock(utc_now)))


@pytest.fixture
async def tenant() -> AsyncIterator[SimulatedNexthink]:
    """A simulated Nexthink that takes every target."""
    async with running_tenant(accept_unknown_targets=True) as nexthink:
        yield nexthink


@pytest.fixture
def variables(tenant: SimulatedNexthink, tmp_path: Path) -> Mapping[str, str]:
    """The environment of a command beside the tenant; the policy is in the folder."""
    return environment(tenant, tmp_path)


@pytest.fixture
def here(variables: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a command runs in this process, with its environment set."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path
