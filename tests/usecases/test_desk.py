"""The desk: a change applies to what is stored now, or not at all."""

import pytest

from bot.domain.errors import NotFoundError
from bot.domain.run import Run, RunId, RunState
from bot.domain.work import WorkKind
from bot.usecases.desk import change_in, move_from
from bot.usecases.due import work_on
from tests.domain.values import NOON
from tests.usecases.fakes import Bench

R1 = RunId("r-1")
REFUSE = move_from(RunState.REQUESTED, RunState.REFUSED, note="No.")


async def test_change_of_an_unknown_run_is_told(bench: Bench) -> None:
    """There is nothing to change."""
    with pytest.raises(NotFoundError):
        await bench.desk.change(RunId("unknown"), lambda run: run)


async def test_change_is_stored_with_its_work(bench: Bench) -> None:
    """The card is brought up to date along with it."""
    before = await bench.keep()

    changed = await bench.desk.change(R1, REFUSE, work_on(before.id, WorkKind.START, NOON))

    assert changed == await bench.run()
    assert (changed.state, changed.note, changed.revision) == (RunState.REFUSED, "No.", before.revision + 1)
    assert {work.kind for work in await bench.due()} == {WorkKind.SHOW, WorkKind.START}


async def test_step_that_changes_nothing_stores_no_work(bench: Bench) -> None:
    """Neither a card nor what was to follow."""
    before = await bench.keep()

    assert await bench.desk.change(R1, lambda run: run, work_on(before.id, WorkKind.START, NOON)) == before

    assert await bench.due() == []


async def test_step_is_applied_again_where_somebody_was_quicker(bench: Bench) -> None:
    """Nothing of the other change is lost."""

    async def other() -> None:
        await bench.desk.change(R1, lambda run: run.changed(note="first"))

    def step(run: Run) -> Run:
        return run.changed(note=f"{run.note}, second")

    await bench.keep()
    bench.store.before_replace = other

    assert (await bench.desk.change(R1, step)).note == "first, second"


@pytest.mark.parametrize("state", RunState)
async def test_run_that_left_a_state_meanwhile_is_left_alone(bench: Bench, state: RunState) -> None:
    """A step that makes sense in some states does nothing in the others, and raises nothing."""
    before = await bench.keep(state=state)

    await bench.desk.change(R1, change_in({RunState.REQUESTED, RunState.APPROVED}, note="Late."))
    await bench.desk.change(R1, REFUSE)

    after = await bench.run()
    if state is RunState.REQUESTED:
        assert (after.state, after.note) == (RunState.REFUSED, "No.")
    elif state is RunState.APPROVED:
        assert (after.state, after.note) == (RunState.APPROVED, "Late.")
    else:
        assert after == before
