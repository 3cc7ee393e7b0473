"""Runs, executions, decisions and batches to columns and back; decoding what was encoded gives an equal value."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.domain.batch import Batch, BatchId, Part, PartState
from bot.domain.decision import Approval, Choice, DecisionState, Escalation, Resume, Verdict
from bot.domain.run import (
    Device,
    Execution,
    ExecutionId,
    ExecutionState,
    Followed,
    Requester,
    Run,
    RunId,
    RunState,
    Send,
    Target,
    WorkflowRef,
)
from bot.domain.targets import Identifier
from bot.domain.workflow import WorkflowId

Columns = dict[str, Any]

APPROVAL = "approval"
RESUME = "resume"


def encode_run(run: Run) -> Columns:
    """Return a run's own columns."""
    return {
        "id": run.id,
        "view_id": run.view_id,
        "requester_slack_id": run.requester.slack_id,
        "requester_name": run.requester.name,
        "requester_upn": run.requester.upn,
        "workflow_id": run.workflow.id,
        "workflow_uuid": run.workflow.uuid,
        "workflow_name": run.workflow.name,
        "workflow_version": run.workflow.version,
        "target": _encode_target(run.target),
        "parameters": dict(run.parameters),
        "state": run.state.value,
        "revision": run.revision,
        "created_at": run.created_at,
        "channel_id": run.channel_id,
        "request_id": run.request_id,
        "sent_at": run.sent_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "note": run.note,
    }


def decode_followed(row: Row[Any]) -> Followed:
    """Return what is needed to follow a run."""
    return Followed(
        id=RunId(row.id),
        request_id=row.request_id,
        workflow_id=WorkflowId(row.workflow_id),
        started_at=row.begun_at,
        stepped_at=max(row.begun_at, row.answered_at or row.begun_at),
        executions=row.executions,
    )


def decode_run(row: Row[Any], executions: Sequence[Execution], approval: Approval | None) -> Run:
    """Return the run that a row and its children make up."""
    return Run(
        id=RunId(row.id),
        view_id=row.view_id,
        requester=Requester(slack_id=row.requester_slack_id, name=row.requester_name, upn=row.requester_upn),
        workflow=WorkflowRef(
            id=WorkflowId(row.workflow_id),
            uuid=row.workflow_uuid,
            name=row.workflow_name,
            version=row.workflow_version,
        ),
        target=_decode_target(row.target),
        parameters=row.parameters,
        created_at=row.created_at,
        channel_id=row.channel_id,
        state=RunState(row.state),
        revision=row.revision,
        request_id=row.request_id,
        sent_at=row.sent_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        note=row.note,
        approval=approval,
        executions=tuple(executions),
    )


def _encode_target(target: Target) -> Columns:
    device = target.device
    return {
        "upn": target.upn,
        "send": target.send.value,
        "device": device
        and {
            "name": device.name,
            "collector_uid": device.collector_uid,
            "platform": device.platform,
            "last_seen": device.last_seen and device.last_seen.isoformat(),
        },
        "note": target.note,
    }


def _decode_target(written: Mapping[str, Any]) -> Target:
    device = written["device"]
    return Target(
        upn=written["upn"],
        send=Send(written["send"]),
        device=device and _decode_device(device),
        note=written["note"],
    )


def _decode_device(written: Mapping[str, Any]) -> Device:
    last_seen = written["last_seen"]
    return Device(
        name=written["name"],
        collector_uid=written["collector_uid"],
        platform=written["platform"],
        last_seen=last_seen and datetime.fromisoformat(last_seen),
    )


def encode_executions(run: Run) -> list[Columns]:
    """Return the rows of a run's executions, their questions apart."""
    return [
        {
            "run_id": run.id,
            "ordinal": ordinal,
            "execution_id": execution.id,
            "state": execution.state.value,
            "details": execution.details,
            "device_name": execution.device_name,
        }
        for ordinal, execution in enumerate(run.executions)
    ]


def decode_execution(row: Row[Any], resume: Resume | None) -> Execution:
    """Return the execution of a row, with its question."""
    return Execution(
        id=ExecutionId(row.execution_id),
        state=ExecutionState(row.state),
        details=row.details,
        device_name=row.device_name,
        resume=resume,
    )


def encode_decisions(run: Run) -> list[Columns]:
    """Return the rows of a run's approval and of its executions' resumes."""
    rows = [_encode_resume(execution.resume, ordinal) for ordinal, execution in enumerate(run.executions)]
    return [{"run_id": run.id, **row} for row in (_encode_approval(run.approval), *rows) if row is not None]


def _encode_approval(approval: Approval | None) -> Columns | None:
    if approval is None:
        return None
    own = {"kind": APPROVAL, "ordinal": 0, "parameters": None, "note": "", "details": _encode_quorum(approval)}
    return _encode_decision(approval) | own


def _encode_quorum(approval: Approval) -> Columns:
    """Return what only an approval has, as JSON."""
    escalation = approval.escalation
    return {
        "fingerprint": approval.fingerprint,
        "quorum": approval.quorum,
        "votes": [{**dataclasses.asdict(vote), "at": vote.at.isoformat()} for vote in approval.votes],
        "escalation": escalation and {**dataclasses.asdict(escalation), "at": escalation.at.isoformat()},
    }


