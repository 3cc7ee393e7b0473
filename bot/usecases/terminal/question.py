"""A question that Slack asks about a pause, answered from a terminal: taken first, so that nobody answers it twice."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.domain.decision import Choice, DecisionState, Resume, Verdict
from bot.domain.errors import FixdeskError, NexthinkError, ResultUnknownError, TooLateError
from bot.domain.run import ExecutionId, Run, RunId
from bot.usecases.decision import why_closed
from bot.usecases.desk import change_run
from bot.usecases.due import follow_now, trigger
from bot.usecases.resume import UNKNOWN_SEND
from bot.usecases.terminal.session import Terminal

SENDING_AT_MOST = timedelta(seconds=30)
"""An answer that is still on its way so long after its last try is given up for lost, and Slack's people hear of it.

Whoever sent it may only have been slow: what came of it is stored all the same.
"""

_FREE = frozenset({DecisionState.OPEN, DecisionState.EXPIRED})
_OURS = frozenset({DecisionState.FIRING, DecisionState.UNCLEAR})
"""On its way, or given up for lost by the worker meanwhile: what came of it is the truth."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The place of a question in its run, and as it was before it was taken."""

    run_id: RunId
    ordinal: int
    resume: Resume


async def take_question(
    run: Run, execution_id: ExecutionId, given: Mapping[str, str], patience: timedelta, *, terminal: Terminal
) -> Question | None:
    """Take the question about an execution, None where nobody is asked; raise `TooLateError` where it is decided."""
    named = (place for place, one in enumerate(run.executions) if one.id.casefold() == execution_id.casefold())
    ordinal = next(named)
    resume = run.executions[ordinal].resume
    if resume is None:
        return None
    now = terminal.clock()
    actor = terminal.actor
    verdict = Verdict(choice=_choice(resume, given), slack_id="", name=actor.name, upn=actor.upn, at=now)

    def take(found: Resume) -> Resume:
        if found.state not in _FREE:
            raise _too_late(found)
        return dataclasses.replace(found, state=DecisionState.FIRING, verdict=verdict, note="")

    # Should this process die, the worker finds the answer on its way and says that its result is unknown.
    lost = trigger(run.id, ordinal, now + patience + SENDING_AT_MOST)
    await change_run(run.id, _step(ordinal, take), lost, store=terminal.store, clock=terminal.clock)
    return Question(run_id=run.id, ordinal=ordinal, resume=resume)


def _too_late(found: Resume) -> TooLateError:
    """Say who answered first, and where nobody knows whether that arrived."""
    if found.state in _OURS:
        return ResultUnknownError(f"{why_closed(found)} Whether that reached Nexthink is not known; look there.")
    return TooLateError(why_closed(found))


def _choice(resume: Resume, given: Mapping[str, str]) -> Choice:
    """Name the choice whose parameters are given; any that are not those of Deny let it go on."""
    return Choice.DENY if given == resume.parameters.get(Choice.DENY) else Choice.APPROVE


async def settle_question(question: Question, error: FixdeskError | None, *, terminal: Terminal) -> None:
    """Store what came of the answer; one that was not sent, or surely not taken, leaves the question as it was.

    Where an earlier answer may have reached Nexthink nobody else may give one.
    """
    is_unknown = isinstance(error, ResultUnknownError) or (
        isinstance(error, NexthinkError) and not error.surely_not_done
    )

    def settle(found: Resume) -> Resume:
        if found.state not in _OURS:
            return found
        if error is None:
            return dataclasses.replace(found, state=DecisionState.DECIDED, note="")
        if is_unknown:
            return dataclasses.replace(found, state=DecisionState.UNCLEAR, note=UNKNOWN_SEND)
        return question.resume

    step = _step(question.ordinal, settle)
    follow = follow_now(terminal.clock())
    await change_run(question.run_id, step, follow, store=terminal.store, clock=terminal.clock)


def _step(ordinal: int, change: Callable[[Resume], Resume]) -> Callable[[Run], Run]:
    def step(run: Run) -> Run:
        execution = run.execution(ordinal)
        if execution is None or execution.resume is None:
            return run
        changed = change(execution.resume)
        if changed is execution.resume:
            return run
        return run.with_execution(ordinal, dataclasses.replace(execution, resume=changed))

    return step
