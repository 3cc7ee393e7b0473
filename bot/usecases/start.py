"""The start of a run: the intent is stored, Nexthink is called once, and what came of it is stored."""

from datetime import datetime

from bot.domain.errors import NexthinkError, NotAllowedError
from bot.domain.run import Execution, Run, RunId, RunState, Started
from bot.domain.run_audit import entries_of, fingerprint
from bot.policy.decide import may_run, rule_for, runners_of
from bot.usecases.desk import Desk, move_from
from bot.usecases.due import START_PATIENCE, follow_now, pause_before, reconcile_now, show
from bot.usecases.resume import expiry_of, question_on_start
from bot.usecases.run import LOOKED_FOR

SENT = frozenset({RunState.STARTING, RunState.UNCERTAIN, RunState.UNTRACKED})
"""Where the answer to a call is taken: somebody may have given the call up for lost while it was on its way, or have
left it at that."""


async def start_run(run_id: RunId, attempts: int, *, desk: Desk) -> datetime | None:
    """Send the start once; return when to try again where it surely did not arrive.

    The intent is stored before the call. A run that is found in `starting` was sent by a process that died: its result
    is unknown, and it is never sent again.
    """
    run = await desk.store.run(run_id)
    if run is None or not await _may_start(run, desk):
        return None
    now = desk.clock()
    intent = run.move(RunState.STARTING, sent_at=now)
    if not await desk.store.replace_run(run, intent, [show(intent.id, now)], entries_of(run, intent, now)):
        return now
    try:
        started = await desk.nexthink.start(intent.workflow.id, intent.target, intent.parameters)
    except NexthinkError as error:
        return await _not_started(intent, run.state, error, attempts, desk)
    await note_started(intent, started, desk)
    return None


async def _may_start(run: Run, desk: Desk) -> bool:
    """Tell whether the start may go out now."""
    if run.state is RunState.STARTING:
        await desk.change(run.id, _result_unknown, reconcile_now(desk.clock()))
        return False
    if run.state is RunState.APPROVED:
        return await _may_still_run(run, desk) and await _is_as_approved(run, desk)
    return run.state is RunState.REQUESTED


def _result_unknown(run: Run) -> Run:
    return run.move(RunState.UNCERTAIN, note=LOOKED_FOR) if run.state is RunState.STARTING else run


async def _may_still_run(run: Run, desk: Desk) -> bool:
    """Tell whether whoever asked may still run it: they may have left while it waited for its approval."""
    try:
        groups = runners_of(desk.policy, run.workflow.id)
        person = await desk.person(run.requester.slack_id, fresh=True, groups=groups)
        workflow = desk.catalog.get(run.workflow.id)
        if workflow is not None:
            may_run(desk.policy, person, workflow, run.channel_id).require()
    except NotAllowedError as refusal:
        refused = move_from(RunState.APPROVED, RunState.REFUSED, note=str(refusal), ended_at=desk.clock())
        await desk.change(run.id, refused)
        return False
    return True


async def _is_as_approved(run: Run, desk: Desk) -> bool:
    """Tell whether the workflow is still what was approved; if not, the approval is void and says so."""
    try:
        workflow = await desk.catalog.read(run.workflow.id)
    except NexthinkError as error:
        if error.may_pass:
            return True
        void = f"The approval does not hold, for the workflow could not be read again. {error}"
    else:
        is_same = run.approval is None or run.approval.fingerprint in {"", fingerprint(run)}
        if workflow.can_start and workflow.version == run.workflow.version and is_same:
            return True
        void = "The workflow was changed after it was approved, so the approval does not hold. Please ask again."
    await desk.change(run.id, move_from(RunState.APPROVED, RunState.REFUSED, note=void, ended_at=desk.clock()))
    return False


async def _not_started(
    intent: Run, before: RunState, error: NexthinkError, attempts: int, desk: Desk
) -> datetime | None:
    """Store what a failed start means; return when to try again."""
    now = desk.clock()
    if not error.surely_not_done:
        await desk.change(intent.id, _result_unknown, reconcile_now(now))
        return None
    again_at = now + pause_before(attempts, error)
    if not error.may_pass or again_at - intent.ready_at > START_PATIENCE:
        note = f"It was not started. {error}"
        await desk.change(intent.id, move_from(SENT, RunState.FAILED, note=note, ended_at=now))
        return None
    note = f"Not started yet: {error.fault.value}. Trying again."
    await desk.change(intent.id, move_from(RunState.STARTING, before, note=note))
    return again_at


async def note_started(intent: Run, started: Started, desk: Desk) -> None:
    """Store Nexthink's ids, ask who decides on a pause where the rule says so, and follow it."""
    now = desk.clock()
    rule = rule_for(desk.policy, intent.workflow.id)
    resume = question_on_start(rule.resume if rule else None, desk)
    executions = tuple(Execution(id=one, resume=resume) for one in dict.fromkeys(started.execution_ids))
    facts = {
        "request_id": started.request_id,
        "started_at": now,
        "executions": executions,
        "note": "",
        "ended_at": None,
    }
    running = move_from(SENT, RunState.RUNNING, **facts)
    work = [follow_now(now)]
    if resume is not None:
        work.append(expiry_of(intent.id, resume))
    await desk.change(intent.id, running, *work)