def _decode_quorum(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same as values of an approval."""
    escalation = written["escalation"]
    return {
        "fingerprint": written["fingerprint"],
        "quorum": written["quorum"],
        "votes": tuple(_decode_vote(vote) for vote in written["votes"]),
        "escalation": escalation
        and Escalation(
            to=tuple(escalation["to"]), at=datetime.fromisoformat(escalation["at"]), is_done=escalation["is_done"]
        ),
    }


def _decode_vote(written: Mapping[str, Any]) -> Verdict:
    return Verdict(**{**written, "choice": Choice(written["choice"]), "at": datetime.fromisoformat(written["at"])})


def _encode_resume(resume: Resume | None, ordinal: int) -> Columns | None:
    if resume is None:
        return None
    parameters = {choice.value: dict(values) for choice, values in resume.parameters.items()}
    own = {
        "kind": RESUME,
        "ordinal": ordinal,
        "parameters": parameters,
        "note": resume.note,
        "details": _encode_words(resume),
    }
    return _encode_decision(resume) | own


def _encode_words(resume: Resume) -> Columns | None:
    """Return what the workflow says of its question, as JSON."""
    return {"title": resume.title, "text": resume.text} if resume.title or resume.text else None


def _encode_decision(decision: Approval | Resume) -> Columns:
    """Return the columns that both kinds fill alike."""
    verdict = decision.verdict
    return {
        "state": decision.state.value,
        "deciders": list(decision.deciders),
        "channel_id": decision.channel_id,
        "expires_at": decision.expires_at,
        "verdict_choice": verdict and verdict.choice.value,
        "verdict_slack_id": verdict and verdict.slack_id,
        "verdict_name": verdict and verdict.name,
        "verdict_upn": verdict and verdict.upn,
        "verdict_at": verdict and verdict.at,
        "verdict_reason": verdict and verdict.reason,
    }


def decode_approval(row: Row[Any]) -> Approval:
    """Return the approval of a row."""
    return Approval(
        deciders=tuple(row.deciders),
        channel_id=row.channel_id,
        expires_at=row.expires_at,
        state=DecisionState(row.state),
        verdict=_decode_verdict(row),
        **(_decode_quorum(row.details) if row.details else {}),
    )


def decode_resume(row: Row[Any]) -> Resume:
    """Return the resume of a row."""
    return Resume(
        deciders=tuple(row.deciders),
        channel_id=row.channel_id,
        expires_at=row.expires_at,
        parameters={Choice(choice): values for choice, values in row.parameters.items()},
        state=DecisionState(row.state),
        verdict=_decode_verdict(row),
        note=row.note,
        **(row.details or {}),
    )


def _decode_verdict(row: Row[Any]) -> Verdict | None:
    if row.verdict_choice is None:
        return None
    return Verdict(
        choice=Choice(row.verdict_choice),
        slack_id=row.verdict_slack_id,
        name=row.verdict_name,
        upn=row.verdict_upn,
        at=row.verdict_at,
        reason=row.verdict_reason or "",
    )


def encode_batch(batch: Batch) -> Columns:
    """Return a batch's own columns."""
    return {
        "id": batch.id,
        "key": batch.key,
        "workflow_id": batch.workflow_id,
        "workflow_uuid": batch.workflow_uuid,
        "workflow_name": batch.workflow_name,
        "parameters": dict(batch.parameters),
        "actor": batch.actor,
        "rule": batch.rule,
        "created_at": batch.created_at,
    }


def encode_part(part: Part) -> Columns:
    """Return the columns of a part, those of its batch and its targets apart: they never change."""
    return {
        "ordinal": part.ordinal,
        "state": part.state.value,
        "request_id": part.request_id,
        "execution_ids": list(part.execution_ids),
        "note": part.note,
        "changed_at": part.changed_at,
    }


def encode_targets(part: Part) -> list[dict[str, str]]:
    """Return a part's targets as JSON."""
    return [{identifier.value: value for identifier, value in target.items()} for target in part.targets]


def decode_batch(row: Row[Any], parts: Sequence[Part]) -> Batch:
    """Return the batch that a row and its parts make up."""
    return Batch(
        id=BatchId(row.id),
        key=row.key,
        workflow_id=WorkflowId(row.workflow_id),
        workflow_uuid=row.workflow_uuid,
        workflow_name=row.workflow_name,
        parameters=row.parameters,
        actor=row.actor,
        rule=row.rule,
        created_at=row.created_at,
        parts=tuple(parts),
    )


def decode_part(row: Row[Any]) -> Part:
    """Return the part of a row."""
    return Part(
        ordinal=row.ordinal,
        targets=tuple({Identifier(name): value for name, value in target.items()} for target in row.targets),
        changed_at=row.changed_at,
        state=PartState(row.state),
        request_id=row.request_id,
        execution_ids=tuple(ExecutionId(execution) for execution in row.execution_ids),
        note=row.note,
    )
