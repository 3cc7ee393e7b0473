"""A run from the form to Nexthink: prepare, submit, begin, start."""

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.decision import Approval, Choice, Resume
from bot.domain.errors import NexthinkError, NotAllowedError, NotFoundError
from bot.domain.person import Person
from bot.domain.run import (
    Device,
    Execution,
    Requester,
    Run,
    RunId,
    RunState,
    Send,
    Started,
    Target,
    WorkflowRef,
)
from bot.domain.work import WorkKind
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.decide import identify, may_run, rule_for
from bot.policy.rules import ResumeRule, Rule
from bot.usecases.desk import Desk
from bot.usecases.device import FoundDevices
from bot.usecases.due import follow_now, pause_before, show, work_on
from bot.usecases.form import Answer, Field, fields_of, lists_to_send, read_parameters

START_PATIENCE = timedelta(minutes=10)
"""How long a start that surely did not arrive is tried again."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the form of one workflow shows."""

    workflow: Workflow
    rule: Rule
    fields: tuple[Field, ...]
    send: Send
    found: FoundDevices
    upn: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a person handed in."""

    view_id: str
    slack_id: str
    channel_id: str
    workflow_id: WorkflowId
    version: str
    """The version that the form was made from."""
    device_uid: str
    answers: Mapping[str, Answer]


async def prepare_run(workflow_id: WorkflowId, person: Person, channel_id: str, *, desk: Desk) -> Prepared:
    """Read a workflow's details and the person's devices; raise `NotAllowedError` where they may not run it."""
    known = desk.catalog.get(workflow_id)
    if known is None:
        raise NotFoundError("This workflow is not in the catalog any more. Please choose another.")
    may_run(desk.policy, person, known, channel_id).require()
    workflow, found = await asyncio.gather(desk.catalog.read(workflow_id), desk.devices.find(person.upn))
    rule = may_run(desk.policy, person, workflow, channel_id).require()
    if not workflow.can_start:
        raise NotFoundError(
            f"{workflow.name} cannot be started now: in Nexthink it is not active, or not open to the API."
        )
    return Prepared(
        workflow=workflow,
        rule=rule,
        fields=fields_of(workflow, rule),
        send=lists_to_send(workflow, rule),
        found=found,
        upn=person.upn,
    )


async def submit_run(submission: Submission, *, desk: Desk) -> Run | None:
    """Store what was handed in; None where this modal already started a run.

    It decides from what is cached, for the answer is waited for; the rights are checked afresh in `begin_run`. Raises
    `InvalidInputError` with a sentence a parameter, `NotAllowedError`, `NotFoundError`.
    """
    workflow = desk.catalog.get(submission.workflow_id)
    if workflow is None or workflow.version != submission.version:
        raise NotFoundError("This workflow has changed meanwhile. Please choose it again.")
    profile = desk.people.known(submission.slack_id)
    person = identify(desk.policy, profile) if profile else None
    rule = rule_for(desk.policy, workflow.id) if desk.policy else None
    if person is not None:
        rule = may_run(desk.policy, person, workflow, submission.channel_id).require()
    if rule is None:
        raise NotAllowedError(f"You are not allowed to run {workflow.name}: no rule of the policy names it.")
    run_id = RunId(desk.new_id())
    parameters = read_parameters(workflow, rule, submission.answers, run_id)
    upn = person.upn if person else ""
    run = Run(
        id=run_id,
        view_id=submission.view_id,
        requester=Requester(slack_id=submission.slack_id, name=person.name if person else "", upn=upn),
        workflow=WorkflowRef(id=workflow.id, uuid=workflow.uuid, name=workflow.name, version=workflow.version),
        target=Target(upn=upn, send=lists_to_send(workflow, rule), device=_chosen(submission.device_uid, upn, desk)),
        parameters=parameters,
        created_at=desk.clock(),
        channel_id=submission.channel_id,
    )
    return run if await desk.store.add_run(run, [work_on(run, WorkKind.BEGIN, desk.clock())]) else None


def _chosen(device_uid: str, upn: str, desk: Desk) -> Device | None:
    """Return the chosen device as it is remembered; `begin_run` makes sure that it is the person's."""
    if not device_uid:
        return None
    found = desk.devices.remembered(upn)
    return (found.by_uid(device_uid) if found else None) or Device(name="", collector_uid=device_uid)


async def begin_run(run_id: RunId, *, desk: Desk) -> None:
    """Check the rights afresh, then ask for the approval that the rule wants, or start."""
    run = await desk.store.run(run_id)
    if run is None or run.state is not RunState.REQUESTED:
        return
    now = desk.clock()
    try:
        rule, requester, target = await _checked(run, desk)
    except (NotAllowedError, NotFoundError) as refusal:
        await desk.change(run_id, _move(RunState.REFUSED, note=str(refusal), ended_at=now))
        return
    if rule.approval is None:
        start = work_on(run, WorkKind.START, now)
        await desk.change(run_id, lambda run: run.changed(requester=requester, target=target), start)
        return
    approval = Approval(
        deciders=rule.approval.by,
        channel_id=rule.approval.channel or (desk.policy and desk.policy.channels.approvals) or "",
        expires_at=now + rule.approval.expires,
    )
    asked = _move(RunState.AWAITING_APPROVAL, requester=requester, target=target, approval=approval)
    await desk.change(run_id, asked, work_on(run, WorkKind.EXPIRE_APPROVAL, approval.expires_at))


