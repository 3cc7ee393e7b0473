"""Resumes: one decision, then exactly one trigger that may have arrived."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.decision import Choice, DecisionState, Resume
from bot.domain.errors import FixdeskError, NexthinkFault, NotAllowedError, NotFoundError, StoreError, TooLateError
from bot.domain.run import ExecutionState, Requester, Run, RunId, RunState
from bot.domain.work import WorkKind
from bot.policy.rules import ResumeRule
from bot.usecases.resume import EARLY_PATIENCE, ENDED_FIRST, UNKNOWN_SEND, answer, expire_resume, fire
from bot.usecases.resume import question as asked_by
from tests.domain.values import NOON, a_resume, a_verdict, an_execution
from tests.usecases.fakes import Bench

R1 = RunId("r-1")
PARAMETERS = {Choice.APPROVE: {"decision": "yes", "by": "{approver_upn}"}, Choice.DENY: {"decision": "no"}}
SENDING: dict[str, Any] = {"state": DecisionState.SENDING, "verdict": a_verdict()}


async def keep_paused(bench: Bench, *, run: dict[str, Any] | None = None, **resume: Any) -> Run:
    """Store a running run with two executions, the second of which asks."""
    asked = an_execution(ExecutionState.WAITING, "e-2", resume=a_resume(**({"parameters": PARAMETERS} | resume)))
    return await bench.keep_running(executions=(an_execution(), asked), **(run or {}))


async def question(bench: Bench, run_id: str = "r-1") -> Resume:
    """Return the second execution's question as it stands."""
    resume = (await bench.run(run_id)).executions[1].resume
    assert resume is not None
    return resume


def ends(bench: Bench, run_id: RunId = R1) -> Callable[[], Any]:
    """Return what happens when the second execution ends."""

    async def end() -> None:
        def step(run: Run) -> Run:
            ended = dataclasses.replace(run.executions[1], state=ExecutionState.FAILED)
            return run.follow((run.executions[0], ended), NOON)

        await bench.desk.change(run_id, step)

    return end


@pytest.mark.parametrize(
    ("choice", "sent"),
    [(Choice.APPROVE, {"decision": "yes", "by": "grace@example.com"}), (Choice.DENY, {"decision": "no"})],
)
async def test_answer_is_taken_and_its_trigger_fired(bench: Bench, choice: Choice, sent: dict[str, str]) -> None:
    """The parameters are the policy's and nothing else; then Nexthink is asked how it goes."""
    before = await keep_paused(bench)

    await answer(R1, 1, "UGRACE", choice, desk=bench.desk)
    taken = await question(bench)
    assert (taken.state, taken.verdict) == (DecisionState.SENDING, a_verdict(choice))
    assert await bench.kinds_due() == {WorkKind.TRIGGER}

    assert await fire(R1, 1, 1, desk=bench.desk) is None
    assert (await question(bench)).state is DecisionState.DECIDED
    assert bench.nexthink.triggers == [("w-1", "e-2", sent)]
    assert await bench.kinds_due() == {WorkKind.FOLLOW}
    assert (await bench.run()).executions[0] == before.executions[0]


async def test_going_out_is_stored_before_the_trigger(bench: Bench) -> None:
    """Whoever dies during the call leaves an answer in `firing` behind."""
    states: list[DecisionState] = []

    async def look() -> None:
        states.append((await question(bench)).state)

    bench.nexthink.during["trigger"] = look
    await keep_paused(bench, **SENDING)

    await fire(R1, 1, 1, desk=bench.desk)

    assert states == [DecisionState.FIRING]


@pytest.mark.parametrize(
    ("run", "presser", "why"),
    [
        ({"requester": Requester(slack_id="UGRACE", name="Grace", upn="x@example.com")}, "UGRACE", "your own run"),
        ({"requester": Requester(slack_id="UX", name="X", upn="Grace@example.com")}, "UGRACE", "your own run"),
        ({}, "UADA", "your own run"),
        ({"requester": Requester(slack_id="UX", name="X", upn="x@example.com")}, "UADA", "only helpdesk may"),
    ],
)
async def test_press_of_somebody_who_may_not_decides_nothing(
    bench: Bench, run: dict[str, Any], presser: str, why: str
) -> None:
    """They are told why, and the question stays open."""
    before = await keep_paused(bench, run=run)

    with pytest.raises(NotAllowedError, match=why):
        await answer(R1, 1, presser, Choice.APPROVE, desk=bench.desk)

    assert await bench.run() == before


