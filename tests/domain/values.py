"""Plain domain values with whatever is to differ, for the tests of every layer that has runs or workflows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.decision import Approval, Choice, Resume, Verdict
from bot.domain.run import (
    Device,
    Execution,
    ExecutionId,
    ExecutionState,
    Requester,
    Run,
    RunId,
    Send,
    Target,
    WorkflowRef,
)
from bot.domain.workflow import Needs, Workflow, WorkflowId

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADA = Requester(slack_id="UADA", name="Ada", upn="ada@example.com")
LAPTOP = Device(name="LT-1", collector_uid="c-1", platform="Windows", last_seen=NOON - timedelta(minutes=5))


def a_run(**changes: Any) -> Run:
    """Return a run that was just asked for."""
    plain: dict[str, Any] = {
        "id": RunId("r-1"),
        "view_id": "V-1",
        "requester": ADA,
        "workflow": WorkflowRef(id=WorkflowId("#reset_vpn"), uuid="w-1", name="Reset VPN", version="v-1"),
        "target": Target(upn=ADA.upn, send=Send.USER),
        "parameters": {},
        "created_at": NOON,
    }
    return Run(**(plain | changes))


def a_workflow(workflow_id: str = "#reset_vpn", **changes: Any) -> Workflow:
    """Return a workflow for a user alone, without parameters."""
    plain: dict[str, Any] = {
        "id": WorkflowId(workflow_id),
        "uuid": "w-1",
        "name": "Reset VPN",
        "needs": Needs.USER,
        "version": "v-1",
    }
    return Workflow(**(plain | changes))


def an_execution(state: ExecutionState = ExecutionState.RUNNING, name: str = "e-1", **changes: Any) -> Execution:
    """Return an execution in a state."""
    return Execution(id=ExecutionId(name), state=state, **changes)


def a_verdict(choice: Choice = Choice.APPROVE, **changes: Any) -> Verdict:
    """Return what Grace chose at noon."""
    grace: dict[str, Any] = {"slack_id": "UGRACE", "name": "Grace", "upn": "grace@example.com", "at": NOON}
    return Verdict(choice=choice, **(grace | changes))


def an_approval(**changes: Any) -> Approval:
    """Return a question to the help desk that is open until the evening."""
    plain: dict[str, Any] = {"deciders": ("helpdesk",), "channel_id": "CAPPR", "expires_at": NOON + timedelta(hours=8)}
    return Approval(**(plain | changes))


def a_resume(**changes: Any) -> Resume:
    """Return an open question about a pause."""
    plain: dict[str, Any] = {
        "deciders": ("helpdesk",),
        "channel_id": "CAPPR",
        "expires_at": NOON + timedelta(hours=24),
        "parameters": {Choice.APPROVE: {"decision": "approved"}, Choice.DENY: {"decision": "denied"}},
    }
    return Resume(**(plain | changes))
