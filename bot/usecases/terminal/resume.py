"""A paused execution is resumed from a terminal: named, allowed, claimed, and the trigger sent once."""

import asyncio
import dataclasses
import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta

from bot.domain.audit import AuditEntry
from bot.domain.errors import (
    FixdeskError,
    NexthinkError,
    NotAllowedError,
    NotFoundError,
    ResultUnknownError,
    StoreError,
    TooLateError,
)
from bot.domain.resumption import FREE, FREE_AGAIN, Resumption, ResumptionState
from bot.domain.run import ExecutionId, Run
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.decide import OWN_RUN, may_resume_for
from bot.usecases.due import pause_before
from bot.usecases.ports import Nexthink, Store
from bot.usecases.resume import is_too_early
from bot.usecases.terminal.question import settle_question, take_question
from bot.usecases.terminal.session import Terminal, read_named


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a paused execution is given."""

    workflow: Workflow
    execution_id: ExecutionId
    parameters: Mapping[str, str]


async def find_workflow(named: str, *, nexthink: Nexthink, store: Store) -> Workflow:
    """Return the workflow of an id, or of a uuid: looked up in what is cached first. Raises `NotFoundError`."""
    if named.startswith("#"):
        return await read_named(WorkflowId(named), nexthink)
    cached = await store.load_catalog()
    known = cached.workflows.values() if cached else ()
    found = _of_uuid(named, known) or _of_uuid(named, await nexthink.list_workflows())
    if found is None:
        raise NotFoundError(f"No workflow in Nexthink's list has the uuid {named}; name it by its #id instead")
    return found


def _of_uuid(uuid: str, workflows: Iterable[Workflow]) -> Workflow | None:
    return next((workflow for workflow in workflows if workflow.uuid.casefold() == uuid.casefold()), None)


async def resume_execution(
    event: Event, *, terminal: Terminal, patience: timedelta, is_again: bool, say: Callable[[str], None]
) -> None:
    """Fire the trigger once; again, for so long, only while Nexthink surely did not take it and that may pass.

    Raises `NotAllowedError`, which is recorded, `TooLateError` where it was resumed before, its `ResultUnknownError`
    where it may have been, `StoreError` before anything is sent, or `NexthinkError`.
    """
    run = await terminal.store.run_of(event.execution_id)
    await _require(event, run, terminal)
    question = None
    if run is not None:
        question = await take_question(run, event.execution_id, event.parameters, patience, terminal=terminal)
    call = _Call(event=event, is_again=is_again, terminal=terminal, say=say)
    trouble = await _trouble_of(_fire_patiently(call, patience))
    if question is not None:
        await settle_question(question, trouble, terminal=terminal)
    if trouble is not None:
        raise trouble


async def _trouble_of(firing: Awaitable[None]) -> FixdeskError | None:
    try:
        await firing
    except FixdeskError as error:
        return error
    return None


async def _require(event: Event, run: Run | None, terminal: Terminal) -> None:
    """Raise `NotAllowedError`, and record it, where the policy is against it or the run is the actor's own."""
    ruling = may_resume_for(terminal.policy, terminal.actor, event.workflow)
    starter = run.requester.upn if run else await terminal.store.starter_of(event.execution_id)
    is_own = bool(terminal.actor.upn) and terminal.actor.upn.casefold() == starter.casefold()
    why = ruling.reason or (OWN_RUN if is_own else "")
    if why:
        await terminal.store.add_audit(_entry("not_allowed", event, terminal, why))
        raise NotAllowedError(why)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A resume on its way."""

    event: Event
    is_again: bool
    """Whether it may follow a trigger that was accepted."""
    terminal: Terminal
    say: Callable[[str], None]


async def _fire_patiently(call: _Call, patience: timedelta) -> None:
    """Send the trigger until it is taken; raise what went wrong when time is over."""
    terminal = call.terminal
    give_up_at = terminal.clock() + patience
    for attempts in itertools.count(1):
        try:
            await _fire(call)
        except NexthinkError as error:
            pause = pause_before(attempts, error)
            if not _may_pass(error) or terminal.clock() + pause > give_up_at:
                raise
            if attempts == 1:
                call.say(f"Not resumed yet: {_reason(error)} Trying again.")
        else:
            return
        await terminal.sleep(pause.total_seconds())


def _may_pass(error: NexthinkError) -> bool:
    return error.surely_not_done and (is_too_early(error) or error.may_pass)


def _reason(error: NexthinkError) -> str:
    return "it does not wait yet." if is_too_early(error) else f"{error.fault.value}."


async def _fire(call: _Call) -> None:
    """Claim the trigger, send it once, and store what came of it."""
    event = call.event
    claim = await _claim(call)
    try:
        await call.terminal.nexthink.trigger(event.workflow.uuid, event.execution_id, event.parameters)
    except NexthinkError as error:
        state = ResumptionState.REFUSED if error.surely_not_done else ResumptionState.UNKNOWN
        await _settle(claim, state, call, str(error))
        raise
    except asyncio.CancelledError:
        await _settle(claim, ResumptionState.UNKNOWN, call, "stopped before the answer came")
        raise
    await _settle(claim, ResumptionState.ACCEPTED, call)


async def _claim(call: _Call) -> Resumption:
    """Store that the trigger goes out; raise `TooLateError` where another answer is in the way."""
    terminal = call.terminal
    wanted = Resumption.claim(call.event.execution_id, terminal.actor.name, terminal.clock())
    free = FREE_AGAIN if call.is_again else FREE
    claiming = asyncio.ensure_future(
        terminal.store.claim_resumption(wanted, _entry(wanted.state, call.event, terminal), free)
    )
    try:
        in_the_way = await asyncio.shield(claiming)
    except asyncio.CancelledError:
        # The store takes it all the same: it must not be left behind as if it had been sent.
        if await claiming is None:
            await _settle(wanted, ResumptionState.REFUSED, call, "stopped before it was sent")
        raise
    if in_the_way is not None:
        raise _too_late(in_the_way)
    return wanted


def _too_late(before: Resumption) -> TooLateError:
    """Say whose answer is in the way, and what can be done."""
    whose = f"by {before.actor} at {before.changed_at:%Y-%m-%d %H:%M} UTC"
    if before.state is ResumptionState.ACCEPTED:
        return TooLateError(
            f"Nothing is sent: it was resumed {whose}; where the workflow pauses once more, say --again."
        )
    return ResultUnknownError(
        f"The result of an earlier answer {whose} is unknown: it may have reached Nexthink. "
        "It is not sent again; look in Nexthink."
    )


async def _settle(claim: Resumption, state: ResumptionState, call: _Call, why: str = "") -> None:
    """Store what came of a claim; what happened is true all the same where that fails, so that it is only said."""
    terminal = call.terminal
    try:
        await terminal.store.settle_resumption(
            claim.settled(state, terminal.clock()), _entry(state, call.event, terminal, why)
        )
    except StoreError as error:
        call.say(f"What came of it could not be recorded. {error}")


def _entry(verb: str, event: Event, terminal: Terminal, why: str = "") -> AuditEntry:
    facts = {
        "workflow": event.workflow.id,
        "execution_id": event.execution_id,
        "parameters": dict(event.parameters),
    }
    return terminal.entry(f"resume.{verb}", **facts, **({"why": why} if why else {}))
