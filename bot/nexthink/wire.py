"""Requests, built without I/O: what is sent where, and whether it may be sent twice.

See: https://docs.nexthink.com/api/workflows and https://docs.nexthink.com/api/nql
"""

import dataclasses
import enum
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.person import is_upn
from bot.domain.run import ExecutionId, Send, Target
from bot.domain.workflow import WorkflowId
from bot.nexthink import fault

MAX_TARGETS = 10_000
"""Users, and devices, in one call. See: https://docs.nexthink.com/api/workflows/trigger-a-workflow"""

UUID_PATTERN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)

READING_CATALOG = "reading the catalog"
STARTING = "starting a run"
RESUMING = "resuming an execution"


class Dependency(enum.StrEnum):
    """What a workflow runs on, as the list's filter says it."""

    USER = "USER"
    DEVICE = "DEVICE"
    USER_AND_DEVICE = "USER_AND_DEVICE"
    NONE = "NONE"


class TriggerMethod(enum.StrEnum):
    """How a workflow may be started, as the list's filter says it."""

    API = "API"
    MANUAL = "MANUAL"
    MANUAL_MULTIPLE = "MANUAL_MULTIPLE"
    SCHEDULER = "SCHEDULER"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, without host, token or `Source`."""

    doing: str
    method: str
    path: str
    query: Mapping[str, str] = dataclasses.field(default_factory=dict)
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    is_read: bool
    """Whether it changes nothing, so that it may be sent twice."""
    takes_source: bool = True

    @property
    def content(self) -> bytes | None:
        """The body as ASCII, so that no text from outside fails to be encoded."""
        return None if self.body is None else json.dumps(self.body).encode("ascii")


def list_call(*, dependency: Dependency | None, trigger_method: TriggerMethod | None, only_active: bool) -> Call:
    """Ask for workflows; a filter that is None is left out."""
    query = {"dependency": dependency, "triggerMethod": trigger_method}
    return Call(
        doing=READING_CATALOG,
        method="GET",
        path="/api/v1/workflows",
        query={name: value.value for name, value in query.items() if value is not None}
        | {"fetchOnlyActiveWorkflows": json.dumps(only_active)},
        is_read=True,
    )


def details_call(workflow_id: WorkflowId) -> Call:
    """Ask for one workflow."""
    doing = f"reading the workflow {fault.clean(workflow_id)}"
    return Call(doing=doing, method="GET", path="/api/v1/workflows/details", query={"nqlId": workflow_id}, is_read=True)


def execute_v1_call(
    workflow_id: WorkflowId, *, devices: Sequence[str], users: Sequence[str], params: Mapping[str, str]
) -> Call:
    """Start a workflow for Collector ids and SIDs."""
    return _execute_call("v1", workflow_id, devices, users, params)


def execute_v2_call(
    workflow_id: WorkflowId,
    *,
    devices: Sequence[Mapping[str, str]],
    users: Sequence[Mapping[str, str]],
    params: Mapping[str, str],
) -> Call:
    """Start a workflow for devices and users by name, `upn` or other ids."""
    for user in users:
        if "upn" in user:
            check_upn(user["upn"], STARTING)
    return _execute_call(
        "v2", workflow_id, [dict(device) for device in devices], [dict(user) for user in users], params
    )


def lists_of(target: Target) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the devices and the users to send for a target; without a device Nexthink takes the person's latest."""
    user = {"upn": target.upn}
    if target.send is Send.USER or target.device is None:
        return [], [user]
    device = {"collectorUid": target.device.collector_uid}
    return [device], [user] if target.send is Send.BOTH else []


def trigger_call(workflow_uuid: str, execution_id: ExecutionId, parameters: Mapping[str, str]) -> Call:
    """Resume an execution; blank values are left out, for Nexthink refuses them here."""
    for what in (workflow_uuid, execution_id):
        if not UUID_PATTERN.fullmatch(what):
            raise refused(RESUMING, f"{fault.clean(what)!r} is not a UUID")
    return Call(
        doing=RESUMING,
        method="POST",
        # The word workflows really stands twice, and execution in the singular.
        path=f"/api/v1/workflows/workflows/{workflow_uuid}/execution/{execution_id}/trigger",
        body={"parameters": {name: value for name, value in parameters.items() if value.strip()}},
        is_read=False,
    )


def query_call(query_id: str, parameters: Mapping[str, str], doing: str) -> Call:
    """Run a stored NQL query; raise `NOT_FOUND` where its id is empty."""
    if not query_id:
        raise NexthinkError(NexthinkFault.NOT_FOUND, doing, details="no query is set up")
    return Call(
        doing=doing,
        method="POST",
        path="/api/v2/nql/execute",
        headers={"x-utc-times": "true"},
        body={"queryId": query_id, "parameters": dict(parameters)},
        is_read=True,
        takes_source=False,
    )


def check_upn(upn: str, doing: str) -> None:
    """Refuse what Nexthink would not take as a UPN."""
    if not is_upn(upn):
        raise refused(doing, f"{fault.clean(upn)!r} is not a UPN that Nexthink takes")


def refused(doing: str, details: str) -> NexthinkError:
    """Refuse a request before it is sent."""
    return NexthinkError(NexthinkFault.REFUSED, doing, details=details)


def _execute_call(
    version: str, workflow_id: WorkflowId, devices: Sequence[Any], users: Sequence[Any], params: Mapping[str, str]
) -> Call:
    """Start a workflow: both lists are always sent, for the documentation contradicts itself about leaving one out."""
    if max(len(devices), len(users)) > MAX_TARGETS:
        raise refused(STARTING, f"one call takes at most {MAX_TARGETS:,} devices and {MAX_TARGETS:,} users")
    return Call(
        doing=STARTING,
        method="POST",
        path=f"/api/{version}/workflows/execute",
        body={"workflowId": workflow_id, "devices": list(devices), "users": list(users), "params": dict(params)},
        is_read=False,
    )
