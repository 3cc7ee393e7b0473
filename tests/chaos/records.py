"""Audit gaps: a broken chain, or something done that nothing tells of."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from bot.domain.audit import GENESIS, AuditRow
from bot.domain.run import Run
from tests.chaos.scene import Scene


def broken_chain(audit: Sequence[AuditRow]) -> Iterator[str]:
    """Find rows that do not follow the one before, or are not what was sealed."""
    previous = GENESIS
    for number, row in enumerate(audit, 1):
        if row.seq != number or row.previous_hash != previous or not row.is_intact:
            yield f"the chain is broken at {row.seq}"
        previous = row.hash


def gaps(scene: Scene) -> Iterator[str]:
    """Find what was done or decided and is not recorded."""
    if scene.runs and not scene.audit:
        yield "no entries at all yet"
        return
    by_run: dict[str, list[AuditRow]] = defaultdict(list)
    for row in scene.audit:
        by_run[str(row.entry.subject.get("run_id", ""))].append(row)
    for run in scene.runs:
        actions = [row.entry.action for row in by_run[run.id]]
        states = [action for action in actions if action.startswith("run.")]
        if "run.requested" not in actions:
            yield f"run {run.id}: nobody asked for it"
        if states[-1:] != [f"run.{run.state}"]:
            yield f"run {run.id} is {run.state}, recorded last: {states[-1:]}"
        if scene.started(run) and "run.starting" not in actions:
            yield f"run {run.id}: Nexthink started it, and nothing says that it was sent"
        yield from _decision_gaps(scene, run, actions)


def _decision_gaps(scene: Scene, run: Run, actions: Sequence[str]) -> Iterator[str]:
    if (
        run.approval is not None
        and run.approval.verdict is not None
        and not {"run.approved", "run.denied"} & {*actions}
    ):
        yield f"run {run.id}: the decision on its start is not recorded"
    fired = [one for one in scene.wire.to("nexthink:trigger") if one.status != HTTPStatus.UNAUTHORIZED]
    if len(fired) > actions.count("resume.firing"):
        yield f"run {run.id}: {len(fired)} triggers, {actions.count('resume.firing')} recorded"
