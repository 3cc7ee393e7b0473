"""A resume from a terminal: the workflow found, rights, one trigger, and the question that Slack asks."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.batch import Batch, BatchId, Part, PartState
from bot.domain.decision import Choice, DecisionState, Resume
from bot.domain.errors import (
    NexthinkError,
    NexthinkFault,
    NotAllowedError,
    NotFoundError,
    ResultUnknownError,
    StoreError,
    TooLateError,
)
from bot.domain.resumption import FREE, Resumption
from bot.domain.run import ExecutionId, RunId, RunState
from bot.domain.targets import Identifier
from bot.domain.work import WorkKind
from bot.domain.workflow import WorkflowId
from bot.policy.decide import OWN_RUN, Actor
from bot.usecases.resume import UNKNOWN_SEND, answer, fire
from bot.usecases.terminal.resume import Event, find_workflow, resume_execution
from bot.usecases.terminal.session import Terminal
from tests.domain.values import a_resume, a_verdict, an_execution
from tests.usecases.fakes import Bench

NO_PATIENCE = timedelta(0)
PATIENCE = timedelta(minutes=2)
YES = {"decision": "yes"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A terminal beside the bot's desk, with what it said."""

    bench: Bench
    terminal: Terminal
    said: list[str]
    pauses: list[float]

    async def resume(
        self,
        given: Mapping[str, str] = YES,
        *,
        patience: timedelta = NO_PATIENCE,
        name: str = "E-1",
        is_again: bool = False,
    ) -> None:
        """Resume the one execution."""
        workflow = self.bench.nexthink.workflows[WorkflowId("#paused")]
        event = Event(workflow=workflow, execution_id=ExecutionId(name), parameters=given)
        await resume_execution(
            event, terminal=self.terminal, patience=patience, is_again=is_again, say=self.said.append
        )

    async def die_in_flight(self) -> None:
        """Leave the claim of a process that died while its answer was on its way."""
        claim = Resumption.claim(ExecutionId("e-1"), "operator", self.bench.clock())
        assert await self.bench.store.claim_resumption(claim, self.terminal.entry("resume.sending"), FREE) is None

    async def ask(self, **changes: object) -> None:
        """Let the bot run it with a question."""
        resume = a_resume(parameters={Choice.APPROVE: YES, Choice.DENY: {"decision": "no"}}, **changes)
        await self.bench.keep("#paused", state=RunState.RUNNING, executions=(an_execution(resume=resume),))

    async def question(self) -> Resume:
        """Return the question as it is now."""
        run = await self.bench.run()
        assert run.executions[0].resume is not None
        return run.executions[0].resume

    async def recorded(self) -> list[str]:
        """Return what was recorded."""
        return [row.entry.action for row in await self.bench.store.audit_rows()]


def staged(bench: Bench, actor: Actor) -> Stage:
    """Set a terminal up for somebody."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        bench.clock.advance(seconds=seconds)

    terminal = Terminal(
        nexthink=bench.nexthink,
        store=bench.store,
        policy=bench.desk.policy,
        actor=actor,
        clock=bench.clock,
        new_id=lambda: "x",
        sleep=sleep,
    )
    return Stage(bench=bench, terminal=terminal, said=[], pauses=pauses)


@pytest.fixture
def stage(bench: Bench) -> Stage:
    """The operator's terminal."""
    return staged(bench, Actor())


async def test_workflow_is_found_by_id_and_by_uuid(bench: Bench) -> None:
    """The cached catalog is looked at before Nexthink is asked, and a missing one is told."""
    bench.nexthink.calls.clear()
    by_id = await find_workflow("#paused", nexthink=bench.nexthink, store=bench.store)
    by_uuid = await find_workflow("W-paused", nexthink=bench.nexthink, store=bench.store)

    assert by_id == by_uuid
    assert bench.nexthink.calls == {"read_workflow": 1}
    for unknown in ("#nope", "w-nope"):
        with pytest.raises(NotFoundError, match="nope"):
            await find_workflow(unknown, nexthink=bench.nexthink, store=bench.store)


async def test_trigger_is_sent_once_and_recorded(stage: Stage) -> None:
    """Before it goes out, and what came of it."""
    await stage.resume()

    assert stage.bench.nexthink.triggers == [("w-paused", "E-1", YES)]
    assert await stage.recorded() == ["resume.sending", "resume.accepted"]


async def test_refusal_of_the_policy_is_recorded(bench: Bench) -> None:
    """And nothing is sent."""
    stage = staged(bench, Actor(upn="fay@example.com"))

    with pytest.raises(NotAllowedError, match="only helpdesk may"):
        await stage.resume()

    assert bench.nexthink.triggers == []
    assert await stage.recorded() == ["resume.not_allowed"]


