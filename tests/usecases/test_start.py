"""Starts: the intent first, then one call at most that may have arrived."""

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.decision import Choice, DecisionState
from bot.domain.errors import NexthinkFault, StoreError
from bot.domain.run import ExecutionId, RunId, RunState, Send, Started, Target
from bot.domain.work import WorkKind
from bot.domain.workflow import WorkflowId
from bot.usecases.due import LONGEST_PAUSE, START_PATIENCE
from bot.usecases.run import LOOKED_FOR
from bot.usecases.start import start_run
from tests.domain.values import ADA, NOON, a_verdict, an_approval
from tests.usecases.fakes import Bench

R1 = RunId("r-1")


async def test_intent_is_stored_before_the_start_goes_out(bench: Bench) -> None:
    """Whoever dies during the call leaves a run in `starting` behind."""
    states: list[RunState] = []

    async def look() -> None:
        states.append((await bench.run()).state)

    bench.nexthink.during["start"] = look
    await bench.keep(parameters={"reason": "slow"})

    assert await start_run(R1, 1, desk=bench.desk) is None

    assert states == [RunState.STARTING]
    assert bench.nexthink.starts == [("#reset_vpn", Target(upn=ADA.upn, send=Send.USER), {"reason": "slow"})]


async def test_started_run_is_followed_by_its_ids(bench: Bench) -> None:
    """Each execution stands once, and Nexthink is asked how it goes."""
    bench.nexthink.started_as = Started(request_id="q-7", execution_ids=(ExecutionId("a"), ExecutionId("a")))
    await bench.keep(note="Not started yet")

    await start_run(R1, 1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.request_id, run.started_at, run.note) == (RunState.RUNNING, "q-7", NOON, "")
    assert [(execution.id, execution.resume) for execution in run.executions] == [("a", None)]
    assert await bench.kinds_due() == {WorkKind.FOLLOW}


async def test_somebody_who_left_meanwhile_gets_nothing_started(bench: Bench) -> None:
    """The rights of whoever asked are looked at again when the approval lets it start."""
    gone = dataclasses.replace(bench.people.profiles["UADA"], is_deactivated=True)
    bench.people.profiles["UADA"] = gone
    await bench.keep("#approved", state=RunState.APPROVED)

    assert await start_run(R1, 1, desk=bench.desk) is None

    run = await bench.run()
    assert (run.state, bench.nexthink.starts) == (RunState.REFUSED, [])
    assert "deactivated" in run.note


async def test_pause_is_asked_about_as_soon_as_it_is_started(bench: Bench) -> None:
    """Each execution gets the question of the rule, and the question expires."""
    ids = (ExecutionId("a"), ExecutionId("b"))
    bench.nexthink.started_as = Started(request_id="q-7", execution_ids=ids)
    await bench.keep("#paused")

    await start_run(R1, 1, desk=bench.desk)

    questions = [execution.resume for execution in (await bench.run()).executions]
    assert len(questions) == 2
    for question in questions:
        assert question is not None
        assert (question.deciders, question.channel_id, question.state) == (("helpdesk",), "CAPPR", DecisionState.OPEN)
        assert question.parameters[Choice.APPROVE] == {"decision": "yes", "by": "{approver_upn}"}
    assert await bench.kinds_due(hours=23.9) == {WorkKind.FOLLOW}
    assert WorkKind.EXPIRE_RESUME in await bench.kinds_due(hours=24)


@pytest.mark.parametrize("before", [RunState.REQUESTED, RunState.APPROVED])
@pytest.mark.parametrize("fault", [NexthinkFault.UNREACHABLE, NexthinkFault.BUSY])
async def test_start_that_did_not_arrive_is_sent_again(bench: Bench, fault: NexthinkFault, before: RunState) -> None:
    """The run goes back to where it was, the card says so, and the next attempt starts it."""
    bench.nexthink.fail("start", fault)
    await bench.keep(state=before)

    again_at = await start_run(R1, 1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.note) == (before, f"Not started yet: {fault.value}. Trying again.")
    assert again_at is not None
    assert 0 < (again_at - NOON).total_seconds() <= 15

    assert await start_run(R1, 2, desk=bench.desk) is None
    assert (await bench.run()).state is RunState.RUNNING
    assert len(bench.nexthink.starts) == 2


async def test_start_waits_as_long_as_nexthink_asks(bench: Bench) -> None:
    """A pause that Nexthink names is kept."""
    bench.nexthink.fail("start", NexthinkFault.BUSY, retry_after=90.0)
    await bench.keep()

    again_at = await start_run(R1, 1, desk=bench.desk)

    assert again_at is not None
    assert (again_at - NOON).total_seconds() == 90


