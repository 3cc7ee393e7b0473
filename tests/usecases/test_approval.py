"""Approvals: one decision, by somebody who may, in time."""

import dataclasses
from datetime import timedelta

import pytest

from bot.domain.decision import Choice, DecisionState
from bot.domain.errors import FixdeskError, NotAllowedError, NotFoundError, TooLateError
from bot.domain.run import Requester, Run, RunId, RunState
from bot.domain.work import WorkKind
from bot.usecases.approval import decide, expire_approval
from tests.domain.values import ADA, NOON, a_verdict, an_approval
from tests.usecases.fakes import Bench

R1 = RunId("r-1")
STATES = {Choice.APPROVE: RunState.APPROVED, Choice.DENY: RunState.DENIED}


async def keep_asked(bench: Bench, requester: Requester = ADA) -> Run:
    """Store a run that waits for an approval."""
    return await bench.keep("#approved", state=RunState.AWAITING_APPROVAL, requester=requester, approval=an_approval())


@pytest.mark.parametrize("choice", Choice)
async def test_one_decision_is_enough(bench: Bench, choice: Choice) -> None:
    """An approval starts the run, a denial ends it."""
    await keep_asked(bench)

    await decide(R1, "UGRACE", choice, desk=bench.desk)

    run = await bench.run()
    votes = (a_verdict(choice),) if choice is Choice.APPROVE else ()
    decided = an_approval(state=DecisionState.DECIDED, verdict=a_verdict(choice), votes=votes)
    assert (run.state, run.approval) == (STATES[choice], decided)
    assert run.ended_at == (NOON if choice is Choice.DENY else None)
    assert await bench.kinds_due() == ({WorkKind.START} if choice is Choice.APPROVE else set())


@pytest.mark.parametrize(
    ("requester", "presser", "why"),
    [
        (Requester(slack_id="UGRACE", name="Grace", upn="x@example.com"), "UGRACE", "your own run"),
        (Requester(slack_id="UX", name="X", upn="GRACE@example.com"), "UGRACE", "your own run"),
        (ADA, "UADA", "your own run"),
        (Requester(slack_id="UX", name="X", upn="x@example.com"), "UADA", "only helpdesk may"),
        (ADA, "UNOBODY", "does not show who you are"),
    ],
)
@pytest.mark.parametrize("choice", Choice)
async def test_press_of_somebody_who_may_not_decides_nothing(
    bench: Bench, requester: Requester, presser: str, why: str, choice: Choice
) -> None:
    """They are told why, and the question stays open."""
    before = await keep_asked(bench, requester)

    with pytest.raises(NotAllowedError, match=why):
        await decide(R1, presser, choice, desk=bench.desk)

    assert await bench.run() == before
    assert await bench.kinds_due() == set()


async def test_right_to_decide_is_checked_afresh(bench: Bench) -> None:
    """What is remembered of an approver is not enough."""
    await keep_asked(bench)
    bench.people.profiles["UGRACE"] = dataclasses.replace(bench.people.profiles["UGRACE"], is_deactivated=True)

    with pytest.raises(NotAllowedError, match="deactivated"):
        await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)


@pytest.mark.parametrize(("first", "past"), [(Choice.APPROVE, "approved"), (Choice.DENY, "denied")])
@pytest.mark.parametrize("second", Choice)
async def test_second_decision_is_told_who_was_first(bench: Bench, first: Choice, second: Choice, past: str) -> None:
    """It changes nothing, whichever it is."""
    await keep_asked(bench)
    decided = await decide(R1, "UGRACE", first, desk=bench.desk)

    with pytest.raises(TooLateError, match=f"cannot be decided any more: Grace {past} it at 12:00 UTC"):
        await decide(R1, "UALAN", second, desk=bench.desk)

    assert await bench.run() == decided


@pytest.mark.parametrize("first", Choice)
@pytest.mark.parametrize("second", Choice)
async def test_two_approvers_at_once_make_one_decision(bench: Bench, first: Choice, second: Choice) -> None:
    """The first has read the run when the second decides: one of them is told that it was too late."""

    async def alan_is_quicker() -> None:
        await decide(R1, "UALAN", second, desk=bench.desk)

    await keep_asked(bench)
    bench.store.before_replace = alan_is_quicker

    with pytest.raises(TooLateError, match="Alan"):
        await decide(R1, "UGRACE", first, desk=bench.desk)

    run = await bench.run()
    assert run.state is STATES[second]
    assert run.approval is not None
    assert run.approval.verdict is not None
    assert run.approval.verdict.name == "Alan"
    starts = [work for work in await bench.due() if work.kind is WorkKind.START]
    assert len(starts) == (1 if second is Choice.APPROVE else 0)


@pytest.mark.parametrize(("hours", "is_in_time"), [(7.99, True), (8, False), (9, False)])
async def test_decision_counts_until_it_expires(bench: Bench, hours: float, *, is_in_time: bool) -> None:
    """From that time on it is too late, even before the run was ended for it."""
    before = await keep_asked(bench)
    bench.clock.advance(hours=hours)

    if is_in_time:
        await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)
        assert (await bench.run()).state is RunState.APPROVED
    else:
        with pytest.raises(TooLateError, match="it expired at 2026-03-02 20:00 UTC"):
            await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)
        assert await bench.run() == before


async def test_undecided_run_expires(bench: Bench) -> None:
    """It ends, its card says why, and a press afterwards is told so."""
    await keep_asked(bench)
    bench.clock.advance(hours=8)

    await expire_approval(R1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.ended_at, run.note) == (RunState.EXPIRED, bench.clock.now, "Nobody decided in time.")
    assert run.approval == an_approval(state=DecisionState.EXPIRED)
    with pytest.raises(TooLateError, match="expired"):
        await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.AWAITING_APPROVAL])
async def test_only_a_waiting_run_expires(bench: Bench, state: RunState) -> None:
    """A decided one is left alone."""
    before = await bench.keep(state=state, approval=an_approval())

    await expire_approval(R1, desk=bench.desk)

    assert await bench.run() == before


async def test_decision_in_the_last_moment_beats_the_expiry(bench: Bench) -> None:
    """The expiry has read the run when Grace approves: the approval stays."""

    async def grace_is_quicker() -> None:
        bench.clock.now -= timedelta(seconds=1)
        await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    await keep_asked(bench)
    bench.clock.now = an_approval().expires_at
    bench.store.before_replace = grace_is_quicker

    await expire_approval(R1, desk=bench.desk)

    assert (await bench.run()).state is RunState.APPROVED


@pytest.mark.parametrize(
    ("run_id", "error", "why"),
    [("r-1", TooLateError, "waits for no approval"), ("unknown", NotFoundError, "not known any more")],
)
async def test_press_about_nothing_is_answered(bench: Bench, run_id: str, error: type[FixdeskError], why: str) -> None:
    """A button may be older than its run's approval, or than the run."""
    await bench.keep()

    with pytest.raises(error, match=why):
        await decide(RunId(run_id), "UGRACE", Choice.APPROVE, desk=bench.desk)
