"""Requests, built without I/O: what is sent where, and whether it may be sent twice.

See: https://docs.nexthink.com/api/workflows and https://docs.nexthink.com/api/nql
"""

import dataclasses
import enum
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import ExecutionId, Send, Target
from bot.domain.targets import MAX_TARGETS, UUID_PATTERN, Identifier, NamedTarget, fault_of, fits_v1, is_user
from bot.domain.workflow import WorkflowId
from bot.nexthink import fault
from bot.nexthink.tenant import QUERY_ID_PATTERN

SECONDS_A_TARGET = 0.01

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


class Service(enum.Enum):
    """What answers a call: one may be away while the other works, and only NQL counts its calls."""

    WORKFLOWS = enum.auto()
    NQL = enum.auto()


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
    for_person: bool
    """Whether a person waits for the answer; otherwise the bot asks by itself."""
    service: Service = Service.WORKFLOWS
    deadline: float = 25.0
    """Seconds within which the whole answer must be there: a person hears of trouble within 30."""

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
        for_person=False,
    )


def details_call(workflow_id: WorkflowId) -> Call:
    """Ask for one workflow."""
    return Call(
        doing=f"reading the workflow {fault.clean(workflow_id)}",
        method="GET",
        path="/api/v1/workflows/details",
        query={"nqlId": workflow_id},
        is_read=True,
        for_person=True,
    )


def execute_v1_call(
    workflow_id: WorkflowId, *, devices: Sequence[str], users: Sequence[str], params: Mapping[str, str]
) -> Call:
    """Start a workflow for Collector ids and SIDs."""
    named = [{Identifier.COLLECTOR: device} for device in devices] + [{Identifier.SID: user} for user in users]
    _check_targets(named)
    return _execute_call("v1", workflow_id, devices, users, params)


def execute_v2_call(
    workflow_id: WorkflowId, *, devices: Sequence[NamedTarget], users: Sequence[NamedTarget], params: Mapping[str, str]
) -> Call:
    """Start a workflow for devices and users by whatever names them."""
    _check_targets([*devices, *users])
    return _execute_call(
        "v2", workflow_id, [_v2_entry(one) for one in devices], [_v2_entry(one) for one in users], params
    )


def execute_many_call(workflow_id: WorkflowId, targets: Sequence[NamedTarget], params: Mapping[str, str]) -> Call:
    """Start a workflow for many: through V1 where it can name them all, else through V2.

    Nobody knows how long Nexthink takes for ten thousand, so that the deadline grows with them.
    """
    call = _execute_many_call(workflow_id, targets, params)
    return dataclasses.replace(call, deadline=call.deadline + len(targets) * SECONDS_A_TARGET)


def _execute_many_call(workflow_id: WorkflowId, targets: Sequence[NamedTarget], params: Mapping[str, str]) -> Call:
    users = [target for target in targets if is_user(target)]
    devices = [target for target in targets if not is_user(target)]
    if not all(map(fits_v1, targets)):
        return execute_v2_call(workflow_id, devices=devices, users=users, params=params)
    return execute_v1_call(
        workflow_id,
        devices=[target[Identifier.COLLECTOR] for target in devices],
        users=[target[Identifier.SID] for target in users],
        params=params,
    )


_V2_KEYS = {
    Identifier.UPN: "upn",
    Identifier.SID: "sid",
    Identifier.USER_UID: "uid",
    Identifier.COLLECTOR: "collectorUid",
    Identifier.DEVICE_UID: "uid",
    Identifier.DEVICE: "name",
}
"""See: https://docs.nexthink.com/api/workflows/models"""


def _v2_entry(target: NamedTarget) -> dict[str, str]:
    return {_V2_KEYS[identifier]: value for identifier, value in target.items()}


def _check_targets(targets: Sequence[NamedTarget]) -> None:
    """Refuse what Nexthink would not take, before it is sent: nothing at all, nobody named, a wrong form."""
    if not targets or not all(targets):
        raise refused(STARTING, "each start needs at least one user or device, and each of them an identifier")
    for target in targets:
        for identifier, value in target.items():
            why = fault_of(identifier, value)
            if why:
                raise refused(STARTING, f"{fault.clean(value)!r} {why}")


def lists_of(target: Target) -> tuple[list[NamedTarget], list[NamedTarget]]:
    """Return the devices and the users to send for a target; without a device Nexthink takes the person's latest."""
    user = {Identifier.UPN: target.upn}
    if target.send is Send.USER or target.device is None:
        return [], [user]
    device = {Identifier.COLLECTOR: target.device.collector_uid}
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
        for_person=True,
    )


def query_call(
    query_id: str, parameters: Mapping[str, str], doing: str, *, for_person: bool, version: Literal[1, 2] = 2
) -> Call:
    """Run a stored NQL query; raise `NOT_FOUND` where its id is empty."""
    if not query_id:
        raise NexthinkError(NexthinkFault.NOT_FOUND, doing, details="no query is set up")
    if not QUERY_ID_PATTERN.fullmatch(query_id):
        raise refused(doing, f"{fault.clean(query_id)!r} is not the id of an NQL query, such as #fixdesk_user_devices")
    return Call(
        doing=doing,
        method="POST",
        path=f"/api/v{version}/nql/execute",
        headers={"x-utc-times": "true"},
        body={"queryId": query_id, "parameters": dict(parameters)},
        is_read=True,
        for_person=for_person,
        service=Service.NQL,
        deadline=8.0,  # Tenants report that NQL itself gives up after 5 s.
    )


def devices_call(query_id: str, upn: str) -> Call:
    """Ask for a person's devices."""
    doing = "asking for a person's devices"
    why = fault_of(Identifier.UPN, upn)
    if why:
        raise refused(doing, f"{fault.clean(upn)!r} {why}")
    return query_call(query_id, {"upn": upn}, doing, for_person=True)


def status_call(query_id: str, request_id: str) -> Call:
    """Ask how one request goes."""
    return query_call(query_id, {"request_id": request_id}, "asking how a run goes", for_person=False)


def recent_call(query_id: str) -> Call:
    """Ask how every request of the last hour goes."""
    return query_call(query_id, {}, "asking how runs go", for_person=False)


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
        for_person=True,
    )
