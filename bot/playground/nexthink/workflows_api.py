"""The five endpoints of the Workflows API (https://docs.nexthink.com/api/workflows)."""

from collections.abc import Callable
from typing import Any, TypeVar

from aiohttp import web

from bot.playground.nexthink.catalog import DEPENDENCIES
from bot.playground.nexthink.directory import unknown_device, unknown_user
from bot.playground.nexthink.executions import Order
from bot.playground.nexthink.refusal import MalformedError, WorkflowRefusalError
from bot.playground.nexthink.requests import (
    StartRequest,
    read_json,
    read_nql_id,
    read_query,
    read_start_v1,
    read_start_v2,
    read_trigger,
    read_uuid,
)
from bot.playground.nexthink.settings import Settings
from bot.playground.nexthink.tenant import Tenant
from bot.playground.nexthink.wire import trigger_methods, workflow_json
from bot.playground.nexthink.workflow import Workflow

Found = TypeVar("Found")
Identifiers = dict[str, str]

TRIGGER_FLAGS = {
    "API": "apiEnabled",
    "MANUAL": "manualEnabled",
    "MANUAL_MULTIPLE": "manualAllowMultipleInstances",
    "SCHEDULER": "schedulingEnabled",
}
"""The values of the list's filter, and the flag that each seems to test."""

_FILTERS = ("dependency", "triggerMethod")
_LIST_QUERY = {
    "dependency": DEPENDENCIES,
    "triggerMethod": TRIGGER_FLAGS.keys(),
    "fetchOnlyActiveWorkflows": ("true", "false"),
}


class WorkflowsAPI:
    """The five endpoints of https://docs.nexthink.com/api/workflows."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    @property
    def _settings(self) -> Settings:
        return self._tenant.switches.now

    async def list(self, request: web.Request) -> web.Response:
        """Answer the workflows that the filters let through; without a filter, all."""
        query = read_query(request.query, _LIST_QUERY)
        missing = [name for name in _FILTERS if name not in query]
        if missing and self._settings.filters_required:
            raise MalformedError(f"Missing: {', '.join(missing)}.")
        if self._settings.only_active_by_default:
            query = {"fetchOnlyActiveWorkflows": "true", **query}
        if self._settings.ignore_list_filters:
            query = {}
        return web.json_response([self._shown(found) for found in self._tenant.catalog if _passes(found, query)])

    async def details(self, request: web.Request) -> web.Response:
        """Answer one workflow; an unknown one is an empty array."""
        query = read_query(request.query, {"nqlId": ()})
        if "nqlId" not in query:
            raise MalformedError("Missing: nqlId.")
        found = self._tenant.catalog.find(read_nql_id(query["nqlId"]))
        if found is None:
            return web.json_response([])
        shown = self._shown(found)
        return web.json_response(shown if self._settings.details_as_object else [shown])

    async def execute_v1(self, request: web.Request) -> web.Response:
        """Start a workflow by Collector ids and SIDs."""
        body = await read_json(request)
        return self._start(read_start_v1(body, lists_required=self._settings.lists_required))

    async def execute_v2(self, request: web.Request) -> web.Response:
        """Start a workflow by external ids."""
        body = await read_json(request)
        return self._start(read_start_v2(body, lists_required=self._settings.lists_required))

    async def trigger(self, request: web.Request) -> web.Response:
        """Give a waiting execution its event."""
        workflow_uuid = read_uuid("workflowUuid", request.match_info["workflowUuid"])
        execution_uuid = read_uuid("executionUuid", request.match_info["executionUuid"])
        parameters = read_trigger(await read_json(request))
        execution = self._tenant.executions.resume(workflow_uuid, execution_uuid, parameters)
        accepted = {"requestUuid": execution.request_uuid}
        return web.json_response(accepted if self._settings.trigger_as_object else [accepted])

    def _shown(self, workflow: Workflow) -> dict[str, Any]:
        return workflow_json(workflow, self._settings.left_out)

    def _start(self, start: StartRequest) -> web.Response:
        workflow = self._tenant.catalog.find(start.workflow_id)
        if workflow is None:
            raise WorkflowRefusalError("WORKFLOW_NOT_FOUND", f"No workflow has the id {start.workflow_id}.")
        _refuse_unless_startable(workflow)
        _refuse_params(workflow, start.params)
        self._refuse_targets(workflow, start)
        started = self._tenant.executions.start(self._order(workflow, start))
        answer = {"requestUuid": started[0].request_uuid, "executionsUuids": [execution.uuid for execution in started]}
        return web.json_response(answer)

    def _refuse_targets(self, workflow: Workflow, start: StartRequest) -> None:
        needs_any = workflow.has_user or workflow.has_device
        if not start.users and not start.devices and (needs_any or not self._settings.accept_no_target):
            raise MalformedError("At least one user or device is needed.")
        unneeded = (start.users and not workflow.has_user) or (start.devices and not workflow.has_device)
        if self._settings.refuse_unneeded_targets and needs_any and unneeded:
            raise WorkflowRefusalError("INVALID_TARGET", f"{workflow.id} takes {workflow.dependency} alone.")

    def _order(self, workflow: Workflow, start: StartRequest) -> Order:
        known, take_all = self._tenant.directory, self._settings.accept_unknown_targets
        users = _all_found("user", start.users, known.user, unknown_user if take_all else None)
        devices = _all_found("device", start.devices, known.device, unknown_device if take_all else None)
        return Order(workflow, users, devices, start.params)


def _passes(workflow: Workflow, query: dict[str, str]) -> bool:
    if query.get("fetchOnlyActiveWorkflows") == "true" and not workflow.is_active:
        return False
    if "triggerMethod" in query and not trigger_methods(workflow)[TRIGGER_FLAGS[query["triggerMethod"]]]:
        return False
    return query.get("dependency", workflow.dependency) == workflow.dependency


def _refuse_unless_startable(workflow: Workflow) -> None:
    if not workflow.is_active:
        raise WorkflowRefusalError("WORKFLOW_INACTIVE", f"{workflow.id} has no active version.", status=403)
    if not workflow.is_api_enabled:
        raise WorkflowRefusalError("API_NOT_ENABLED", f"{workflow.id} cannot be started by API.", status=403)


def _refuse_params(workflow: Workflow, params: dict[str, str]) -> None:
    unknown = workflow.unknown_parameters(params)
    if unknown:
        raise WorkflowRefusalError("UNKNOWN_PARAMETER", f"{workflow.id} has no parameter {', '.join(unknown)}.")
    refused = workflow.refused_values(params)
    if refused:
        raise WorkflowRefusalError("INVALID_PARAMETER", f"Not one of the options: {', '.join(refused)}.")


def _all_found(
    kind: str,
    asked: list[Identifiers],
    find: Callable[[Identifiers], Found | None],
    make: Callable[[Identifiers], Found] | None,
) -> list[Found]:
    """Find each target, or make those that nobody knows where a tenant takes them."""
    found = [(identifiers, find(identifiers)) for identifiers in asked]
    if make is not None:
        return [make(identifiers) if match is None else match for identifiers, match in found]
    unknown = [str(identifiers) for identifiers, match in found if match is None]
    if unknown:
        raise WorkflowRefusalError("UNKNOWN_TARGET", f"No {kind} fits {', '.join(unknown[:3])}.")
    return [match for _, match in found if match is not None]
