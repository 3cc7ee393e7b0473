"""Tests for bot.usecases.reconcile."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import AuditEntry
from bot.domain.batch import PartState
from bot.domain.errors import NexthinkFault, NotAllowedError, TooLateError
from bot.domain.run import ExecutionId, ExecutionState, RunId, RunState, Sighting
from bot.domain.work import WorkKind
from bot.usecases.reconcile import (
    AWAY,
    LOOKED_BACK,
    NEVER_THERE,
    NOT_SET_UP,
    NOT_THERE_YET,
    SEVERAL,
    STARTED_AFTER_ALL,
    Settlement,
    reconcile_runs,
    settle_run,
)
from bot.usecases.run import LOOKED_FOR, begin_run
from bot.usecases.start import start_run
from tests.domain.values import ADA, NOON
from tests.store.test_batches import a_batch
from tests.usecases.fakes import Bench

R1 = RunId("r-1")


async def lose_answer(bench: Bench, workflow: str = "#reset_vpn", **changes: Any) -> None:
    """Start a run whose answer is lost."""
    await bench.keep(workflow, **changes)
    bench.nexthink.fail("start", NexthinkFault.UNCLEAR)
    await start_run(R1, 1, desk=bench.desk)
    assert (await bench.run()).state is RunState.UNCERTAIN


def record(bench: Bench, request: str = "q-7", **changes: Any) -> None:
    """Let Nexthink have recorded a start of it."""
    plain: dict[str, Any] = {
        "request_id": request,
        "execution_id": ExecutionId(f"e-{request}"),
        "state": ExecutionState.RUNNING,
        "workflow_id": "#reset_vpn",
        "upn": ADA.upn,
        "requested_at": bench.clock.now,
    }
    bench.nexthink.sightings[request].append(Sighting(**(plain | changes)))


async def settle(bench: Bench, choice: Settlement, slack_id: str = "UADA") -> str:
    """Press a button of the card as it is now."""
    return await settle_run(R1, (await bench.run()).start_mark, slack_id, choice, desk=bench.desk)


async def test_lost_answer_is_looked_for_at_once(bench: Bench) -> None:
    """The work for it is stored with the change."""
    await lose_answer(bench)

    assert WorkKind.RECONCILE in await bench.kinds_due()
    assert (await bench.run()).note == LOOKED_FOR


async def test_recorded_start_is_adopted(bench: Bench) -> None:
    """Then the run is followed as any other, and nobody is asked."""
    await lose_answer(bench)
    record(bench)

    await reconcile_runs(desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.request_id, run.note) == (RunState.RUNNING, "q-7", "")
    assert [execution.id for execution in run.executions] == ["e-q-7"]
    assert WorkKind.FOLLOW in await bench.kinds_due()
    assert len(bench.nexthink.starts) == 1


async def test_pause_of_an_adopted_start_is_asked_about(bench: Bench) -> None:
    """As if the answer had come."""
    await lose_answer(bench, "#paused")
    record(bench, workflow_id="#paused")

    await reconcile_runs(desk=bench.desk)

    assert (await bench.run()).executions[0].resume is not None


@pytest.mark.parametrize(
    ("fault", "requests", "note"),
    [
        (None, (), NOT_THERE_YET),
        (None, ("q-7", "q-8"), SEVERAL),
        (NexthinkFault.UNREACHABLE, (), AWAY),
        (NexthinkFault.NOT_FOUND, (), NOT_SET_UP),
    ],
)
async def test_what_is_not_found_is_said_and_looked_for_again(
    bench: Bench, fault: NexthinkFault | None, requests: tuple[str, ...], note: str
) -> None:
    """Never called failed or not started."""
    await lose_answer(bench)
    for request in requests:
        record(bench, request)
    if fault is not None:
        bench.nexthink.fail("recent_executions", fault)

    again_at = await reconcile_runs(desk=bench.desk)

    assert again_at == NOON + timedelta(seconds=10)
    assert ((await bench.run()).state, (await bench.run()).note) == (RunState.UNCERTAIN, note)


async def test_looking_ends_with_what_nexthink_shows(bench: Bench) -> None:
    """After an hour nothing is asked any more; the buttons stay."""
    await lose_answer(bench)
    bench.clock.now = NOON + LOOKED_BACK

    assert await reconcile_runs(desk=bench.desk) is None
    told = await bench.run()
    assert (told.state, told.note) == (RunState.UNCERTAIN, NEVER_THERE)
    await reconcile_runs(desk=bench.desk)
    assert await bench.run() == told


async def test_nothing_is_asked_where_nothing_is_unanswered(bench: Bench) -> None:
    """Nexthink's budget is small."""
    await bench.keep()

    assert await reconcile_runs(desk=bench.desk) is None
    assert bench.nexthink.calls["recent_executions"] == 0