def _move(to: RunState, **changes: Any) -> Callable[[Run], Run]:
    return lambda run: run.move(to, **changes)


async def _checked(run: Run, desk: Desk) -> tuple[Rule, Requester, Target]:
    """Return the rule that allows a run, who the requester is now, and a target that is theirs."""
    person = await desk.person(run.requester.slack_id, fresh=True)
    workflow = desk.catalog.get(run.workflow.id)
    if workflow is None:
        raise NotFoundError("This workflow is not in the catalog any more, so it was not started.")
    rule = may_run(desk.policy, person, workflow, run.channel_id).require()
    requester = Requester(slack_id=person.slack_id, name=person.name, upn=person.upn)
    return rule, requester, await _own_target(run.target, person.upn, desk)


async def _own_target(target: Target, upn: str, desk: Desk) -> Target:
    """Return the target with a device that is one of the person's; raise `NotAllowedError` for any other."""
    if target.send is Send.USER:
        return dataclasses.replace(target, upn=upn, device=None)
    found = await desk.devices.find(upn)
    if found.trouble:
        note = f"{found.trouble}: Nexthink takes your most recently used device."
        return dataclasses.replace(target, upn=upn, device=None, note=note)
    own = found.by_uid(target.device.collector_uid) if target.device else found.newest
    if own is None:
        raise NotAllowedError("You are not allowed to run this on that device: it is not one of yours.")
    return dataclasses.replace(target, upn=upn, device=own)


async def start_run(run_id: RunId, attempts: int, *, desk: Desk) -> datetime | None:
    """Send the start once; return when to try again where it surely did not arrive.

    The intent is stored before the call. A run that is found in `starting` was sent by a process that died: its result
    is unknown, and it is never sent again.
    """
    run = await desk.store.run(run_id)
    if run is None or not await _may_start(run, desk):
        return None
    intent = run.move(RunState.STARTING)
    if not await desk.store.replace_run(run, intent, [show(intent, desk.clock())]):
        return desk.clock()
    try:
        started = await desk.nexthink.start(intent.workflow.id, intent.target, intent.parameters)
    except NexthinkError as error:
        return await _not_started(intent, run.state, error, attempts, desk)
    await _started(intent, started, desk)
    return None


async def _may_start(run: Run, desk: Desk) -> bool:
    """Tell whether the start may go out now."""
    if run.state is RunState.STARTING:
        await desk.change(run.id, _result_unknown)
        return False
    if run.state is RunState.APPROVED:
        return await _is_as_approved(run, desk)
    return run.state is RunState.REQUESTED


def _result_unknown(run: Run) -> Run:
    return run.move(RunState.UNCERTAIN) if run.state is RunState.STARTING else run


async def _is_as_approved(run: Run, desk: Desk) -> bool:
    """Tell whether the workflow's version is still the approved one; if not, the approval is void and says so."""
    try:
        workflow = await desk.catalog.read(run.workflow.id)
    except NexthinkError:
        return True
    if workflow.version == run.workflow.version:
        return True
    void = "The workflow was changed after it was approved, so the approval does not hold. Please ask again."
    await desk.change(run.id, _move(RunState.REFUSED, note=void, ended_at=desk.clock()))
    return False


async def _not_started(
    intent: Run, before: RunState, error: NexthinkError, attempts: int, desk: Desk
) -> datetime | None:
    """Store what a failed start means; return when to try again."""
    now = desk.clock()
    if not error.surely_not_done:
        await desk.change(intent.id, _result_unknown)
        return None
    if not error.may_pass or now - intent.ready_at > START_PATIENCE:
        await desk.change(intent.id, _move(RunState.FAILED, note=f"It was not started. {error}", ended_at=now))
        return None
    await desk.change(intent.id, _move(before, note=f"Not started yet: {error.fault.value}. Trying again."))
    return now + pause_before(attempts, error)


async def _started(intent: Run, started: Started, desk: Desk) -> None:
    """Store Nexthink's ids, ask who decides on a pause where the rule says so, and follow it."""
    now = desk.clock()
    rule = rule_for(desk.policy, intent.workflow.id) if desk.policy else None
    resume = _question(rule.resume, desk) if rule and rule.resume else None
    executions = tuple(Execution(id=one, resume=resume) for one in dict.fromkeys(started.execution_ids))
    running = _move(RunState.RUNNING, request_id=started.request_id, started_at=now, executions=executions, note="")
    work = [follow_now(now)]
    if resume is not None:
        work.append(work_on(intent, WorkKind.EXPIRE_RESUME, resume.expires_at))
    await desk.change(intent.id, running, *work)


def _question(rule: ResumeRule, desk: Desk) -> Resume:
    return Resume(
        deciders=rule.by,
        channel_id=rule.channel or (desk.policy and desk.policy.channels.approvals) or "",
        expires_at=desk.clock() + rule.expires,
        parameters={Choice.APPROVE: rule.approve, Choice.DENY: rule.deny},
    )
