"""May a run start? One decision, by somebody whom the policy names, never by the requester; or it expires."""

import dataclasses

from bot.domain.decision import Choice, DecisionState
from bot.domain.errors import TooLateError
from bot.domain.person import Person
from bot.domain.run import Run, RunId, RunState
from bot.domain.work import WorkKind
from bot.usecases.decision import verdict_on
from bot.usecases.desk import Desk
from bot.usecases.due import work_on


async def decide(run_id: RunId, slack_id: str, choice: Choice, *, desk: Desk) -> Run:
    """Take a decision on a start; raise `NotAllowedError`, or `TooLateError` with who decided or when it expired."""
    person = await desk.person(slack_id, fresh=True)

    def step(run: Run) -> Run:
        return _decided(run, person, choice, desk)

    now = desk.clock()
    start = [work_on(run_id, WorkKind.START, now, now.isoformat())] if choice is Choice.APPROVE else []
    return await desk.change(run_id, step, *start)


def _decided(run: Run, person: Person, choice: Choice, desk: Desk) -> Run:
    """Return the run with the verdict; raise where it may not or can no longer be decided."""
    approval = run.approval
    if approval is None:
        raise TooLateError("This run waits for no approval.")
    is_open = run.state is RunState.AWAITING_APPROVAL
    verdict = verdict_on(approval, run.requester, person, choice, is_open=is_open, desk=desk)
    decided = dataclasses.replace(approval, state=DecisionState.DECIDED, verdict=verdict)
    if choice is Choice.APPROVE:
        return run.move(RunState.APPROVED, approval=decided)
    return run.move(RunState.DENIED, approval=decided, ended_at=verdict.at)


async def expire_approval(run_id: RunId, *, desk: Desk) -> None:
    """End a run that nobody decided on in time; one that is asked about anew has a new time."""

    def step(run: Run) -> Run:
        if run.state is not RunState.AWAITING_APPROVAL or run.approval is None:
            return run
        if desk.clock() < run.approval.expires_at:
            return run
        expired = dataclasses.replace(run.approval, state=DecisionState.EXPIRED)
        return run.move(RunState.EXPIRED, approval=expired, ended_at=desk.clock(), note="Nobody decided in time.")

    await desk.change(run_id, step)
