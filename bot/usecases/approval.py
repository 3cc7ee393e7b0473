"""May a run start? One decision, by somebody whom the policy names, never by the requester; or it expires."""

import dataclasses

from bot.domain.decision import Approval, Choice, DecisionState, Verdict
from bot.domain.errors import NotAllowedError, TooLateError
from bot.domain.person import Person
from bot.domain.run import Run, RunId, RunState
from bot.domain.work import WorkKind
from bot.policy.decide import may_decide
from bot.usecases.desk import Desk
from bot.usecases.due import work_on


async def decide(run_id: RunId, slack_id: str, choice: Choice, *, desk: Desk) -> Run:
    """Take a decision on a start; raise `NotAllowedError`, or `TooLateError` with who decided or when it expired."""
    person = await desk.person(slack_id, fresh=True)

    def step(run: Run) -> Run:
        return _decided(run, person, choice, desk)

    run = await desk.store.run(run_id)
    start = [work_on(run, WorkKind.START, desk.clock())] if run and choice is Choice.APPROVE else []
    return await desk.change(run_id, step, *start)


def _decided(run: Run, person: Person, choice: Choice, desk: Desk) -> Run:
    """Return the run with the verdict; raise where it may not or can no longer be decided."""
    approval = run.approval
    if approval is None:
        raise TooLateError("This run waits for no approval.")
    ruling = may_decide(desk.policy, person, approval.deciders, run.requester)
    if not ruling.is_allowed:
        raise NotAllowedError(ruling.reason)
    now = desk.clock()
    if run.state is not RunState.AWAITING_APPROVAL or now >= approval.expires_at:
        raise TooLateError(why_closed(approval))
    verdict = Verdict(choice=choice, slack_id=person.slack_id, name=person.name, upn=person.upn, at=now)
    decided = dataclasses.replace(approval, state=DecisionState.DECIDED, verdict=verdict)
    if choice is Choice.APPROVE:
        return run.move(RunState.APPROVED, approval=decided)
    return run.move(RunState.DENIED, approval=decided, ended_at=now)


def why_closed(approval: Approval) -> str:
    """Say who was first, or that time was."""
    if approval.verdict is not None:
        verdict = approval.verdict
        return f"This cannot be decided any more: {verdict.name} {verdict.choice.past} it at {verdict.at:%H:%M} UTC."
    return f"This cannot be decided any more: it expired at {approval.expires_at:%Y-%m-%d %H:%M} UTC."


async def expire_approval(run_id: RunId, *, desk: Desk) -> None:
    """End a run that nobody decided on in time."""

    def step(run: Run) -> Run:
        if run.state is not RunState.AWAITING_APPROVAL or run.approval is None:
            return run
        expired = dataclasses.replace(run.approval, state=DecisionState.EXPIRED)
        return run.move(RunState.EXPIRED, approval=expired, ended_at=desk.clock(), note="Nobody decided in time.")

    await desk.change(run_id, step)
