"""A workflow says that it waits: those who decide are asked now, also about executions that fixdesk did not start."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.run import (
    Device,
    Execution,
    ExecutionId,
    ExecutionState,
    Requester,
    Run,
    RunId,
    RunState,
    Send,
    Target,
    WorkflowRef,
)
from bot.domain.run_audit import entries_of
from bot.domain.signal import Signal, SignalOutcome
from bot.domain.work import NewWork, WorkKind
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.decide import rule_for
from bot.policy.rules import ResumeRule
from bot.usecases.desk import Desk
from bot.usecases.due import show, work_on
from bot.usecases.resume import expiry_of, question

NEXTHINK = "nexthink"
"""The actor of what a signal brings about."""
UNNAMED = "Nexthink"
_SOON = frozenset({RunState.REQUESTED, RunState.APPROVED, RunState.STARTING, RunState.UNCERTAIN})
"""Where a signal may be quicker than the answer to the start."""
SOON = timedelta(seconds=2)
SOON_PATIENCE = timedelta(minutes=2)


async def take_signal(signal: Signal, *, desk: Desk) -> SignalOutcome:
    """Ask about the execution that a signal names; raises `StoreError`, and nothing is kept then."""
    run = await desk.store.run_of(ExecutionId(signal.execution_id)) if signal.execution_id else None
    if run is None and signal.correlation_id:
        run = await desk.store.run(RunId(signal.correlation_id))
    if run is None:
        return await _take_foreign(signal, desk)
    if run.state in _SOON:
        await desk.store.add_work(_later(run, signal, desk))
        return SignalOutcome.ACCEPTED
    return await _take(run, signal, desk)


async def take_signal_again(signal: Signal, attempts: int, *, desk: Desk) -> timedelta | None:
    """Take up a signal that was quicker than the answer to the start; return how long to wait for that."""
    run = await desk.store.run(RunId(signal.correlation_id))
    if run is None:
        return None
    if run.state in _SOON:
        return SOON if attempts * SOON < SOON_PATIENCE else None
    await _take(run, signal, desk)
    return None


def _later(run: Run, signal: Signal, desk: Desk) -> NewWork:
    row = work_on(run.id, WorkKind.SIGNAL, desk.clock() + SOON, signal.execution_id)
    return dataclasses.replace(row, subject=dataclasses.asdict(dataclasses.replace(signal, correlation_id=run.id)))


async def _take(run: Run, signal: Signal, desk: Desk) -> SignalOutcome:
    """Ask about an execution of a run that fixdesk started."""
    if run.state is not RunState.RUNNING:
        return SignalOutcome.NOT_EXPECTED
    ordinal = _ordinal(run, signal)
    if ordinal is None:
        return SignalOutcome.AMBIGUOUS if not signal.execution_id else SignalOutcome.UNKNOWN
    if run.executions[ordinal].resume is not None:
        return SignalOutcome.REPEATED
    asked = _rule(run.workflow.id, desk)
    if asked is None:
        return SignalOutcome.NOT_EXPECTED
    resume = dataclasses.replace(question(asked, desk), title=signal.title, text=signal.text)

    def step(now: Run) -> Run:
        execution = now.execution(ordinal)
        if now.state is not RunState.RUNNING or execution is None or execution.resume or execution.state.has_ended:
            return now
        return now.with_execution(ordinal, dataclasses.replace(execution, resume=resume))

    await desk.change(run.id, step, expiry_of(run.id, resume), actor=NEXTHINK)
    return SignalOutcome.ACCEPTED


def _ordinal(run: Run, signal: Signal) -> int | None:
    """Return the place of the execution that is meant."""
    named = signal.execution_id.casefold()
    ids: Sequence[str] = [execution.id.casefold() for execution in run.executions]
    if named:
        return ids.index(named) if named in ids else None
    return 0 if len(ids) == 1 else None


def _rule(workflow_id: WorkflowId, desk: Desk) -> ResumeRule | None:
    """Return the rule by which somebody is asked on a signal."""
    rule = rule_for(desk.policy, workflow_id)
    return rule.resume if rule and rule.resume and rule.resume.ask == "on_signal" else None


async def _take_foreign(signal: Signal, desk: Desk) -> SignalOutcome:
    """Ask about an execution that fixdesk did not start: once, for its id is that of the only question about it."""
    if signal.workflow_id and desk.catalog.index is None:
        return SignalOutcome.NOT_READY
    workflow = _workflow(signal.workflow_id, desk)
    if not signal.execution_id or workflow is None:
        return SignalOutcome.UNKNOWN
    asked = _rule(workflow.id, desk)
    if asked is None:
        return SignalOutcome.NOT_EXPECTED
    resume = dataclasses.replace(question(asked, desk), title=signal.title, text=signal.text)
    run = _foreign(signal, workflow, desk)
    run = dataclasses.replace(
        run, executions=(Execution(id=ExecutionId(signal.execution_id), state=ExecutionState.WAITING, resume=resume),)
    )
    work = [show(run.id, run.created_at), expiry_of(run.id, resume)]
    is_first = await desk.store.add_run(run, work, entries_of(None, run, run.created_at, NEXTHINK))
    return SignalOutcome.ACCEPTED if is_first else SignalOutcome.REPEATED


def _workflow(named: str, desk: Desk) -> Workflow | None:
    known = desk.catalog.get(WorkflowId(named))
    index = desk.catalog.index
    if known is not None or index is None or not named:
        return known
    return next((one for one in index.workflows if one.uuid.casefold() == named.casefold()), None)


def _foreign(signal: Signal, workflow: Workflow, desk: Desk) -> Run:
    """Return what is known of an execution that somebody else started; nobody has a card of their own for it."""
    device = Device(name=signal.device, collector_uid="") if signal.device else None
    return Run(
        id=RunId(desk.new_id()),
        view_id=f"signal:{signal.execution_id}",
        requester=Requester(slack_id="", name=signal.upn or UNNAMED, upn=signal.upn),
        workflow=WorkflowRef(id=workflow.id, uuid=workflow.uuid, name=workflow.name, version=workflow.version),
        target=Target(upn=signal.upn, send=Send.USER, device=device),
        parameters={},
        created_at=desk.clock(),
        started_at=desk.clock(),
        state=RunState.RUNNING,
    )
