"""A resume from a terminal: the workflow found, rights, one trigger, and the question that Slack asks."""

import asyncio
import dataclasses
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.domain.batch import Batch, BatchId, Part, PartState
from bot.domain.decision import Choice, DecisionState, Resume
from bot.domain.errors import NexthinkError, NexthinkFault, NotAllowedError, NotFoundError, StoreError, TooLateError
from bot.domain.run import ExecutionId, RunId, RunState
from bot.domain.targets import Identifier
from bot.domain.workflow import WorkflowId
from bot.policy.decide import Actor
from bot.usecases.resume import UNKNOWN_SEND, answer, fire
from bot.usecases.terminal.resume import OWN_RUN, Resumption, find_workflow, resume_execution
from bot.usecases.terminal.session import Terminal
from tests.domain.values import a_resume, an_execution
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

    async def resume(self, given: Mapping[str, str] = YES, *, patience: timedelta = NO_PATIENCE) -> None:
        """Resume the one execution."""
        workflow = self.bench.nexthink.workflows[WorkflowId("#paused")]
        asked = Resumption(workflow=workflow, execution_id=ExecutionId("E-1"), parameters=given)
        await resume_execution(asked, terminal=self.terminal, patience=patience, say=self.said.append)

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
        (NexthinkFault.UNCLEAR, None, 1),
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
    "state", [DecisionState.SENDING, DecisionState.FIRING, DecisionState.DECIDED, DecisionState.UNCLEAR]
)
async def test_question_that_was_decided_in_slack_is_left_alone(stage: Stage, state: DecisionState) -> None:
    """One trigger an execution."""
    await stage.ask(state=state)

    with pytest.raises(TooLateError):
        await stage.resume()

    assert stage.bench.nexthink.triggers == []


async def test_run_without_a_question_is_resumed(stage: Stage) -> None:
    """Its rule may ask nobody."""
    await stage.bench.keep("#paused", state=RunState.RUNNING, executions=(an_execution(),))
    before = await stage.bench.run()

    await stage.resume()

    assert len(stage.bench.nexthink.triggers) == 1
    assert await stage.bench.run() == before


async def test_answer_counts_though_it_was_given_up_for_lost(stage: Stage) -> None:
    """The truth wins, and nothing is sent twice."""
    await stage.ask()
    stage.bench.nexthink.during["trigger"] = lambda: _give_up(stage)

    await stage.resume()

    question = await stage.question()
    assert (question.state, question.note) == (DecisionState.DECIDED, "")
    assert len(stage.bench.nexthink.triggers) == 1


async def _give_up(stage: Stage) -> None:
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
    """The bot says that the result is unknown, and sends nothing."""
    await stage.ask()
    work = await _under_way(stage)

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