@pytest.mark.parametrize(
    ("run_id", "ordinal", "error"),
    [("r-1", 0, TooLateError), ("r-1", 7, TooLateError), ("r-1", -1, TooLateError), ("unknown", 0, NotFoundError)],
)
async def test_press_about_nothing_is_answered(
    bench: Bench, run_id: str, ordinal: int, error: type[FixdeskError]
) -> None:
    """An execution that asks nothing cannot be decided."""
    await keep_paused(bench)

    with pytest.raises(error):
        await answer(RunId(run_id), ordinal, "UGRACE", Choice.APPROVE, desk=bench.desk)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (SENDING, "Grace approved it at 12:00 UTC"),
        ({"state": DecisionState.DECIDED, "verdict": a_verdict(Choice.DENY)}, "Grace denied it at 12:00 UTC"),
        ({"state": DecisionState.UNCLEAR, "verdict": a_verdict()}, "Grace approved it"),
        ({"state": DecisionState.EXPIRED}, "it expired at 2026-03-03 12:00 UTC"),
        ({"state": DecisionState.CLOSED}, "the execution has ended"),
        ({"expires_at": NOON}, "it expired at 2026-03-02 12:00 UTC"),
    ],
)
async def test_late_press_is_told_what_was_first(bench: Bench, changes: dict[str, Any], why: str) -> None:
    """It changes nothing."""
    before = await keep_paused(bench, **changes)

    with pytest.raises(TooLateError, match=f"cannot be decided any more: .*{why}"):
        await answer(R1, 1, "UALAN", Choice.DENY, desk=bench.desk)

    assert await bench.run() == before


async def test_two_deciders_at_once_make_one_decision(bench: Bench) -> None:
    """The first has read the run when the second decides."""

    async def alan_is_quicker() -> None:
        await answer(R1, 1, "UALAN", Choice.DENY, desk=bench.desk)

    await keep_paused(bench)
    bench.store.before_replace = alan_is_quicker

    with pytest.raises(TooLateError, match="Alan denied it"):
        await answer(R1, 1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    assert [work.kind for work in await bench.due() if work.kind is WorkKind.TRIGGER] == [WorkKind.TRIGGER]
    await fire(R1, 1, 1, desk=bench.desk)
    assert [sent for _, _, sent in bench.nexthink.triggers] == [{"decision": "no"}]


@pytest.mark.parametrize(
    ("fault", "status", "note"),
    [
        (NexthinkFault.REFUSED, 400, "It does not wait yet: trying again."),
        (NexthinkFault.UNREACHABLE, None, "No connection could be made: trying again."),
        (NexthinkFault.BUSY, 429, "Nexthink asks for fewer calls (429): trying again."),
    ],
)
async def test_early_trigger_is_fired_again(bench: Bench, fault: NexthinkFault, status: int | None, note: str) -> None:
    """The decision stands, the card says why it takes long, and a later attempt gets through."""
    bench.nexthink.fail("trigger", fault, status=status)
    await keep_paused(bench, **SENDING)

    again_at = await fire(R1, 1, 1, desk=bench.desk)

    waiting = await question(bench)
    assert (waiting.state, waiting.verdict, waiting.note) == (DecisionState.SENDING, a_verdict(), note)
    assert again_at is not None
    assert 0 < (again_at - NOON).total_seconds() <= 15

    assert await fire(R1, 1, 2, desk=bench.desk) is None
    decided = await question(bench)
    assert (decided.state, decided.note) == (DecisionState.DECIDED, "")


@pytest.mark.parametrize(("fault", "status"), [(NexthinkFault.REFUSED, 400), (NexthinkFault.UNREACHABLE, None)])
async def test_early_trigger_is_tried_for_two_minutes_then_asked_again(
    bench: Bench, fault: NexthinkFault, status: int | None
) -> None:
    """The question is open again, says why, and a new decision goes out anew."""
    bench.nexthink.fail("trigger", *[fault] * 50, status=status)
    await keep_paused(bench)
    await answer(R1, 1, "UGRACE", Choice.APPROVE, desk=bench.desk)
    attempts, again_at = 1, await fire(R1, 1, 1, desk=bench.desk)
    while again_at is not None:
        attempts, bench.clock.now = attempts + 1, again_at
        again_at = await fire(R1, 1, attempts, desk=bench.desk)

    reopened = await question(bench)
    assert EARLY_PATIENCE * 0.8 <= bench.clock.now - NOON <= EARLY_PATIENCE
    assert attempts >= 8
    assert (reopened.state, reopened.verdict) == (DecisionState.OPEN, None)
    told = ("Not resumed. Nexthink trouble while calling trigger", "It did not wait within two minutes")
    assert reopened.note.startswith(told)

    bench.nexthink._failures.clear()
    await bench.due()
    await answer(R1, 1, "UALAN", Choice.DENY, desk=bench.desk)
    assert WorkKind.TRIGGER in await bench.kinds_due()
    await fire(R1, 1, 1, desk=bench.desk)
    assert (await question(bench)).state is DecisionState.DECIDED


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (NexthinkFault.FORBIDDEN, 403),
        (NexthinkFault.UNAUTHORIZED, 401),
        (NexthinkFault.NOT_FOUND, 404),
        (NexthinkFault.REFUSED, 422),
        (NexthinkFault.REFUSED, None),
    ],
)
async def test_trigger_that_cannot_succeed_reopens_the_question(
    bench: Bench, fault: NexthinkFault, status: int | None
) -> None:
    """Nobody waits for what will not pass by itself: of the refusals only 400 may mean that it came early."""
    bench.nexthink.fail("trigger", fault, status=status)
    await keep_paused(bench, **SENDING)

    assert await fire(R1, 1, 1, desk=bench.desk) is None

    reopened = await question(bench)
    assert (reopened.state, reopened.verdict) == (DecisionState.OPEN, None)
    assert reopened.note.startswith("Not resumed. Nexthink trouble while calling trigger")


