"""A paused execution is resumed from a terminal: named, allowed, recorded, and the trigger sent once."""

import asyncio
import dataclasses
import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from bot.domain.audit import AuditEntry
from bot.domain.errors import Effect, NexthinkError, NotAllowedError, NotFoundError, StoreError
from bot.domain.run import ExecutionId, Run
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.decide import may_resume_for
from bot.usecases.due import pause_before
from bot.usecases.ports import Nexthink, Store
from bot.usecases.resume import is_too_early
from bot.usecases.terminal.question import settle_question, take_question
from bot.usecases.terminal.session import Terminal, read_named

OWN_RUN = "You cannot decide on your own run; somebody else has to."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """Which execution goes on, and with what."""

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
    asked: Resumption, *, terminal: Terminal, patience: timedelta, say: Callable[[str], None]
) -> None:
    """Fire the trigger once; again, for so long, only while Nexthink surely did not take it and that may pass.

    Raises `NotAllowedError`, which is recorded, `TooLateError` where it was decided in Slack, `StoreError` before
    anything is sent, or `NexthinkError`.
    """
    run = await terminal.store.run_of(asked.execution_id)
    await _require(asked, run, terminal)
    question = None
    if run is not None:
        question = await take_question(run, asked.execution_id, asked.parameters, patience, terminal=terminal)
    error = await _fire_patiently(asked, patience, terminal, say)
    if question is not None:
        await settle_question(question, error, terminal=terminal)
    if error is not None:
        raise error


async def _require(asked: Resumption, run: Run | None, terminal: Terminal) -> None:
    """Raise `NotAllowedError`, and record it, where the policy is against it or the run is the actor's own."""
    ruling = may_resume_for(terminal.policy, terminal.actor, asked.workflow)
    starter = run.requester.upn if run else await terminal.store.starter_of(asked.execution_id)
    is_own = bool(terminal.actor.upn) and terminal.actor.upn.casefold() == starter.casefold()
    why = ruling.reason or (OWN_RUN if is_own else "")
    if why:
        await terminal.store.add_audit(_entry("not_allowed", asked, terminal, why))
        raise NotAllowedError(why)


async def _fire_patiently(
    asked: Resumption, patience: timedelta, terminal: Terminal, say: Callable[[str], None]
) -> NexthinkError | None:
    """Send the trigger until it is taken or time is over; return what went wrong at last."""
    give_up_at = terminal.clock() + patience
    for attempts in itertools.count(1):
        error = await _fire(asked, terminal, say)
        pause = pause_before(attempts, error)
        if error is None or not _may_pass(error) or terminal.clock() + pause > give_up_at:
            return error
        if attempts == 1:
            say(f"Not resumed yet: {_reason(error)} Trying again.")
        await terminal.sleep(pause.total_seconds())
    return None


def _may_pass(error: NexthinkError) -> bool:
    return error.surely_not_done and (is_too_early(error) or error.may_pass)


def _reason(error: NexthinkError) -> str:
    return "it does not wait yet." if is_too_early(error) else f"{error.fault.value}."


async def _fire(asked: Resumption, terminal: Terminal, say: Callable[[str], None]) -> NexthinkError | None:
    """Send the trigger once; return what went wrong."""
    await terminal.store.add_audit(_entry("sending", asked, terminal))
    try:
        await terminal.nexthink.trigger(asked.workflow.uuid, asked.execution_id, asked.parameters)
    except NexthinkError as error:
        outcome = "unknown" if error.effect is Effect.UNKNOWN else "refused"
        await _record(_entry(outcome, asked, terminal, str(error)), terminal, say)
        return error
    except asyncio.CancelledError:
        await _record(_entry("unknown", asked, terminal, "stopped before the answer came"), terminal, say)
        raise
    await _record(_entry("accepted", asked, terminal), terminal, say)
    return None


async def _record(entry: AuditEntry, terminal: Terminal, say: Callable[[str], None]) -> None:
    """Record an outcome; what happened is true all the same where that fails, so that it is only said."""
    try:
        await terminal.store.add_audit(entry)
    except StoreError as error:
        say(f"What came of it could not be recorded. {error}")


def _entry(verb: str, asked: Resumption, terminal: Terminal, why: str = "") -> AuditEntry:
    facts = {
        "workflow": asked.workflow.id,
        "execution_id": asked.execution_id,
        "parameters": dict(asked.parameters),
    }
    return terminal.entry(f"resume.{verb}", **facts, **({"why": why} if why else {}))
