"""A run from the form to its start: prepare, submit, begin."""

import asyncio
import dataclasses
from collections.abc import Mapping
from datetime import datetime

from bot.domain.errors import FixdeskError, InvalidInputError, NotAllowedError, NotFoundError, StoreError
from bot.domain.person import Person
from bot.domain.run import Device, Requester, Run, RunId, RunState, Send, Target, WorkflowRef
from bot.domain.run_audit import entries_of
from bot.domain.work import WorkKind
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.decide import may_run, rule_for, runners_of
from bot.policy.rules import Rule
from bot.usecases.approval import ask_approval, require_approvers, timers_of
from bot.usecases.desk import Desk, change_in, move_from
from bot.usecases.device import FoundDevices
from bot.usecases.due import START_PATIENCE, occasion_of, pause_before, reconcile_now, show, work_on
from bot.usecases.form import Answer, Field, fields_of, lists_to_send, read_parameters
from bot.usecases.limits import require_within_limits

LOOKED_FOR = "Nexthink's answer was lost. fixdesk looks for it in Nexthink's records."
ASKED = RunState.REQUESTED
"""Whatever `begin_run` finds out counts only as long as nothing has come of the request."""


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
    await require_within_limits(rule, workflow_id, person.slack_id, desk=desk)
    if rule.approval is not None:
        requester = Requester(slack_id=person.slack_id, name=person.name, upn=person.upn)
        require_approvers(rule.approval, requester, desk)
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
    person = desk.known_person(submission.slack_id)
    rule = _rule_in_memory(workflow, person, submission.channel_id, desk)
    upn = person.upn if person else ""
    run_id, now = RunId(desk.new_id()), desk.clock()
    run = Run(
        id=run_id,
        view_id=submission.view_id,
        requester=Requester(slack_id=submission.slack_id, name=person.name if person else "", upn=upn),
        workflow=WorkflowRef(id=workflow.id, uuid=workflow.uuid, name=workflow.name, version=workflow.version),
        target=_asked_target(lists_to_send(workflow, rule), upn, submission.device_uid, desk),
        parameters=read_parameters(workflow, rule, submission.answers, run_id),
        created_at=now,
        channel_id=submission.channel_id,
    )
    begin = [work_on(run_id, WorkKind.BEGIN, now), show(run_id, now)]
    is_first = await desk.store.add_run(run, begin, entries_of(None, run, now))
    if not is_first:
        return None
    desk.usage.note(submission.slack_id, workflow.id)
    return run


def _rule_in_memory(workflow: Workflow, person: Person | None, channel_id: str, desk: Desk) -> Rule:
    """Return the rule as far as it is known who asks; the rights of somebody unknown are looked at in `begin_run`."""
    if person is not None:
        return may_run(desk.policy, person, workflow, channel_id).require()
    rule = rule_for(desk.policy, workflow.id)
    if rule is None:
        raise NotAllowedError(f"You are not allowed to run {workflow.name}: no rule of the policy names it.")
    return rule


def _asked_target(send: Send, upn: str, device_uid: str, desk: Desk) -> Target:
    """Return the target as it was asked for; `begin_run` makes sure that the device is the person's."""
    found = desk.devices.remembered(upn)
    if send is not Send.USER and found and found.must_ask and not device_uid:
        raise InvalidInputError({"device": "please choose the device that it shall run on."})
    device = desk.devices.recalled(upn, device_uid) or Device(name="", collector_uid=device_uid)
    return Target(upn=upn, send=send, device=device if device_uid else None)


async def begin_run(run_id: RunId, attempts: int, *, desk: Desk) -> datetime | None:
    """Check the rights afresh, then ask for the approval that the rule wants, or start.

    Returns when to try again, where Slack or Nexthink does not answer what has to be known for that.
    """
    run = await desk.store.run(run_id)
    if run is None or run.state is not RunState.REQUESTED:
        return None
    try:
        await _begin(run, *await _checked(run, desk), desk)
    except (NotAllowedError, NotFoundError) as refusal:
        await desk.change(run_id, move_from(ASKED, RunState.REFUSED, note=str(refusal), ended_at=desk.clock()))
    except StoreError:
        raise
    except FixdeskError as trouble:
        return await _not_begun(run, trouble, attempts, desk)
    return None