async def test_request_of_another_run_is_not_adopted(bench: Bench) -> None:
    """It is known whose it is."""
    await bench.keep_running(7)
    await lose_answer(bench)
    record(bench, "q-7")

    await reconcile_runs(desk=bench.desk)

    assert (await bench.run()).state is RunState.UNCERTAIN


async def test_only_whoever_asked_may_settle_it(bench: Bench) -> None:
    """An approver sees no such buttons, and may not send such a press."""
    await lose_answer(bench)

    with pytest.raises(NotAllowedError, match="Only Ada may decide this"):
        await settle(bench, Settlement.AGAIN, "UGRACE")


@pytest.mark.parametrize("choice", Settlement)
async def test_settled_start_is_not_settled_again(bench: Bench, choice: Settlement) -> None:
    """The button was on a copy that is out of date."""
    await bench.keep_running()

    with pytest.raises(TooLateError, match="cannot be decided any more"):
        await settle(bench, choice)


async def test_check_again_tells_what_it_found(bench: Bench) -> None:
    """Nothing yet, and then the run itself."""
    await lose_answer(bench)

    assert await settle(bench, Settlement.CHECK) == NOT_THERE_YET
    record(bench)
    assert await settle(bench, Settlement.CHECK) == ""
    assert (await bench.run()).state is RunState.RUNNING


async def test_left_start_is_called_unknown(bench: Bench) -> None:
    """The card says so, and has no buttons any more."""
    await lose_answer(bench)

    await settle(bench, Settlement.LEAVE)

    run = await bench.run()
    assert run.state is RunState.UNTRACKED
    assert "not known" in run.note
    assert run.ended_at == bench.clock.now


async def test_left_start_is_followed_where_it_shows_after_all(bench: Bench) -> None:
    """Nexthink's records tell late: then the card tells the truth."""
    await lose_answer(bench)
    await settle(bench, Settlement.LEAVE)
    record(bench)

    assert await reconcile_runs(desk=bench.desk) is not None

    run = await bench.run()
    assert (run.state, run.request_id, run.ended_at) == (RunState.RUNNING, "q-7", None)
    assert await reconcile_runs(desk=bench.desk) is None


async def test_left_start_still_contests_what_is_found(bench: Bench) -> None:
    """What Nexthink recorded may be the one that was left."""
    await lose_answer(bench)
    await settle(bench, Settlement.LEAVE)
    other = await bench.keep(id=RunId("r-2"), view_id="V-2")
    bench.nexthink.fail("start", NexthinkFault.UNCLEAR)
    await start_run(other.id, 1, desk=bench.desk)
    record(bench)

    await reconcile_runs(desk=bench.desk)

    assert (await bench.run("r-2")).state is RunState.UNCERTAIN


async def test_start_again_begins_with_every_check(bench: Bench) -> None:
    """It is asked for anew and sent once more; nothing of the first round is in the way."""
    await bench.keep()
    await begin_run(R1, 1, desk=bench.desk)
    bench.nexthink.fail("start", NexthinkFault.UNCLEAR)
    await start_run(R1, 1, desk=bench.desk)
    bench.clock.advance(minutes=1)

    assert await settle(bench, Settlement.AGAIN) == ""

    assert (await bench.run()).state is RunState.REQUESTED
    assert WorkKind.BEGIN in await bench.kinds_due()
    await begin_run(R1, 1, desk=bench.desk)
    assert WorkKind.START in await bench.kinds_due()
    await start_run(R1, 1, desk=bench.desk)
    assert (await bench.run()).state is RunState.RUNNING
    assert len(bench.nexthink.starts) == 2


