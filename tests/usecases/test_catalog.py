"""The catalog: cached, refreshed, and never lost to a failure."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from bot.domain.errors import NexthinkError, NexthinkFault, StoreError
from bot.domain.workflow import Catalog, Needs, WorkflowId
from bot.usecases import catalog as module
from bot.usecases.catalog import WorkflowCatalog
from tests.domain.values import NOON, a_workflow
from tests.usecases.fakes import POLICY, Bench, HeldStore

VPN = WorkflowId("#reset_vpn")


def another(bench: Bench) -> WorkflowCatalog:
    """Return a catalog as a process has it that just started."""
    return WorkflowCatalog(nexthink=bench.nexthink, store=bench.store, policy=POLICY, clock=bench.clock)


async def test_new_catalog_is_empty_until_something_is_kept(store: HeldStore, bench: Bench) -> None:
    """Loading takes the store's copy, as old as it is."""
    catalog = another(bench)
    assert (catalog.index, catalog.fetched_at, catalog.get(VPN)) == (None, None, None)

    await catalog.load()

    assert catalog.get(VPN) == bench.nexthink.workflows[VPN]
    assert catalog.fetched_at == NOON
    assert await store.load_catalog() is not None


async def test_nothing_kept_is_nothing_loaded(store: HeldStore, bench: Bench) -> None:
    """A first start has no copy."""
    await store.save_catalog(dataclasses.replace(await _kept(store), workflows={}))
    catalog = another(bench)

    await catalog.load()

    assert catalog.index is not None
    assert catalog.index.workflows == ()


async def _kept(store: HeldStore) -> Catalog:
    kept = await store.load_catalog()
    assert kept is not None
    return kept


async def test_refresh_takes_nexthinks_word_and_keeps_it(bench: Bench) -> None:
    """What is gone is gone, what is new can be found, and a restart knows it."""
    bench.nexthink.workflows = {WorkflowId("#new"): a_workflow("#new", name="Brand new")}
    bench.clock.advance(minutes=15)

    await bench.desk.catalog.refresh()

    kept = another(bench)
    await kept.load()
    for catalog in (bench.desk.catalog, kept):
        assert catalog.get(VPN) is None
        assert catalog.index is not None
        assert [match.workflow.id for match in catalog.index.find("brand new").ranked] == ["#new"]
        assert catalog.fetched_at == bench.clock.now


async def test_failed_refresh_keeps_the_last_good_copy(bench: Bench) -> None:
    """The failure is raised and remembered, until a refresh goes well."""
    catalog = bench.desk.catalog
    bench.nexthink.fail("list_workflows", NexthinkFault.UNREACHABLE)
    bench.clock.advance(minutes=15)

    with pytest.raises(NexthinkError):
        await catalog.refresh()
    assert (catalog.get(VPN) is not None, catalog.fetched_at) == (True, NOON)
    assert "calling list_workflows" in str(catalog.failure)

    await catalog.refresh()
    assert (catalog.failure, catalog.fetched_at) == (None, bench.clock.now)


async def test_refresh_is_shared_by_all_who_ask(bench: Bench) -> None:
    """Nexthink is asked once, and the next who asks after the answer asks anew."""
    catalog = another(bench)
    before = bench.nexthink.calls["list_workflows"]

    await asyncio.gather(*(catalog.refresh() for _ in range(5)))
    assert bench.nexthink.calls["list_workflows"] == before + 1

    await catalog.refresh()
    assert bench.nexthink.calls["list_workflows"] == before + 2


async def test_failure_is_told_to_all_who_asked(bench: Bench) -> None:
    """Whoever waited for the same answer hears why there is none."""
    bench.nexthink.fail("list_workflows", NexthinkFault.BUSY)

    outcomes = await asyncio.gather(*(bench.desk.catalog.refresh() for _ in range(3)), return_exceptions=True)

    assert [str(outcome) for outcome in outcomes] == [str(bench.desk.catalog.failure)] * 3


async def test_refresh_goes_on_where_somebody_gives_up_waiting(bench: Bench) -> None:
    """One person's patience decides nothing for the others."""
    catalog = another(bench)
    asked, answered = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        asked.set()
        await answered.wait()

    bench.nexthink.during["list_workflows"] = hold
    impatient = asyncio.create_task(catalog.refresh())
    await asked.wait()
    patient = asyncio.create_task(catalog.refresh())
    impatient.cancel()
    await asyncio.wait({impatient})
    answered.set()
    await patient

    assert impatient.cancelled()
    assert catalog.index is not None


async def test_stop_breaks_a_refresh_off(bench: Bench) -> None:
    """Nothing is left under way, and a stop without a refresh does no harm."""
    catalog = another(bench)
    await catalog.stop()
    asked = asyncio.Event()

    async def hang() -> None:
        asked.set()
        await asyncio.Event().wait()

    bench.nexthink.during["list_workflows"] = hang
    waiting = asyncio.create_task(catalog.refresh())
    await asked.wait()

    await catalog.stop()

    await asyncio.wait({waiting}, timeout=2)
    assert waiting.cancelled()
    assert (catalog.index, catalog.failure) == (None, None)


