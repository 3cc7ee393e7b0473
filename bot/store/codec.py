"""Runs, executions and decisions to columns and back; decoding what was encoded gives an equal value."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.domain.decision import Approval, Choice, DecisionState, Resume, Verdict
from bot.domain.run import (
    Device,
    Execution,
    ExecutionId,
    ExecutionState,
    Requester,
    Run,
    RunId,
    RunState,
    Send,
    Target,
    WorkflowRef,
)
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
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "note": run.note,
    }


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
    return _encode_decision(approval) | {"kind": APPROVAL, "ordinal": 0, "parameters": None, "note": ""}


def _encode_resume(resume: Resume | None, ordinal: int) -> Columns | None:
    if resume is None:
        return None
    parameters = {choice.value: dict(values) for choice, values in resume.parameters.items()}
    own = {"kind": RESUME, "ordinal": ordinal, "parameters": parameters, "note": resume.note}
    return _encode_decision(resume) | own


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
    }


def decode_approval(row: Row[Any]) -> Approval:
    """Return the approval of a row."""
    return Approval(
        deciders=tuple(row.deciders),
        channel_id=row.channel_id,
        expires_at=row.expires_at,
        state=DecisionState(row.state),
        verdict=_decode_verdict(row),
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
    )
