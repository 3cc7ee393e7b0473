"""Finding for a person: only what they may run, and a word about what they may not."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import NexthinkFault, StoreError
from bot.domain.search import Matches
from bot.domain.usage import Use
from bot.domain.workflow import Catalog, WorkflowId
from bot.usecases.catalog import PATIENCE, WorkflowCatalog
from bot.usecases.desk import Desk
from bot.usecases.search import Found, find_workflows, wake_catalog
from tests.usecases.fakes import POLICY, Bench


async def found(bench: Bench, query: str, slack_id: str = "UADA", limit: int = 100) -> tuple[list[str], str]:
    """Return the ids that somebody finds, and why not the best."""
    person = await bench.desk.person(slack_id)
    result = await find_workflows(query, person, "C1", desk=bench.desk, limit=limit)
    return [match.workflow.id for match in result.matches.ranked], result.refused.reason if result.refused else ""


async def test_only_what_a_person_may_run_is_found(bench: Bench) -> None:
    """The help desk finds more than Ada, who is told of the best one that she may not run."""
    ids, why = await found(bench, "restart")
    assert ids == []
    assert why == "You are not allowed to run The restart fix: only helpdesk may. Ask one of them (rule #restart)."

    assert await found(bench, "restart", "UGRACE") == (["#restart"], "")


@pytest.mark.parametrize("query", ["", "  "])
async def test_without_words_everything_allowed_is_shown_by_name(bench: Bench, query: str) -> None:
    """Nothing of it is preselected."""
    everything = ["#approved", "#device", "#paused", "#reset_vpn"]
    assert (await found(bench, query))[0] == everything
    assert (await found(bench, query, limit=2))[0] == everything[:2]

    ada = await bench.desk.person("UADA")
    assert (await find_workflows(query, ada, "C1", desk=bench.desk)).matches.clear is None


async def test_without_words_the_familiar_comes_first(bench: Bench) -> None:
    """What Ada ran of late, then what is run most, then the rest by name."""
    for slack_id, workflow_id, times in (("UADA", "#reset_vpn", 1), ("UADA", "#paused", 1), ("UGRACE", "#device", 9)):
        bench.clock.advance(minutes=1)
        use = Use(slack_id=slack_id, workflow_id=WorkflowId(workflow_id), times=times, last_at=bench.clock())
        bench.desk.usage.usage.note(use)

    assert (await found(bench, ""))[0] == ["#paused", "#reset_vpn", "#device", "#approved"]


async def test_large_catalog_is_searched_in_a_thread(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is the same."""
    here = await found(bench, "fix")
    monkeypatch.setattr("bot.usecases.search.AT_ONCE", 0)

    assert await found(bench, "fix") == here


async def test_nothing_fits_is_no_refusal(bench: Bench) -> None:
    """Nobody is told of a right that they did not ask for."""
    assert await found(bench, "lasagne") == ([], "")


def without_catalog(bench: Bench) -> Desk:
    """Return a desk that never had a catalog."""
    catalog = WorkflowCatalog(nexthink=bench.nexthink, store=bench.store, policy=POLICY, clock=bench.clock)
    return Desk(
        nexthink=bench.nexthink,
        store=bench.store,
        people=bench.people,
        catalog=catalog,
        devices=bench.desk.devices,
        usage=bench.desk.usage,
        policy=POLICY,
        clock=bench.clock,
        new_id=bench.desk.new_id,
    )


async def test_press_wakes_a_catalog_that_is_not_there(bench: Bench) -> None:
    """Nexthink is asked once more; while it is away nothing is found."""
    desk = without_catalog(bench)
    ada = await desk.person("UADA")
    bench.nexthink.fail("list_workflows", NexthinkFault.UNREACHABLE)

    assert not await wake_catalog(desk)
    assert await find_workflows("vpn", ada, "C1", desk=desk) == Found(matches=Matches())

    assert await wake_catalog(desk)
    assert (await find_workflows("vpn", ada, "C1", desk=desk)).matches.ranked


async def test_person_does_not_wait_long_for_a_catalog(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five seconds at most; the refresh goes on, and its answer serves the next one."""
    assert timedelta(seconds=5) == PATIENCE
    monkeypatch.setattr("bot.usecases.search.PATIENCE", timedelta(milliseconds=20))
    desk = without_catalog(bench)
    answered = asyncio.Event()

    async def hold() -> None:
        await answered.wait()

    bench.nexthink.during["list_workflows"] = hold
    assert not await wake_catalog(desk)

    answered.set()
    await desk.catalog.refresh()
    assert desk.catalog.index is not None
    assert bench.nexthink.calls["list_workflows"] == 2


async def test_catalog_that_cannot_be_saved_serves(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that fails does not hide what Nexthink has just named."""

    async def fail(_: Catalog) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(bench.store, "save_catalog", fail)

    assert await wake_catalog(without_catalog(bench))


async def test_catalog_that_is_there_is_not_asked_for(bench: Bench) -> None:
    """A person does not wait for what is known."""
    assert await wake_catalog(bench.desk)
    assert bench.nexthink.calls["list_workflows"] == 1
