"""How late the end of a run is seen, by how many runs are open: the real follower and store, in simulated time.

The runs were started evenly over the last hour, one execution each, and end evenly over the next ten minutes. Nexthink
answers at once, with at most 1,000 rows; no more questions are asked than the budget allows.
"""

import dataclasses
import random
import statistics
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.run import (
    Execution,
    ExecutionId,
    ExecutionState,
    Requester,
    Run,
    RunId,
    RunState,
    Send,
    Sighting,
    Target,
    WorkflowRef,
)
from bot.domain.workflow import WorkflowId
from bot.store import runs
from bot.store.database import SqlStore
from bot.usecases.pace import PACES
from bot.usecases.status import Follower
from tests.usecases.fakes import Bench, HeldStore, make_bench

OPEN = (10, 500, 2_000, 10_000)
STARTED_WITHIN = timedelta(hours=1)
ENDING_WITHIN = timedelta(minutes=10)
WATCHED_FOR = PACES[-1][0]
PROMISE = timedelta(seconds=45)
MAX_ROWS = 1_000
"""Rows of one NQL answer, as tenants report them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Planned:
    """One run: when it was started, and when Nexthink shows its end."""

    number: int
    started_at: datetime
    ended_at: datetime

    @property
    def is_watched(self) -> bool:
        """Whether people still look at its card when it ends."""
        return self.ended_at - self.started_at <= WATCHED_FOR

    def sighting(self, now: datetime) -> Sighting:
        """Return what Nexthink's records say of it."""
        state = ExecutionState.SUCCEEDED if self.ended_at <= now else ExecutionState.RUNNING
        return Sighting(request_id=f"q-{self.number}", execution_id=ExecutionId(f"e-{self.number}"), state=state)


async def measure() -> list[str]:
    """Return a line for each number of open runs."""
    return [await _measure(number) for number in OPEN]


async def _measure(number: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        store = await HeldStore.open(f"sqlite+aiosqlite:///{Path(folder)}/bench.db")
        try:
            bench = await make_bench(store)
            planned = _plan(number, bench.clock.now)
            await _keep(store, planned)
            late, ticks = await _follow(bench, planned)
        finally:
            await store.close()
    return _line(planned, late, ticks)


def _plan(number: int, now: datetime) -> list[Planned]:
    """Return the runs, the newest first, as the recent executions show them."""
    chance = random.Random(number)  # noqa: S311 - no secret
    plan = [
        Planned(one, now - chance.random() * STARTED_WITHIN, now + chance.random() * ENDING_WITHIN)
        for one in range(number)
    ]
    return sorted(plan, key=lambda run: run.started_at, reverse=True)


async def _keep(store: SqlStore, planned: list[Planned]) -> None:
    """Store all runs in one transaction."""
    async with store._writer.begin() as connection:
        for one in planned:
            await runs.add(connection, _run(one))


def _run(planned: Planned) -> Run:
    return Run(
        id=RunId(f"r-{planned.number}"),
        view_id=f"V-{planned.number}",
        requester=Requester(slack_id="UADA", name="Ada", upn="ada@example.com"),
        workflow=WorkflowRef(id=WorkflowId("#reset_vpn"), uuid="w-1", name="Reset VPN", version="1"),
        target=Target(upn="ada@example.com", send=Send.USER),
        parameters={},
        created_at=planned.started_at,
        state=RunState.RUNNING,
        request_id=f"q-{planned.number}",
        started_at=planned.started_at,
        executions=(Execution(id=ExecutionId(f"e-{planned.number}")),),
    )


async def _follow(bench: Bench, planned: list[Planned]) -> tuple[dict[int, timedelta], list[float]]:
    """Follow until all should be seen; return how late each end was seen, and the seconds that each tick took."""
    by_request = {f"q-{run.number}": run for run in planned}
    clock, seen, ticks = bench.clock, _Seen(bench), []

    async def recent() -> list[Sighting]:
        return seen.note([run.sighting(clock.now) for run in planned[:MAX_ROWS]])

    async def one(request_id: str) -> list[Sighting]:
        return seen.note([by_request[request_id].sighting(clock.now)])

    bench.nexthink.recent_executions = recent  # type: ignore[method-assign]
    bench.nexthink.executions_of = one  # type: ignore[method-assign]
    follower, until = Follower(bench.desk), clock.now + ENDING_WITHIN + 2 * PROMISE
    while clock.now < until:
        began = time.perf_counter()
        again_at = await follower.follow_runs()
        ticks.append(time.perf_counter() - began)
        if again_at is None:
            break
        clock.now = again_at
    return {run.number: seen.at[run.number] - run.ended_at for run in planned if run.number in seen.at}, ticks


class _Seen:
    """When the end of each run was first shown to the follower."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.at: dict[int, datetime] = {}

    def note(self, sightings: list[Sighting]) -> list[Sighting]:
        """Note the ends in an answer, and hand it on."""
        for sighting in sightings:
            if sighting.state.has_ended:
                self.at.setdefault(int(sighting.request_id.removeprefix("q-")), self._bench.clock.now)
        return sightings


def _line(planned: list[Planned], late: dict[int, timedelta], ticks: list[float]) -> str:
    seconds = sorted(one.total_seconds() for one in late.values())
    watched = [run for run in planned if run.is_watched]
    p95 = seconds[int(0.95 * (len(seconds) - 1))]
    return (
        f"{f'ends seen, {len(planned):,} open':28}{statistics.median(seconds):7.0f} s  (p95 {p95:.0f}, of the"
        f" {len(seconds) / len(planned):.0%} that were seen); within 45 s: {_in_time(planned, late):.0%},"
        f" of the {len(watched)} that people watch {_in_time(watched, late):.0%};"
        f" a tick takes {1000 * statistics.median(ticks):.0f} ms"
    )


def _in_time(planned: list[Planned], late: dict[int, timedelta]) -> float:
    """Return the share of runs whose end was seen within the promised time, all where there are none."""
    in_time = sum(late.get(run.number, ENDING_WITHIN) <= PROMISE for run in planned)
    return in_time / len(planned) if planned else 1.0
