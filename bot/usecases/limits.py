"""Whether somebody may run something now, and once more: asked when the form is opened, and before the run begins."""

from bot.domain.errors import NotAllowedError
from bot.domain.run import Run, RunState
from bot.domain.workflow import WorkflowId
from bot.policy.limits import why_not_again, why_not_now
from bot.policy.rules import Rule
from bot.usecases.desk import Desk

_NOT_COUNTED = frozenset({RunState.REFUSED, RunState.DENIED, RunState.WITHDRAWN, RunState.EXPIRED})
"""Nothing came of these."""
LOOKED_AT = 500
"""The newest runs of a person among which those of one workflow are counted."""


async def require_within_limits(
    rule: Rule, workflow_id: WorkflowId, slack_id: str, *, desk: Desk, asked: Run | None = None
) -> None:
    """Raise `NotAllowedError` outside a rule's hours, or beyond its limit.

    Of two runs that are asked for at once the one that was stored first counts: each looks only at those before it.
    """
    why = why_not_now(rule.hours, desk.clock())
    if not why and rule.limit is not None:
        runs = await desk.store.runs_of(slack_id, LOOKED_AT)
        earlier = [run.created_at for run in runs if _counts(run, workflow_id, asked)]
        why = why_not_again(rule.limit, earlier, asked.created_at if asked else desk.clock())
    if why:
        raise NotAllowedError(f"You are not allowed to run this now: {why} (rule {rule.match}).")


def _counts(run: Run, workflow_id: WorkflowId, asked: Run | None) -> bool:
    is_before = asked is None or (run.created_at, run.id) < (asked.created_at, asked.id)
    return run.workflow.id == workflow_id and run.state not in _NOT_COUNTED and is_before
