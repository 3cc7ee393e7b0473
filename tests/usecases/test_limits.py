"""Hours and limits where a run begins: what was asked for first counts, however it is worked off."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.run import RunId, RunState
from bot.policy.rules import Policy, read_policy
from bot.usecases.run import begin_run
from tests.domain.values import NOON
from tests.usecases.fakes import HeldStore, make_bench


def policy(limit: str) -> Policy:
    """Return a policy with one limited rule."""
    head = "version: 1\npeople: {domains: [example.com]}\nworkflows:\n"
    return read_policy(f"{head}  - {{match: '#reset_vpn', run_by: everyone, {limit}}}\n", "policy.yaml")


async def test_of_three_at_once_the_first_two_begin(store: HeldStore) -> None:
    """Whatever the order in which they are worked off."""
    bench = await make_bench(store, policy("limit: 2/1h"))
    for number in (1, 2, 3):
        at = NOON + timedelta(seconds=number // 2)
        await bench.keep(id=RunId(f"r-{number}"), view_id=f"V-{number}", created_at=at)
    bench.clock.advance(seconds=2)

    await asyncio.gather(*(begin_run(RunId(f"r-{number}"), 1, desk=bench.desk) for number in (3, 2, 1)))

    states = [(await bench.run(f"r-{number}")).state for number in (1, 2, 3)]
    assert states == [RunState.REQUESTED, RunState.REQUESTED, RunState.REFUSED]
    assert "only 2 times in 1h" in (await bench.run("r-3")).note


@pytest.mark.parametrize("state", [RunState.REFUSED, RunState.DENIED, RunState.WITHDRAWN, RunState.EXPIRED])
async def test_what_came_to_nothing_does_not_count(store: HeldStore, state: RunState) -> None:
    """It was never started."""
    bench = await make_bench(store, policy("limit: 1/1h"))
    await bench.keep(state=state)
    await bench.keep(id=RunId("r-2"), view_id="V-2")

    await begin_run(RunId("r-2"), 1, desk=bench.desk)

    assert (await bench.run("r-2")).state is RunState.REQUESTED


async def test_outside_the_hours_nothing_begins(store: HeldStore) -> None:
    """The card says when it may be run."""
    bench = await make_bench(store, policy('hours: {from: "13:00", to: "14:00"}'))
    await bench.keep()

    await begin_run(RunId("r-1"), 1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, "only from 13:00 to 14:00 (UTC), every day" in run.note) == (RunState.REFUSED, True)