async def test_start_again_looks_first(bench: Bench) -> None:
    """What was started after all is not started a second time."""
    await lose_answer(bench)
    record(bench)

    assert await settle(bench, Settlement.AGAIN) == STARTED_AFTER_ALL
    assert (await bench.run()).state is RunState.RUNNING
    assert len(bench.nexthink.starts) == 1


async def test_start_again_needs_the_right_to_it(bench: Bench) -> None:
    """It may have been taken away meanwhile."""
    await lose_answer(bench, "#restart")

    with pytest.raises(NotAllowedError):
        await settle(bench, Settlement.AGAIN)
    assert (await bench.run()).state is RunState.UNCERTAIN


async def test_earlier_record_is_not_taken_for_the_second_start(bench: Bench) -> None:
    """The first start appears late, and the second was lost as well."""
    await lose_answer(bench)
    first_at = bench.clock.now
    bench.clock.advance(minutes=1)
    await settle(bench, Settlement.AGAIN)
    await begin_run(R1, 1, desk=bench.desk)
    bench.nexthink.fail("start", NexthinkFault.UNCLEAR)
    await start_run(R1, 1, desk=bench.desk)
    record(bench, requested_at=first_at)

    await reconcile_runs(desk=bench.desk)

    assert (await bench.run()).state is RunState.UNCERTAIN


async def test_adoption_is_recorded(bench: Bench) -> None:
    """The chain tells the whole story."""
    await lose_answer(bench)
    record(bench)
    await reconcile_runs(desk=bench.desk)

    rows = await bench.store.audit_rows()

    assert [row.entry.action for row in rows] == ["run.starting", "run.uncertain", "run.running"]
    assert all(row.is_intact for row in rows)


@pytest.mark.parametrize(("inputs", "state"), [("", RunState.UNCERTAIN), ("0123456789abcdef", RunState.RUNNING)])
async def test_start_from_a_terminal_is_not_taken_for_it(bench: Bench, inputs: str, state: RunState) -> None:
    """Somebody also ran the workflow from a terminal and lost the answer: only a correlation id tells them apart."""
    run = await bench.keep(id=RunId("0123456789abcdef"))
    bench.nexthink.fail("start", NexthinkFault.UNCLEAR)
    await start_run(run.id, 1, desk=bench.desk)
    entry = AuditEntry(at=NOON, actor="operator", action="batch.stored", subject={})
    await bench.store.add_batch(a_batch("b-1", PartState.UNKNOWN), entry, is_once=False)
    record(bench, inputs=inputs)

    await reconcile_runs(desk=bench.desk)

    assert (await bench.run(run.id)).state is state


async def test_press_that_is_worked_off_twice_starts_once_more(bench: Bench) -> None:
    """A process died over it, and the second start was lost as well: that one was not asked about."""
    await lose_answer(bench)
    mark = (await bench.run()).start_mark
    bench.clock.advance(minutes=1)
    await settle(bench, Settlement.AGAIN)
    await begin_run(R1, 1, desk=bench.desk)
    bench.nexthink.fail("start", NexthinkFault.UNCLEAR)
    await start_run(R1, 1, desk=bench.desk)

    with pytest.raises(TooLateError):
        await settle_run(R1, mark, "UADA", Settlement.AGAIN, desk=bench.desk)

    assert len(bench.nexthink.starts) == 2
    assert (await bench.run()).state is RunState.UNCERTAIN


@pytest.mark.parametrize("choice", [Settlement.AGAIN, Settlement.LEAVE])
async def test_second_of_two_presses_is_told_that_it_came_too_late(bench: Bench, choice: Settlement) -> None:
    """Both were made on the same card; the start goes out once more at most."""
    await lose_answer(bench)

    answers = await asyncio.gather(settle(bench, choice), settle(bench, choice), return_exceptions=True)

    assert {type(answer) for answer in answers} == {str, TooLateError}