@pytest.mark.parametrize(
    ("fault", "facts", "note"),
    [
        (NexthinkFault.BUSY, {"retry_after": 3600.0}, "fewer calls"),
        (NexthinkFault.UNAUTHORIZED, {"status": 400}, "the credential was not accepted"),
    ],
)
async def test_question_is_open_again_where_trying_cannot_help(
    bench: Bench, fault: NexthinkFault, facts: dict[str, Any], note: str
) -> None:
    """A wait beyond two minutes is not begun, and a 400 of the login host is no word about the execution."""
    bench.nexthink.fail("trigger", fault, **facts)
    await keep_paused(bench, **SENDING)

    assert await fire(R1, 1, 1, desk=bench.desk) is None

    reopened = await question(bench)
    assert reopened.state is DecisionState.OPEN
    assert note in reopened.note


async def test_question_that_fails_after_its_time_is_not_opened_again(bench: Bench) -> None:
    """Its expiry found it on its way and let it be; nobody could answer it any more, so no button comes back."""
    bench.nexthink.fail("trigger", NexthinkFault.FORBIDDEN)
    await keep_paused(bench, **SENDING)
    bench.clock.advance(hours=24)
    await expire_resume(R1, desk=bench.desk)

    await fire(R1, 1, 1, desk=bench.desk)

    assert (await question(bench)).state is DecisionState.EXPIRED


async def test_trigger_of_unknown_result_is_never_fired_again(bench: Bench) -> None:
    """Nexthink is asked instead, and the card says what is unknown."""
    bench.nexthink.fail("trigger", NexthinkFault.UNCLEAR)
    await keep_paused(bench, **SENDING)

    assert await fire(R1, 1, 1, desk=bench.desk) is None
    unclear = await question(bench)
    assert (unclear.state, unclear.verdict, unclear.note) == (DecisionState.UNCLEAR, a_verdict(), UNKNOWN_SEND)
    assert await bench.kinds_due() == {WorkKind.FOLLOW}

    assert await fire(R1, 1, 2, desk=bench.desk) is None
    assert len(bench.nexthink.triggers) == 1