async def test_list_that_cannot_be_kept_serves_all_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault of the store is raised, but people find what Nexthink named."""

    async def fail(_: Catalog) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(bench.store, "save_catalog", fail)
    catalog = another(bench)

    with pytest.raises(StoreError):
        await catalog.refresh()

    assert catalog.get(VPN) == bench.nexthink.workflows[VPN]
    assert (catalog.failure, catalog.fetched_at) == (None, NOON)


@pytest.mark.parametrize(
    ("age", "note"),
    [
        (
            {"seconds": 59},
            "This list is 0 min old, for it could not be refreshed: no connection could be made.",
        ),
        (
            {"minutes": 59},
            "This list is 59 min old, for it could not be refreshed: no connection could be made.",
        ),
        (
            {"hours": 3, "minutes": 59},
            "This list is 3 h old, for it could not be refreshed: no connection could be made.",
        ),
    ],
)
async def test_age_is_told_while_the_list_cannot_be_refreshed(bench: Bench, age: dict[str, float], note: str) -> None:
    """Nothing is said of an old catalog that could be refreshed."""
    assert bench.desk.catalog.age_note() == ""
    bench.nexthink.fail("list_workflows", NexthinkFault.UNREACHABLE)
    with pytest.raises(NexthinkError):
        await bench.desk.catalog.refresh()

    bench.clock.advance(**age)

    assert bench.desk.catalog.age_note() == note


async def test_no_age_is_told_of_no_catalog(bench: Bench) -> None:
    """Where there is none there is nothing old."""
    bench.nexthink.fail("list_workflows", NexthinkFault.BUSY)
    catalog = another(bench)
    with pytest.raises(NexthinkError):
        await catalog.refresh()

    assert catalog.age_note() == ""


async def test_details_are_read_and_remembered(bench: Bench) -> None:
    """What is read last is what a submission is checked against."""
    newer = dataclasses.replace(bench.nexthink.workflows[VPN], version="v-2")
    bench.nexthink.workflows[VPN] = newer

    assert await bench.desk.catalog.read(VPN) == newer
    assert bench.desk.catalog.get(VPN) == newer


async def test_need_that_the_details_leave_out_comes_from_the_list(bench: Bench) -> None:
    """The flags of an active version count where they are there."""
    listed = bench.nexthink.workflows[VPN]
    bench.nexthink.workflows[VPN] = dataclasses.replace(listed, needs=None, version="v-2")
    assert (await bench.desk.catalog.read(VPN)).needs is Needs.USER

    bench.nexthink.workflows[VPN] = dataclasses.replace(listed, needs=Needs.BOTH)
    assert (await bench.desk.catalog.read(VPN)).needs is Needs.BOTH


@pytest.mark.parametrize(
    ("listed", "known"), [("", "v-1"), ("v-1", "v-1"), ("v-2", "v-2")], ids=["left out", "the same", "another"]
)
async def test_details_outlive_a_refresh_that_says_less(bench: Bench, listed: str, known: str) -> None:
    """A form that is open stays right while the version is the same, or the list leaves it out."""
    await bench.desk.catalog.read(VPN)
    bench.nexthink.workflows[VPN] = dataclasses.replace(bench.nexthink.workflows[VPN], version=listed)

    await bench.desk.catalog.refresh()

    workflow = bench.desk.catalog.get(VPN)
    assert workflow is not None
    assert workflow.version == known


async def test_workflow_that_is_gone_takes_its_details_along(bench: Bench) -> None:
    """Nobody starts what the list has no more."""
    await bench.desk.catalog.read(VPN)
    del bench.nexthink.workflows[VPN]

    await bench.desk.catalog.refresh()

    assert bench.desk.catalog.get(VPN) is None


async def test_refresh_comes_sooner_after_a_failure(bench: Bench) -> None:
    """Soonest where there is no catalog at all."""
    bench.nexthink.fail("list_workflows", NexthinkFault.BUSY, NexthinkFault.BUSY)
    catalogs = (bench.desk.catalog, another(bench))
    usual = bench.desk.catalog.next_refresh_in
    for catalog in catalogs:
        with pytest.raises(NexthinkError):
            await catalog.refresh()

    with_one, without = (catalog.next_refresh_in for catalog in catalogs)
    assert without < with_one < usual == timedelta(minutes=15)


@pytest.mark.parametrize("fault", [NexthinkFault.UNREACHABLE, NexthinkFault.BUSY, NexthinkFault.UNCLEAR])
async def test_what_is_remembered_serves_while_nexthink_is_away(bench: Bench, fault: NexthinkFault) -> None:
    """A passing fault hides nothing that is known, and a workflow that is not known is not made up."""
    bench.nexthink.fail("read_workflow", fault, fault)

    assert await bench.desk.catalog.read(VPN) == bench.nexthink.workflows[VPN]
    with pytest.raises(NexthinkError):
        await bench.desk.catalog.read(WorkflowId("#gone"))


@pytest.mark.parametrize("fault", [NexthinkFault.NOT_FOUND, NexthinkFault.FORBIDDEN, NexthinkFault.REFUSED])
async def test_refusal_of_the_details_is_raised(bench: Bench, fault: NexthinkFault) -> None:
    """What Nexthink does not give out is not served from memory."""
    bench.nexthink.fail("read_workflow", fault)

    with pytest.raises(NexthinkError):
        await bench.desk.catalog.read(VPN)


async def test_details_that_hang_are_not_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list's copy serves; without one it is a trouble with Nexthink, told as such."""
    monkeypatch.setattr(module, "PATIENCE", timedelta(milliseconds=10))
    bench.nexthink.hanging.add("read_workflow")

    assert await bench.desk.catalog.read(VPN) == bench.nexthink.workflows[VPN]
    with pytest.raises(NexthinkError):
        await bench.desk.catalog.read(WorkflowId("#gone"))


async def test_operators_words_find_a_workflow(bench: Bench) -> None:
    """The aliases of the rule that decides are part of the index."""
    index = bench.desk.catalog.index

    assert index is not None
    assert [match.workflow.id for match in index.find("tunnel").ranked] == [VPN]