async def test_start_is_given_up_after_its_patience(bench: Bench) -> None:
    """It then failed, and surely was not started; an approval given late has the whole time still."""
    late = an_approval(state=DecisionState.DECIDED, verdict=a_verdict(at=NOON + START_PATIENCE))
    await bench.keep()
    await bench.keep(id=RunId("r-2"), view_id="V-2", state=RunState.APPROVED, approval=late)
    bench.nexthink.fail("start", *[NexthinkFault.UNREACHABLE] * 3)

    bench.clock.now += START_PATIENCE - LONGEST_PAUSE
    assert await start_run(R1, 50, desk=bench.desk) is not None
    bench.clock.advance(seconds=1)
    assert await start_run(R1, 51, desk=bench.desk) is None
    assert await start_run(RunId("r-2"), 1, desk=bench.desk) is not None

    run = await bench.run()
    assert (run.state, run.ended_at) == (RunState.FAILED, bench.clock.now)
    assert run.note.startswith("It was not started. Nexthink trouble while calling start")


async def test_start_is_not_sent_long_after_it_was_asked_for(bench: Bench) -> None:
    """Where Nexthink asks for more patience than a person has, the run has failed at once and says so."""
    await bench.keep()
    bench.nexthink.fail("start", NexthinkFault.BUSY, retry_after=3600.0)

    assert await start_run(R1, 1, desk=bench.desk) is None

    run = await bench.run()
    assert (run.state, run.ended_at) == (RunState.FAILED, NOON)
    assert "fewer calls" in run.note


@pytest.mark.parametrize(
    "fault",
    [NexthinkFault.REFUSED, NexthinkFault.FORBIDDEN, NexthinkFault.UNAUTHORIZED, NexthinkFault.NOT_FOUND],
)
async def test_refused_start_has_failed(bench: Bench, fault: NexthinkFault) -> None:
    """It is not sent again, and the card says what Nexthink said."""
    bench.nexthink.fail("start", fault, details="no such user")
    await bench.keep()

    assert await start_run(R1, 1, desk=bench.desk) is None

    run = await bench.run()
    assert run.state is RunState.FAILED
    assert run.note.endswith("It said: no such user")
    assert await bench.kinds_due() == set()


async def test_start_of_unknown_result_is_never_sent_again(bench: Bench) -> None:
    """A lost answer leaves the run uncertain, neither started nor failed."""
    bench.nexthink.fail("start", NexthinkFault.UNCLEAR)
    await bench.keep()

    assert await start_run(R1, 1, desk=bench.desk) is None
    assert (await bench.run()).state is RunState.UNCERTAIN

    assert await start_run(R1, 2, desk=bench.desk) is None
    assert len(bench.nexthink.starts) == 1


async def test_start_whose_result_could_not_be_stored_is_uncertain(bench: Bench) -> None:
    """The database fails after Nexthink took the start: the next attempt finds `starting` and sends nothing."""

    async def break_database() -> None:
        bench.store.before_replace = fail

    async def fail() -> None:
        raise StoreError("The disk is full.")

    bench.nexthink.during["start"] = break_database
    await bench.keep()

    with pytest.raises(StoreError):
        await start_run(R1, 1, desk=bench.desk)
    await start_run(R1, 2, desk=bench.desk)

    assert (await bench.run()).state is RunState.UNCERTAIN
    assert len(bench.nexthink.starts) == 1


@pytest.mark.parametrize("change", [{"version": "v-2"}, {"is_active": False}, {"is_api_enabled": False}])
async def test_approval_does_not_hold_for_what_is_another_workflow_now(bench: Bench, change: dict[str, Any]) -> None:
    """What was approved is what is started, or nothing is."""
    changed = dataclasses.replace(bench.nexthink.workflows[WorkflowId("#approved")], **change)
    bench.nexthink.workflows[changed.id] = changed
    await bench.keep("#approved", state=RunState.APPROVED)

    assert await start_run(R1, 1, desk=bench.desk) is None

    run = await bench.run()
    assert (run.state, run.ended_at) == (RunState.REFUSED, NOON)
    assert "changed after it was approved" in run.note
    assert bench.nexthink.starts == []


@pytest.mark.parametrize(
    "fault", [NexthinkFault.NOT_FOUND, NexthinkFault.FORBIDDEN, NexthinkFault.UNAUTHORIZED, NexthinkFault.REFUSED]
)
async def test_approval_does_not_hold_for_what_nexthink_does_not_show(bench: Bench, fault: NexthinkFault) -> None:
    """A workflow that is gone, or closed to the credential, is not started on an old approval; the card says why."""
    bench.nexthink.fail("read_workflow", fault)
    await bench.keep("#approved", state=RunState.APPROVED)

    assert await start_run(R1, 1, desk=bench.desk) is None

    run = await bench.run()
    assert (run.state, run.ended_at) == (RunState.REFUSED, NOON)
    assert run.note.startswith("The approval does not hold, for the workflow could not be read again. ")
    assert fault.value in run.note
    assert bench.nexthink.starts == []