async def test_answer_found_on_its_way_is_unclear(bench: Bench) -> None:
    """A process died while it fired: its result is unknown."""
    await keep_paused(bench, state=DecisionState.FIRING, verdict=a_verdict())

    assert await fire(R1, 1, 2, desk=bench.desk) is None

    unclear = await question(bench)
    assert (unclear.state, unclear.note) == (DecisionState.UNCLEAR, UNKNOWN_SEND)
    assert bench.nexthink.triggers == []


async def test_accepted_trigger_that_could_not_be_stored_is_unclear(bench: Bench) -> None:
    """The database fails after Nexthink took it: nothing is fired again."""

    async def break_database() -> None:
        bench.store.before_replace = fail

    async def fail() -> None:
        raise StoreError("The disk is full.")

    bench.nexthink.during["trigger"] = break_database
    await keep_paused(bench, **SENDING)

    with pytest.raises(StoreError):
        await fire(R1, 1, 1, desk=bench.desk)
    await fire(R1, 1, 2, desk=bench.desk)

    assert (await question(bench)).state is DecisionState.UNCLEAR
    assert len(bench.nexthink.triggers) == 1


async def test_answer_counts_though_the_trigger_was_given_up_for_lost(bench: Bench) -> None:
    """Another process finds it on its way; what is known in the end is kept, and it is fired once."""

    async def find_it() -> None:
        del bench.nexthink.during["trigger"]
        await fire(R1, 1, 2, desk=bench.desk)
        assert (await question(bench)).state is DecisionState.UNCLEAR

    bench.nexthink.during["trigger"] = find_it
    await keep_paused(bench, **SENDING)

    await fire(R1, 1, 1, desk=bench.desk)

    assert ((await question(bench)).state, (await question(bench)).note) == (DecisionState.DECIDED, "")
    assert len(bench.nexthink.triggers) == 1


async def test_one_trigger_is_fired_by_two_at_once(bench: Bench) -> None:
    """A claim that outlived its lease does not fire a second time."""
    await keep_paused(bench, **SENDING)

    await asyncio.gather(*(fire(R1, 1, 1, desk=bench.desk) for _ in range(3)))

    assert len(bench.nexthink.triggers) == 1


@pytest.mark.parametrize(
    "state", [state for state in DecisionState if state not in {DecisionState.SENDING, DecisionState.FIRING}]
)
async def test_only_an_answer_on_its_way_is_fired(bench: Bench, state: DecisionState) -> None:
    """A row that is done again changes nothing."""
    before = await keep_paused(bench, state=state)

    assert await fire(R1, 1, 1, desk=bench.desk) is None

    assert await bench.run() == before
    assert bench.nexthink.triggers == []


async def test_answer_to_an_execution_that_ended_is_not_fired(bench: Bench) -> None:
    """It ended between the press and the trigger: the question is closed."""
    await keep_paused(bench, **SENDING)
    await ends(bench)()

    assert await fire(R1, 1, 1, desk=bench.desk) is None

    closed = await question(bench)
    assert (closed.state, closed.note) == (DecisionState.CLOSED, "It ended before the answer could be given.")
    assert closed.verdict == a_verdict()
    assert bench.nexthink.triggers == []


@pytest.mark.parametrize(
    ("fault", "state", "note"),
    [
        (None, DecisionState.DECIDED, ""),
        (NexthinkFault.FORBIDDEN, DecisionState.CLOSED, ENDED_FIRST),
        (NexthinkFault.UNCLEAR, DecisionState.UNCLEAR, UNKNOWN_SEND),
    ],
)
async def test_execution_that_ends_during_the_trigger_is_not_asked_about_again(
    bench: Bench, fault: NexthinkFault | None, state: DecisionState, note: str
) -> None:
    """What is known of the trigger stays; an open question does not come back."""
    bench.nexthink.during["trigger"] = ends(bench)
    if fault is not None:
        bench.nexthink.fail("trigger", fault)
    await keep_paused(bench, **SENDING)

    await fire(R1, 1, 1, desk=bench.desk)

    settled = await question(bench)
    assert (settled.state, settled.note) == (state, note)