async def _not_begun(run: Run, trouble: FixdeskError, attempts: int, desk: Desk) -> datetime | None:
    """Say that it is tried again, or after a while that it was not started."""
    now = desk.clock()
    if now - run.ready_at > START_PATIENCE:
        note = f"It was not started. {trouble}"
        await desk.change(run.id, move_from(ASKED, RunState.FAILED, note=note, ended_at=now))
        return None
    note = f"Not started yet: {trouble} Trying again."
    if note != run.note:
        await desk.change(run.id, change_in(ASKED, note=note))
    return now + pause_before(attempts)


async def _begin(run: Run, rule: Rule, requester: Requester, target: Target, desk: Desk) -> None:
    """Store who and what it is for, and what comes next: the start, or the question whether it may."""
    now = desk.clock()
    known = {"requester": requester, "target": target, "note": ""}
    if rule.approval is None:
        await desk.change(run.id, change_in(ASKED, **known), work_on(run.id, WorkKind.START, now, occasion_of(run)))
        return
    approval = ask_approval(dataclasses.replace(run, requester=requester, target=target), rule.approval, desk)
    asked = move_from(ASKED, RunState.AWAITING_APPROVAL, approval=approval, **known)
    await desk.change(run.id, asked, *timers_of(run, approval, rule.approval, desk))


async def give_up_run(run_id: RunId, *, desk: Desk) -> None:
    """End a run whose next step fixdesk itself fails to take again and again; nobody is left waiting."""

    def step(run: Run) -> Run:
        if run.state is RunState.STARTING:
            return run.move(RunState.UNCERTAIN, note=LOOKED_FOR)
        if run.state in {RunState.REQUESTED, RunState.APPROVED}:
            note = "It was not started: something went wrong in fixdesk. Please tell your IT help desk the reference."
            return run.move(RunState.FAILED, note=note, ended_at=desk.clock())
        return run

    found = await desk.store.run(run_id)
    is_sent = found is not None and found.state is RunState.STARTING
    await desk.change(run_id, step, *([reconcile_now(desk.clock())] if is_sent else []))


async def _checked(run: Run, desk: Desk) -> tuple[Rule, Requester, Target]:
    """Return the rule that allows a run, who the requester is now, and a target that is theirs."""
    person = await desk.person(run.requester.slack_id, fresh=True, groups=runners_of(desk.policy, run.workflow.id))
    workflow = desk.catalog.get(run.workflow.id)
    if workflow is None:
        raise NotFoundError("This workflow is not in the catalog any more, so it was not started.")
    rule = may_run(desk.policy, person, workflow, run.channel_id).require()
    await require_within_limits(rule, workflow.id, person.slack_id, desk=desk, asked=run)
    requester = Requester(slack_id=person.slack_id, name=person.name, upn=person.upn)
    return rule, requester, await _own_target(run.target, person.upn, desk)


async def _own_target(target: Target, upn: str, desk: Desk) -> Target:
    """Return the target with a device that is one of the person's; raise `NotAllowedError` for any other.

    What the form showed is what is sent: a device is never silently another one, and where nobody can say whose it is,
    that is a passing trouble. Where the form named none, the UPN alone is sent.
    """
    if target.send is Send.USER:
        return dataclasses.replace(target, upn=upn, device=None)
    found = await desk.devices.find(upn)
    if target.device is not None:
        uid = target.device.collector_uid
        own = found.by_uid(uid) or (desk.devices.recalled(upn, uid) if found.trouble else None)
        if own is None and found.trouble:
            raise FixdeskError(f"{found.trouble}, and you chose one.")
        if own is None:
            raise NotAllowedError("You are not allowed to run this on that device: it is not one of yours.")
        return dataclasses.replace(target, upn=upn, device=own)
    why = found.trouble or "The form named no device"
    note = f"{why}: Nexthink takes the device that you used last."
    return dataclasses.replace(target, upn=upn, device=None, note=note)