@pytest.mark.parametrize("workflow_id", ["#approved", "#gone"])
@pytest.mark.parametrize("fault", [NexthinkFault.UNREACHABLE, NexthinkFault.BUSY, NexthinkFault.UNCLEAR])
async def test_approved_run_starts_while_the_version_cannot_be_read(
    bench: Bench, fault: NexthinkFault, workflow_id: str
) -> None:
    """A passing trouble does not hold a start up, whether or not the workflow is remembered."""
    bench.nexthink.fail("read_workflow", fault)
    await bench.keep(workflow_id, state=RunState.APPROVED)

    await start_run(R1, 1, desk=bench.desk)

    assert (await bench.run()).state is RunState.RUNNING


NOT_TO_START = [state for state in RunState if state not in {RunState.REQUESTED, RunState.APPROVED}]


@pytest.mark.parametrize("state", NOT_TO_START)
async def test_run_in_any_other_state_is_not_started(bench: Bench, state: RunState) -> None:
    """One that is found in `starting` was sent by a process that died; the others stay as they are."""
    await bench.keep(state=state)

    assert await start_run(R1, 1, desk=bench.desk) is None
    assert await start_run(RunId("unknown"), 1, desk=bench.desk) is None

    after = RunState.UNCERTAIN if state is RunState.STARTING else state
    assert (await bench.run()).state is after
    assert bench.nexthink.starts == []


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (None, RunState.RUNNING),
        (NexthinkFault.REFUSED, RunState.FAILED),
        (NexthinkFault.UNCLEAR, RunState.UNCERTAIN),
    ],
)
async def test_answer_counts_though_the_start_was_given_up_for_lost(
    bench: Bench, outcome: NexthinkFault | None, state: RunState
) -> None:
    """Another worker finds the run in `starting` while the call is on its way; what is known in the end is kept."""

    async def find_it() -> None:
        assert await start_run(R1, 2, desk=bench.desk) is None
        assert (await bench.run()).state is RunState.UNCERTAIN

    bench.nexthink.during["start"] = find_it
    if outcome is not None:
        bench.nexthink.fail("start", outcome)
    await bench.keep()

    assert await start_run(R1, 1, desk=bench.desk) is None

    assert (await bench.run()).state is state
    assert len(bench.nexthink.starts) == 1


async def test_run_that_was_given_up_for_lost_is_not_left_waiting(bench: Bench) -> None:
    """Its row was finished by the other worker, so nobody would try again: it must not look as if it were."""

    async def find_it() -> None:
        await start_run(R1, 2, desk=bench.desk)

    bench.nexthink.during["start"] = find_it
    bench.nexthink.fail("start", NexthinkFault.UNREACHABLE)
    await bench.keep()

    await start_run(R1, 1, desk=bench.desk)
    await start_run(R1, 3, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.note) == (RunState.UNCERTAIN, LOOKED_FOR)
    assert len(bench.nexthink.starts) == 1


async def test_start_that_loses_the_race_for_its_run_is_not_sent(bench: Bench) -> None:
    """Somebody changed the run between reading and storing the intent: look again, send nothing."""

    async def note() -> None:
        await bench.desk.change(R1, lambda run: run.changed(note="late"))

    await bench.keep()
    bench.store.before_replace = note

    assert await start_run(R1, 1, desk=bench.desk) == NOON
    assert bench.nexthink.starts == []
    assert (await bench.run()).state is RunState.REQUESTED


@given(st.lists(st.sampled_from([*NexthinkFault, None]), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_start_has_an_effect_at_most_once(bench: Bench, outcomes: list[NexthinkFault | None]) -> None:
    """Whatever Nexthink answers and however often the row is done again, one start at most may have arrived."""
    run_id = RunId(bench.desk.new_id())
    await bench.keep(id=run_id, view_id=run_id)
    arrived = 0
    for attempt, outcome in enumerate(outcomes, 1):
        sent = len(bench.nexthink.starts)
        if outcome is not None:
            bench.nexthink.fail("start", outcome)
        await start_run(run_id, attempt, desk=bench.desk)
        is_sent = len(bench.nexthink.starts) > sent
        arrived += is_sent and outcome in {None, NexthinkFault.UNCLEAR}
        bench.nexthink._failures.clear()

    assert arrived <= 1
    state = (await bench.run(run_id)).state
    assert (state in {RunState.RUNNING, RunState.UNCERTAIN}) is (arrived == 1)
