"""How does a paused execution go on? One decision, then exactly one accepted trigger of the wait-for-event step."""

import dataclasses
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bot.domain.decision import Choice, DecisionState, Resume
from bot.domain.errors import NexthinkError, NexthinkFault, TooLateError
from bot.domain.run import Execution, Run, RunId, RunState
from bot.domain.work import NewWork, WorkKind
from bot.policy.decide import channel_to_ask
from bot.policy.rules import ResumeRule
from bot.usecases.decision import verdict_on
from bot.usecases.desk import Desk
from bot.usecases.due import follow_now, pause_before, trigger, work_on

EARLY_PATIENCE = timedelta(minutes=2)
"""A press may come before the execution waits: Nexthink then refuses with 400, and it is tried again for so long."""

NOT_WAITING_YET = 400
"""The only documented code that fits an execution that does not wait (yet)."""
UNKNOWN_SEND = "Result unknown: the answer may have reached Nexthink. It is not sent again."
NOT_OURS = "The answer was given. fixdesk did not start this, so it does not see how it ends."
ENDED_FIRST = "It ended before the answer could be given."

_GOING_OUT = frozenset({DecisionState.SENDING, DecisionState.FIRING})
_ANSWERED = frozenset({DecisionState.DECIDED, DecisionState.UNCLEAR})
_SENT = _GOING_OUT | {DecisionState.UNCLEAR}
"""Where an answer to a call is taken: another process may have given the call up for lost while it was on its way."""


async def answer(run_id: RunId, ordinal: int, slack_id: str, choice: Choice, *, desk: Desk, reason: str = "") -> Run:
    """Take the decision, with what was written beside it; the trigger follows.

    Raises `NotAllowedError`, or `TooLateError` with who was first.
    """
    found = await desk.store.run(run_id)
    deciders = _asked(found, ordinal)[1].deciders if found else ()
    person = await desk.person(slack_id, fresh=True, groups=deciders)
    now = desk.clock()

    def step(run: Run) -> Run:
        execution, resume = _asked(run, ordinal)
        is_open = resume.state is DecisionState.OPEN
        verdict = verdict_on(resume, run.requester, person, choice, is_open=is_open, desk=desk, reason=reason)
        taken = dataclasses.replace(resume, state=DecisionState.SENDING, verdict=verdict, note="")
        return run.with_execution(ordinal, dataclasses.replace(execution, resume=taken))

    return await desk.change(run_id, step, trigger(run_id, ordinal, now))


def question(rule: ResumeRule, desk: Desk) -> Resume:
    """Return the question that a rule asks about an execution from now on."""
    return Resume(
        deciders=rule.by,
        channel_id=channel_to_ask(desk.policy, rule),
        expires_at=desk.clock() + rule.expires,
        parameters={Choice.APPROVE: rule.approve, Choice.DENY: rule.deny},
    )


def question_on_start(rule: ResumeRule | None, desk: Desk) -> Resume | None:
    """Return the question that a rule asks as soon as an execution has started, None where it waits for something."""
    return question(rule, desk) if rule and rule.ask == "on_start" else None


def expiry_of(run_id: RunId, resume: Resume) -> NewWork:
    """Close a question when its time is over."""
    return work_on(run_id, WorkKind.EXPIRE_RESUME, resume.expires_at, resume.expires_at.isoformat())


def _asked(run: Run, ordinal: int) -> tuple[Execution, Resume]:
    execution = run.execution(ordinal)
    if execution is None or execution.resume is None:
        raise TooLateError("This execution waits for no decision.")
    return execution, execution.resume


async def fire(run_id: RunId, ordinal: int, attempts: int, *, desk: Desk) -> datetime | None:
    """Fire the trigger of a decision; return when to try again where Nexthink surely did not take it.

    That it goes out is stored before the call. An answer that is found on its way was sent by a process that died: its
    result is unknown, and it is never sent again.
    """
    sent = await desk.change(run_id, _resume_step(ordinal, _goes_out))
    execution = sent.execution(ordinal)
    if execution is None or execution.resume is None or execution.resume.state is not DecisionState.FIRING:
        return None
    try:
        await desk.nexthink.trigger(sent.workflow.uuid, execution.id, execution.resume.trigger_parameters())
    except NexthinkError as error:
        return await _not_taken(sent, ordinal, error, attempts, desk)
    taken = _resume_step(ordinal, lambda one: dataclasses.replace(one, state=DecisionState.DECIDED, note=""), _SENT)
    await desk.change(run_id, taken, follow_now(desk.clock()))
    return None