@pytest.mark.parametrize(
    ("fault", "status", "tries"),
    [
        (NexthinkFault.REFUSED, 400, 7),
        (NexthinkFault.UNREACHABLE, None, 7),
        (NexthinkFault.FORBIDDEN, 403, 1),
    ],
)
async def test_only_with_patience_it_is_tried_again(
    stage: Stage, fault: NexthinkFault, status: int | None, tries: int
) -> None:
    """And only where Nexthink surely did not take it; that is said once."""
    stage.bench.nexthink.fail("trigger", *[fault] * 50, status=status)

    with pytest.raises(NexthinkError):
        await stage.resume()
    assert (len(stage.bench.nexthink.triggers), stage.said) == (1, [])
    with pytest.raises(NexthinkError):
        await stage.resume(patience=PATIENCE)

    again = len(stage.bench.nexthink.triggers) - 1
    assert (again == 1, len(stage.said)) == (tries == 1, int(tries > 1))
    assert again >= tries
    assert sum(stage.pauses) <= PATIENCE.total_seconds()


async def test_of_calls_at_once_one_sends(bench: Bench) -> None:
    """The others are told who does, and that the result is not known."""
    first, second = staged(bench, Actor()), staged(bench, Actor(upn="grace@example.com"))

    async def meanwhile() -> None:
        with pytest.raises(ResultUnknownError, match=r"by operator at 2026-03-02 12:00 UTC is unknown"):
            await second.resume(patience=PATIENCE)

    bench.nexthink.during["trigger"] = meanwhile
    await first.resume()

    assert len(bench.nexthink.triggers) == 1
    assert await first.recorded() == ["resume.sending", "resume.accepted"]


async def test_many_calls_at_once_send_one_trigger(stage: Stage) -> None:
    """Whichever of them is first."""
    outcomes = await asyncio.gather(*(stage.resume() for _ in range(5)), return_exceptions=True)

    assert len(stage.bench.nexthink.triggers) == 1
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, TooLateError) for outcome in outcomes) == 4


@pytest.mark.parametrize("name", ["E-1", "e-1"])
async def test_answer_that_was_accepted_is_followed_only_on_purpose(stage: Stage, name: str) -> None:
    """A repetition is told by whom and when; an execution is the same in capitals."""
    await stage.resume()

    with pytest.raises(TooLateError, match=r"resumed by operator at 2026-03-02 12:00 UTC.* say --again") as refused:
        await stage.resume(patience=PATIENCE, name=name)
    assert not isinstance(refused.value, ResultUnknownError)
    assert len(stage.bench.nexthink.triggers) == 1

    await stage.resume(name=name, is_again=True)
    assert len(stage.bench.nexthink.triggers) == 2
    with pytest.raises(TooLateError):
        await stage.resume(name=name)


@pytest.mark.parametrize("is_again", [False, True])
async def test_answer_with_an_unknown_result_is_never_sent_again(stage: Stage, *, is_again: bool) -> None:
    """Neither one without an answer, nor with patience, nor on purpose."""
    stage.bench.nexthink.fail("trigger", NexthinkFault.UNCLEAR)
    with pytest.raises(NexthinkError):
        await stage.resume(patience=PATIENCE)

    with pytest.raises(ResultUnknownError, match=r"may have reached Nexthink\. It is not sent again; look"):
        await stage.resume(patience=PATIENCE, is_again=is_again)

    assert len(stage.bench.nexthink.triggers) == 1
    assert await stage.recorded() == ["resume.sending", "resume.unknown"]


@pytest.mark.parametrize("is_again", [False, True])
async def test_answer_of_a_process_that_died_is_not_sent_again(stage: Stage, *, is_again: bool) -> None:
    """It may have reached Nexthink."""
    await stage.die_in_flight()

    with pytest.raises(ResultUnknownError):
        await stage.resume(is_again=is_again)

    assert stage.bench.nexthink.triggers == []


async def test_somebody_else_may_be_quicker_between_two_tries(stage: Stage) -> None:
    """A refusal lets everybody try."""
    stage.bench.nexthink.fail("trigger", NexthinkFault.REFUSED, status=400)
    grace = staged(stage.bench, Actor(upn="grace@example.com"))

    async def sleep(_: float) -> None:
        await grace.resume()

    terminal = dataclasses.replace(stage.terminal, sleep=sleep)
    with pytest.raises(TooLateError, match=r"resumed by grace@example\.com"):
        await dataclasses.replace(stage, terminal=terminal).resume(patience=PATIENCE)

    assert len(stage.bench.nexthink.triggers) == 2


