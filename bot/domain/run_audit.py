"""What the audit says of a run: an entry for each step between two of its revisions."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.domain.audit import AuditEntry
from bot.domain.decision import Approval, DecisionState, Resume, Verdict
from bot.domain.run import Run

FIXDESK = "fixdesk"
"""The actor of what nobody pressed."""

_Step = tuple[str, str, Mapping[str, Any]]
"""Actor, action, and what is to be said of it beside the run's id."""


def entries_of(old: Run | None, new: Run, at: datetime, actor: str = FIXDESK) -> tuple[AuditEntry, ...]:
    """Return what is to be recorded of a change; nothing where only words on the card have changed.

    Whoever decided is the actor of a decision, and whoever asked that of a request.
    """
    steps = [*_steps_of_run(old, new, actor), *_steps_of_resumes(old, new, actor)]
    return tuple(
        AuditEntry(at=at, actor=who, action=action, subject={"run_id": new.id, **facts}) for who, action, facts in steps
    )


def fingerprint(run: Run) -> str:
    """Return a hash of all that decides what a start does: workflow, version, parameters, target."""
    device = run.target.device
    content = {
        "workflow_id": run.workflow.id,
        "workflow_uuid": run.workflow.uuid,
        "version": run.workflow.version,
        "parameters": dict(run.parameters),
        "send": run.target.send.value,
        "upn": run.target.upn,
        "collector_uid": device.collector_uid if device else "",
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _steps_of_run(old: Run | None, new: Run, actor: str) -> Iterator[_Step]:
    if old is None:
        if new.requester.slack_id:
            yield new.requester.upn or new.requester.slack_id, "run.requested", _request(new)
        else:
            yield actor, "run.signalled", _request(new)
        return
    yield from _steps_of_approval(old.approval, new.approval, actor)
    if old.state is not new.state:
        verdict = _fresh(old.approval, new.approval)
        yield _decider(verdict, actor), f"run.{new.state.value}", _facts(new)


def _steps_of_approval(old: Approval | None, new: Approval | None, actor: str) -> Iterator[_Step]:
    """Say who agreed, who was asked as well, and what was said of a decision."""
    if old is None or new is None:
        return
    for vote in new.votes[len(old.votes) :]:
        yield _decider(vote, actor), "approval.given", {"fingerprint": new.fingerprint, "missing": new.missing}
    if old.deciders != new.deciders:
        yield actor, "approval.escalated", {"deciders": list(new.deciders)}
    yield from _step_of_reason(old, new, {})


def _step_of_reason(old: Approval | Resume | None, new: Approval | Resume, about: Mapping[str, Any]) -> Iterator[_Step]:
    before, after = old.verdict if old else None, new.verdict
    if before is not None and after is not None and before.reason != after.reason:
        yield _decider(after, ""), "decision.explained", {**about, "reason": after.reason}


def _request(run: Run) -> Mapping[str, Any]:
    device = run.target.device
    return {
        "workflow_id": run.workflow.id,
        "version": run.workflow.version,
        "parameters": dict(run.parameters),
        "send": run.target.send.value,
        "upn": run.target.upn,
        "device": device.collector_uid if device else "",
        "channel_id": run.channel_id,
    }


def _facts(run: Run) -> Mapping[str, Any]:
    facts = {"workflow_id": run.workflow.id, "fingerprint": fingerprint(run)}
    told = {"request_id": run.request_id, "note": run.note}
    return {**facts, **{name: text for name, text in told.items() if text}}


def _steps_of_resumes(old: Run | None, new: Run, actor: str) -> Iterator[_Step]:
    before = old.executions if old else ()
    for ordinal, execution in enumerate(new.executions):
        resume, earlier = execution.resume, before[ordinal].resume if ordinal < len(before) else None
        if resume is not None:
            yield from _step_of_reason(earlier, resume, {"execution_id": execution.id})
        if resume is None or (earlier is not None and earlier.state is resume.state):
            continue
        verdict = _fresh(earlier, resume)
        facts: dict[str, Any] = {"execution_id": execution.id, "workflow_id": new.workflow.id}
        if resume.verdict is not None:
            facts |= {"choice": resume.verdict.choice.value}
        if resume.state is DecisionState.FIRING:
            facts |= {"parameters": resume.trigger_parameters()}
        if resume.note:
            facts |= {"note": resume.note}
        yield _decider(verdict, actor), f"resume.{resume.state.value}", facts


def _fresh(old: Approval | Resume | None, new: Approval | Resume | None) -> Verdict | None:
    """Return the verdict that was taken in this change."""
    verdict, before = new.verdict if new else None, old.verdict if old else None
    return verdict if verdict is not None and (before is None or before.at != verdict.at) else None


def _decider(verdict: Verdict | None, actor: str) -> str:
    return actor if verdict is None else verdict.upn or verdict.slack_id or verdict.name