def is_too_early(error: NexthinkError) -> bool:
    """Tell whether an execution does not wait (yet)."""
    return error.fault is NexthinkFault.REFUSED and error.status == NOT_WAITING_YET


def _goes_out(resume: Resume) -> Resume:
    if resume.state is DecisionState.FIRING:
        return dataclasses.replace(resume, state=DecisionState.UNCLEAR, note=UNKNOWN_SEND)
    return dataclasses.replace(resume, state=DecisionState.FIRING)


def _resume_step(
    ordinal: int, change: Callable[[Resume], Resume], states: Collection[DecisionState] = _GOING_OUT
) -> Callable[[Run], Run]:
    """Make a step that changes an answer on its way out; an execution that has ended keeps its question closed."""

    def step(run: Run) -> Run:
        execution, resume = _asked(run, ordinal)
        if resume.state not in states:
            return run
        changed = change(resume)
        if execution.state.has_ended and changed.state in {DecisionState.OPEN, DecisionState.FIRING}:
            changed = dataclasses.replace(changed, state=DecisionState.CLOSED, note=ENDED_FIRST)
        answered = dataclasses.replace(execution, resume=changed)
        if changed.state not in _ANSWERED or run.request_id or run.state is not RunState.RUNNING:
            return run.with_execution(ordinal, answered)
        # What fixdesk did not start has no request by which Nexthink could be asked how it ends.
        executions = (*run.executions[:ordinal], answered, *run.executions[ordinal + 1 :])
        return run.move(RunState.UNTRACKED, executions=executions, note=NOT_OURS)

    return step


async def _not_taken(run: Run, ordinal: int, error: NexthinkError, attempts: int, desk: Desk) -> datetime | None:
    """Store what a failed trigger means; return when to try again."""
    now = desk.clock()
    _, resume = _asked(run, ordinal)
    if not error.surely_not_done:
        unclear = dataclasses.replace(resume, state=DecisionState.UNCLEAR, note=UNKNOWN_SEND)
        await desk.change(run.id, _resume_step(ordinal, lambda _: unclear), follow_now(now))
        return None
    decided_at = resume.verdict.at if resume.verdict else now
    is_early = is_too_early(error)
    again_at = now + pause_before(attempts, error)
    if (is_early or error.may_pass) and again_at - decided_at < EARLY_PATIENCE:
        note = "It does not wait yet" if is_early else error.fault.value[:1].upper() + error.fault.value[1:]
        again = dataclasses.replace(resume, state=DecisionState.SENDING, note=f"{note}: trying again.")
        await desk.change(run.id, _resume_step(ordinal, lambda _: again))
        return again_at
    # Its expiry came and found it on its way: then nobody could answer it any more.
    state = DecisionState.OPEN if now < resume.expires_at else DecisionState.EXPIRED
    said = f" Nexthink said: {error.details}" if error.details else ""
    late = f"It did not wait within two minutes; press again later.{said}"
    why = late if is_early else f"Not resumed. {error}"
    reopened = dataclasses.replace(resume, state=state, verdict=None, note=why)
    await desk.change(run.id, _resume_step(ordinal, lambda _: reopened))
    return None


async def expire_resume(run_id: RunId, *, desk: Desk) -> datetime | None:
    """Close the questions that nobody answered in time; return when the next one is over, for each has its own time."""
    now = desk.clock()

    def step(run: Run) -> Run:
        executions = tuple(_expired(execution, now) for execution in run.executions)
        if executions == run.executions:
            return run
        if run.request_id or run.state is not RunState.RUNNING:
            return run.changed(executions=executions)
        return run.move(RunState.EXPIRED, executions=executions, ended_at=now, note="Nobody decided in time.")

    run = await desk.change(run_id, step)
    asked = (execution.resume for execution in run.executions)
    return min((one.expires_at for one in asked if one and one.state is DecisionState.OPEN), default=None)


def _expired(execution: Execution, now: datetime) -> Execution:
    if execution.resume is None or execution.resume.state is not DecisionState.OPEN:
        return execution
    if now < execution.resume.expires_at:
        return execution
    return dataclasses.replace(execution, resume=dataclasses.replace(execution.resume, state=DecisionState.EXPIRED))