async def test_execution_that_waits_a_little_later_is_resumed(stage: Stage) -> None:
    """With patience."""
    stage.bench.nexthink.fail("trigger", NexthinkFault.REFUSED, NexthinkFault.REFUSED, status=400)

    await stage.resume(patience=PATIENCE)

    assert len(stage.bench.nexthink.triggers) == 3
    assert (await stage.recorded())[-2:] == ["resume.sending", "resume.accepted"]


async def test_nothing_is_sent_that_cannot_be_recorded(stage: Stage) -> None:
    """No record, no action."""
    await _lose_the_audit(stage)

    with pytest.raises(StoreError):
        await stage.resume()

    assert stage.bench.nexthink.triggers == []


async def test_what_happened_is_true_though_it_cannot_be_recorded(stage: Stage) -> None:
    """It is said, and the resume stands."""
    stage.bench.nexthink.during["trigger"] = lambda: _lose_the_audit(stage)

    await stage.resume()

    assert "could not be recorded" in stage.said[0]


async def _lose_the_audit(stage: Stage) -> None:
    async with stage.bench.store._writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")


async def test_stopped_call_is_recorded_as_unknown(stage: Stage) -> None:
    """It may have reached Nexthink."""
    work = await _under_way(stage)

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert await stage.recorded() == ["resume.sending", "resume.unknown"]


