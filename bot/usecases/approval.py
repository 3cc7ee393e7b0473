"""May a run start? As many people as the policy wants agree, never the requester; one denial, or time, ends it."""

import dataclasses

from bot.domain.decision import Approval, Choice, DecisionState, Escalation, Verdict
from bot.domain.errors import NotAllowedError, TooLateError
from bot.domain.person import Person
from bot.domain.run import Requester, Run, RunId, RunState
from bot.domain.run_audit import fingerprint
from bot.domain.work import NewWork, WorkKind
from bot.policy.decide import can_be_decided, channel_to_ask
from bot.policy.rules import ApprovalRule
from bot.usecases.decision import verdict_on
from bot.usecases.desk import Desk
from bot.usecases.due import occasion_of, remind_every, work_on

NOBODY_CAN = (
    "Nobody can approve this: its rule asks {quorum} of {groups}, and without you there are too few. "
    "Ask an IT admin to add somebody."
)
WITHDRAWN = "You took it back before it was decided."
_WITHDRAWABLE = frozenset({RunState.REQUESTED, RunState.AWAITING_APPROVAL})


def ask_approval(run: Run, rule: ApprovalRule, desk: Desk) -> Approval:
    """Return the question whether a run may start; raise `NotAllowedError` where nobody could agree to it."""
    require_approvers(rule, run.requester, desk)
    now, escalate = desk.clock(), rule.escalate
    return Approval(
        deciders=rule.by,
        channel_id=channel_to_ask(desk.policy, rule),
        expires_at=now + rule.expires,
        fingerprint=fingerprint(run),
        quorum=rule.quorum,
        escalation=Escalation(to=escalate.to, at=now + escalate.after) if escalate else None,
    )


def require_approvers(rule: ApprovalRule, requester: Requester, desk: Desk) -> None:
    """Raise `NotAllowedError` where nobody could agree to what somebody asks for."""
    groups = (*rule.by, *(rule.escalate.to if rule.escalate else ()))
    if not can_be_decided(desk.policy, groups, requester, rule.quorum):
        raise NotAllowedError(NOBODY_CAN.format(quorum=rule.quorum, groups=" or ".join(groups)))


def timers_of(run: Run, approval: Approval, rule: ApprovalRule, desk: Desk) -> list[NewWork]:
    """Return what happens to an open question by itself: it expires, others are asked, people are reminded."""
    occasion = occasion_of(run)
    timers = [work_on(run.id, WorkKind.EXPIRE_APPROVAL, approval.expires_at, occasion)]
    if approval.escalation is not None and approval.escalation.at < approval.expires_at:
        timers.append(work_on(run.id, WorkKind.ESCALATE, approval.escalation.at, occasion))
    if rule.remind is not None:
        timers.append(remind_every(run, rule.remind, desk.clock()))
    return timers


async def decide(run_id: RunId, slack_id: str, choice: Choice, *, desk: Desk) -> Run:
    """Take a decision on a start; raise `NotAllowedError`, or `TooLateError` with who decided or when it expired."""
    found = await desk.store.run(run_id)
    person = await desk.person(slack_id, fresh=True, groups=found.approval.deciders if found and found.approval else ())

    def step(run: Run) -> Run:
        return _decided(run, person, choice, desk)

    now = desk.clock()
    # Where another agreement is still missing, this finds a run that is not to be started, and leaves it alone.
    start = [work_on(run_id, WorkKind.START, now, now.isoformat())] if choice is Choice.APPROVE else []
    return await desk.change(run_id, step, *start)


def _decided(run: Run, person: Person, choice: Choice, desk: Desk) -> Run:
    """Return the run with the verdict; raise where it may not or can no longer be decided."""
    approval = run.approval
    if approval is None:
        raise TooLateError("This run waits for no approval.")
    is_open = run.state is RunState.AWAITING_APPROVAL
    verdict = verdict_on(approval, run.requester, person, choice, is_open=is_open, desk=desk)
    if choice is Choice.DENY:
        denied = dataclasses.replace(approval, state=DecisionState.DECIDED, verdict=verdict)
        return run.move(RunState.DENIED, approval=denied, ended_at=verdict.at)
    return _agreed(run, approval, verdict)


def _agreed(run: Run, approval: Approval, vote: Verdict) -> Run:
    """Count an agreement: each person has one, whatever they are called by."""
    if any(earlier.is_of(vote.slack_id, vote.upn) for earlier in approval.votes):
        raise TooLateError(f"You have approved this already; it cannot start before {approval.missing} more have.")
    counted = approval.with_vote(vote)
    if counted.missing:
        return run.changed(approval=counted)
    return run.move(RunState.APPROVED, approval=counted)


async def withdraw_run(run_id: RunId, slack_id: str, *, desk: Desk) -> Run:
    """Let whoever asked take it back while nobody has decided; raise `NotAllowedError` or `TooLateError`."""

    def step(run: Run) -> Run:
        if run.requester.slack_id != slack_id:
            raise NotAllowedError(f"Only {run.requester.name or 'whoever asked for it'} may withdraw this.")
        if run.state not in _WITHDRAWABLE:
            raise TooLateError("This cannot be withdrawn any more: it was decided, started or ended meanwhile.")
        closed = run.approval and dataclasses.replace(run.approval, state=DecisionState.CLOSED)
        return run.move(RunState.WITHDRAWN, approval=closed, note=WITHDRAWN, ended_at=desk.clock())

    found = await desk.store.run(run_id)
    return await desk.change(run_id, step, actor=(found and found.requester.upn) or slack_id)


async def escalate_approval(run_id: RunId, *, desk: Desk) -> Run:
    """Ask others as well where nobody has decided yet."""

    def step(run: Run) -> Run:
        approval = run.approval
        if run.state is not RunState.AWAITING_APPROVAL or approval is None:
            return run
        escalated = approval.escalated() if _is_time(approval, desk) else approval
        return run if escalated is approval else run.changed(approval=escalated)

    return await desk.change(run_id, step)


def _is_time(approval: Approval, desk: Desk) -> bool:
    """Tell whether an escalation is due: one that is asked about anew has a new time."""
    return approval.escalation is not None and desk.clock() >= approval.escalation.at


async def expire_approval(run_id: RunId, *, desk: Desk) -> None:
    """End a run that nobody decided on in time; one that is asked about anew has a new time."""

    def step(run: Run) -> Run:
        if run.state is not RunState.AWAITING_APPROVAL or run.approval is None:
            return run
        if desk.clock() < run.approval.expires_at:
            return run
        expired = dataclasses.replace(run.approval, state=DecisionState.EXPIRED)
        note = "Too few approved it in time." if run.approval.votes else "Nobody decided in time."
        return run.move(RunState.EXPIRED, approval=expired, ended_at=desk.clock(), note=note)

    await desk.change(run_id, step)