async def test_early_answer_to_an_execution_that_ended_meanwhile_is_closed(bench: Bench) -> None:
    """It ends while the next attempt is waited for: that attempt sends nothing and says why."""
    bench.nexthink.fail("trigger", NexthinkFault.REFUSED, status=400)
    await keep_paused(bench, **SENDING)
    again_at = await fire(R1, 1, 1, desk=bench.desk)
    assert again_at is not None
    await ends(bench)()

    assert await fire(R1, 1, 2, desk=bench.desk) is None

    closed = await question(bench)
    assert (closed.state, closed.note) == (DecisionState.CLOSED, ENDED_FIRST)
    assert len(bench.nexthink.triggers) == 1


@pytest.mark.parametrize(("channel", "asked_in"), [("C9", "C9"), (None, "CAPPR")])
async def test_question_is_asked_as_its_rule_says(bench: Bench, channel: str | None, asked_in: str) -> None:
    """In the rule's channel, else in the one for all approvals, and for as long as the rule says."""
    rule = ResumeRule(
        by=("helpdesk",), approve={"go": "1"}, deny={"go": "0"}, expires=timedelta(hours=2), channel=channel
    )

    assert asked_by(rule, bench.desk) == Resume(
        deciders=("helpdesk",),
        channel_id=asked_in,
        expires_at=NOON + timedelta(hours=2),
        parameters={Choice.APPROVE: {"go": "1"}, Choice.DENY: {"go": "0"}},
    )


@pytest.mark.parametrize("state", DecisionState)
async def test_only_an_open_question_expires(bench: Bench, state: DecisionState) -> None:
    """One that is on its way, or decided, is left alone."""
    await keep_paused(bench, state=state)
    await expire_resume(R1, desk=bench.desk)
    assert (await question(bench)).state is state

    bench.clock.advance(hours=24)
    await expire_resume(R1, desk=bench.desk)

    assert (await question(bench)).state is (DecisionState.EXPIRED if state is DecisionState.OPEN else state)
    assert (await bench.run()).state is RunState.RUNNING


STEPS = st.sampled_from(["approve", "deny", "end", "expire", "crash", *NexthinkFault, None])


@given(st.lists(STEPS, min_size=1, max_size=8))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_trigger_has_an_effect_at_most_once(bench: Bench, steps: list[str | NexthinkFault | None]) -> None:
    """Whatever is pressed, ends, expires, fails or dies in whatever order, one trigger at most may have arrived."""
    run_id = RunId(bench.desk.new_id())
    await keep_paused(bench, run={"id": run_id, "view_id": run_id})
    arrived = 0
    for step in steps:
        if step in {"approve", "deny", "end", "expire"}:
            await _happen(bench, run_id, str(step))
            continue
        sent = len(bench.nexthink.triggers)
        await _fire(bench, run_id, step)
        is_sent = len(bench.nexthink.triggers) > sent
        arrived += is_sent and step in {None, NexthinkFault.UNCLEAR, "crash"}

    assert arrived <= 1
    if arrived:
        assert (await question(bench, run_id)).state in {
            DecisionState.DECIDED,
            DecisionState.UNCLEAR,
            DecisionState.FIRING,
        }


async def _happen(bench: Bench, run_id: RunId, step: str) -> None:
    if step == "end":
        await ends(bench, run_id)()
    elif step == "expire":
        bench.clock.advance(hours=24)
        await expire_resume(run_id, desk=bench.desk)
    else:
        with contextlib.suppress(TooLateError):
            await answer(run_id, 1, "UGRACE", Choice(step), desk=bench.desk)


async def _fire(bench: Bench, run_id: RunId, outcome: str | NexthinkFault | None) -> None:
    """Fire once with an outcome; a crash breaks off after the trigger went out."""
    if isinstance(outcome, NexthinkFault):
        bench.nexthink.fail("trigger", outcome)
    bench.nexthink.during = {"trigger": _die} if outcome == "crash" else {}
    with contextlib.suppress(_DiedError):
        await fire(run_id, 1, 1, desk=bench.desk)
    bench.nexthink._failures.clear()


class _DiedError(Exception):
    """The process ended."""


async def _die() -> None:
    raise _DiedError