async def test_call_that_is_stopped_before_it_sends_leaves_nothing_behind(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the store took its claim; a later call sends."""
    claim, is_claiming = stage.bench.store.claim_resumption, asyncio.Event()

    async def noted(*given: Any) -> Resumption | None:
        is_claiming.set()
        return await claim(*given)

    monkeypatch.setattr(stage.bench.store, "claim_resumption", noted)
    async with stage.bench.store._writer.begin():
        work = asyncio.create_task(stage.resume())
        await is_claiming.wait()
        work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert stage.bench.nexthink.triggers == []

    await stage.resume()
    assert await stage.recorded() == ["resume.sending", "resume.refused", "resume.sending", "resume.accepted"]


async def _under_way(stage: Stage) -> asyncio.Task[None]:
    """Resume, and return when the call is on its way; it is never answered."""
    is_sent = asyncio.Event()

    async def note() -> None:
        is_sent.set()

    stage.bench.nexthink.hanging.add("trigger")
    stage.bench.nexthink.during["trigger"] = note
    work = asyncio.create_task(stage.resume())
    await is_sent.wait()
    return work


@pytest.mark.parametrize(
    ("given", "choice"), [(YES, Choice.APPROVE), ({"decision": "no"}, Choice.DENY), ({"other": "x"}, Choice.APPROVE)]
)
async def test_question_of_slack_is_decided_with_it(stage: Stage, given: dict[str, str], choice: Choice) -> None:
    """Its card says by whom, and nobody answers it there any more."""
    await stage.ask()

    await stage.resume(given)

    question = await stage.question()
    assert question.state is DecisionState.DECIDED
    assert question.verdict is not None
    assert (question.verdict.choice, question.verdict.name) == (choice, "operator")
    with pytest.raises(TooLateError, match="operator"):
        await answer(RunId("r-1"), 0, "UGRACE", Choice.DENY, desk=stage.bench.desk)


@pytest.mark.parametrize(
    ("state", "is_unknown"),
    [
        (DecisionState.SENDING, False),
        (DecisionState.FIRING, True),
        (DecisionState.DECIDED, False),
        (DecisionState.UNCLEAR, True),
    ],
)
async def test_question_that_was_decided_in_slack_is_left_alone(
    stage: Stage, state: DecisionState, *, is_unknown: bool
) -> None:
    """One trigger an execution."""
    await stage.ask(state=state, verdict=a_verdict())

    with pytest.raises(TooLateError, match="Grace approved it") as refused:
        await stage.resume(is_again=True)

    assert isinstance(refused.value, ResultUnknownError) is is_unknown
    assert stage.bench.nexthink.triggers == []


async def test_question_is_closed_where_an_earlier_answer_may_have_arrived(stage: Stage) -> None:
    """Nobody in Slack may give another one, and the card says why."""
    await stage.die_in_flight()
    await stage.ask()
    sent = len(stage.bench.nexthink.triggers)

    with pytest.raises(ResultUnknownError):
        await stage.resume()

    question = await stage.question()
    assert (question.state, question.note) == (DecisionState.UNCLEAR, UNKNOWN_SEND)
    assert len(stage.bench.nexthink.triggers) == sent


async def test_question_is_given_back_where_an_earlier_answer_was_accepted(stage: Stage) -> None:
    """Nothing was sent for it, so that its card is as it was."""
    await stage.resume()
    await stage.ask()
    before, sent = await stage.question(), len(stage.bench.nexthink.triggers)

    with pytest.raises(TooLateError):
        await stage.resume()

    assert await stage.question() == before
    assert len(stage.bench.nexthink.triggers) == sent


async def test_question_is_given_back_where_nothing_can_be_recorded(stage: Stage) -> None:
    """Nothing was sent for it either."""
    await stage.ask()
    before = await stage.question()
    await _lose_the_audit(stage)

    with pytest.raises(StoreError):
        await stage.resume()

    assert await stage.question() == before


async def test_run_without_a_question_is_resumed(stage: Stage) -> None:
    """Its rule may ask nobody."""
    await stage.bench.keep("#paused", state=RunState.RUNNING, executions=(an_execution(),))
    before = await stage.bench.run()

    await stage.resume()

    assert len(stage.bench.nexthink.triggers) == 1
    assert await stage.bench.run() == before


@pytest.mark.parametrize(
    ("faults", "state", "note"),
    [
        ([], DecisionState.DECIDED, ""),
        ([NexthinkFault.REFUSED], DecisionState.OPEN, ""),
        ([NexthinkFault.UNCLEAR], DecisionState.UNCLEAR, UNKNOWN_SEND),
    ],
)
async def test_answer_counts_though_it_was_given_up_for_lost(
    stage: Stage, faults: list[NexthinkFault], state: DecisionState, note: str
) -> None:
    """The truth wins, and nothing is sent twice."""
    await stage.ask()
    stage.bench.nexthink.during["trigger"] = lambda: _give_up(stage)
    stage.bench.nexthink.fail("trigger", *faults, status=400)

    with contextlib.suppress(NexthinkError):
        await stage.resume()

    question = await stage.question()
    assert (question.state, question.note) == (state, note)
    assert len(stage.bench.nexthink.triggers) == 1


async def _give_up(stage: Stage) -> None:
    stage.bench.clock.advance(seconds=30)
    assert WorkKind.TRIGGER in await stage.bench.kinds_due()
    await fire(RunId("r-1"), 0, 1, desk=stage.bench.desk)


async def test_question_stays_open_where_nexthink_did_not_take_it(stage: Stage) -> None:
    """Somebody may press later."""
    await stage.ask()
    before = await stage.question()
    stage.bench.nexthink.fail("trigger", NexthinkFault.REFUSED, status=400)

    with pytest.raises(NexthinkError):
        await stage.resume()

    assert await stage.question() == before


async def test_question_with_an_unknown_answer_is_closed(stage: Stage) -> None:
    """It is never sent again."""
    await stage.ask()
    stage.bench.nexthink.fail("trigger", NexthinkFault.UNCLEAR)

    with pytest.raises(NexthinkError):
        await stage.resume()

    question = await stage.question()
    assert (question.state, question.note) == (DecisionState.UNCLEAR, UNKNOWN_SEND)


async def test_question_of_a_process_that_died_is_found(stage: Stage) -> None:
    """The bot says within half a minute that the result is unknown, and sends nothing."""
    await stage.ask()
    work = await _under_way(stage)

    assert WorkKind.TRIGGER in await stage.bench.kinds_due(seconds=30)
    await fire(RunId("r-1"), 0, 1, desk=stage.bench.desk)

    assert (await stage.question()).state is DecisionState.UNCLEAR
    assert len(stage.bench.nexthink.triggers) == 1
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_nobody_resumes_their_own_run(bench: Bench) -> None:
    """Neither one from Slack, nor one from a terminal."""
    stage = staged(bench, Actor(upn="Grace@example.com"))
    part = Part(
        ordinal=0,
        targets=({Identifier.UPN: "ada@example.com"},),
        changed_at=bench.clock.now,
        state=PartState.STARTED,
        execution_ids=(ExecutionId("e-1"),),
    )
    batch = Batch(
        id=BatchId("b-1"),
        key="key",
        workflow_id=WorkflowId("#paused"),
        workflow_uuid="w-paused",
        workflow_name="Paused",
        parameters={},
        actor="grace@example.com",
        rule="#paused",
        created_at=bench.clock.now,
        parts=(part,),
    )
    await bench.store.add_batch(batch, stage.terminal.entry("batch.stored"), is_once=False)

    with pytest.raises(NotAllowedError, match=OWN_RUN):
        await stage.resume()

    own = staged(bench, Actor(upn="ada@example.com"))
    await own.ask()
    with pytest.raises(NotAllowedError):
        await own.resume()
    assert bench.nexthink.triggers == []
