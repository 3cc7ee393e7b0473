"""What approvals and resumes share: who may answer a question, until when, and what whoever was too late is told."""

import dataclasses

from bot.domain.decision import Approval, Choice, DecisionState, Resume, Verdict
from bot.domain.errors import FixdeskError, NotAllowedError, TooLateError
from bot.domain.person import Person
from bot.domain.run import Requester, Run, RunId, RunState
from bot.policy.decide import may_decide
from bot.usecases.desk import Desk

NOT_YET = "The decision is still being taken."


def verdict_on(  # noqa: PLR0913 - all by name, but for what it is about
    asked: Approval | Resume,
    requester: Requester,
    person: Person,
    choice: Choice,
    *,
    is_open: bool,
    desk: Desk,
    reason: str = "",
) -> Verdict:
    """Return a person's verdict on a question; raise `NotAllowedError`, or `TooLateError` where it is closed."""
    ruling = may_decide(desk.policy, person, asked.deciders, requester)
    if not ruling.is_allowed:
        raise NotAllowedError(ruling.reason)
    now = desk.clock()
    if not is_open or now >= asked.expires_at:
        raise TooLateError(why_closed(asked))
    return Verdict(choice=choice, slack_id=person.slack_id, name=person.name, upn=person.upn, at=now, reason=reason)


async def explain_decision(run_id: RunId, ordinal: int | None, slack_id: str, reason: str, *, desk: Desk) -> Run:
    """Write beside a decision why it was taken, once, by whoever took it; None as ordinal means the start.

    Raises `NotAllowedError`, `TooLateError`, or a passing `FixdeskError` while the decision itself is not taken yet.
    """

    def step(run: Run) -> Run:
        asked = asked_of(run, ordinal)
        if asked is None:
            raise TooLateError("This question is not known any more.")
        explained = dataclasses.replace(asked, verdict=_explained(asked, slack_id, reason))
        return _with_question(run, ordinal, explained)

    return await desk.change(run_id, step)


def asked_of(run: Run, ordinal: int | None) -> Approval | Resume | None:
    """Return the question about an execution, or, without an ordinal, about the start."""
    if ordinal is None:
        return run.approval
    execution = run.execution(ordinal)
    return execution.resume if execution else None


def is_open(run: Run, ordinal: int | None) -> bool:
    """Tell whether a question can still be answered, but for its time."""
    if ordinal is None:
        return run.state is RunState.AWAITING_APPROVAL
    asked = asked_of(run, ordinal)
    return asked is not None and asked.state is DecisionState.OPEN


def _explained(asked: Approval | Resume, slack_id: str, reason: str) -> Verdict:
    verdict = asked.verdict
    if verdict is None and asked.state is DecisionState.OPEN:
        raise FixdeskError(NOT_YET)
    if verdict is None or verdict.slack_id != slack_id:
        raise NotAllowedError("Only whoever decided may say why. " + why_closed(asked))
    if verdict.reason:
        raise TooLateError("Why it was decided so is told already.")
    return dataclasses.replace(verdict, reason=reason)


def _with_question(run: Run, ordinal: int | None, asked: Approval | Resume) -> Run:
    if isinstance(asked, Approval):
        return run.changed(approval=asked)
    execution = run.executions[ordinal or 0]
    return run.with_execution(ordinal or 0, dataclasses.replace(execution, resume=asked))


def why_closed(asked: Approval | Resume) -> str:
    """Say who was first, or what else closed the question."""
    if asked.verdict is not None:
        verdict = asked.verdict
        return f"This cannot be decided any more: {verdict.name} {verdict.choice.past} it at {verdict.at:%H:%M} UTC."
    if asked.state is DecisionState.CLOSED:
        ended = "the execution has ended" if isinstance(asked, Resume) else "it was withdrawn"
        return f"This cannot be decided any more: {ended}."
    return f"This cannot be decided any more: it expired at {asked.expires_at:%Y-%m-%d %H:%M} UTC."
