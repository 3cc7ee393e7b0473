"""The JSON of a workflow, as live tenants answer it.

The published schema does not say what `triggerMethods` and `versions` hold; the shape is the recorded one.
See https://docs.nexthink.com/api/workflows/models.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import quoteattr

from bot.playground.nexthink.workflow import Parameter, Workflow, uuid_of

_FIRST_UPDATE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_MINUTES_OF_UPDATES = 300 * 24 * 60


def workflow_json(workflow: Workflow, left_out: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Write a workflow with its newest version and the one before it, without the members left out."""
    members = {
        "id": workflow.id,
        "uuid": workflow.uuid,
        "name": workflow.name,
        "description": workflow.description,
        "status": _status(is_active=workflow.is_active),
        "lastUpdateTime": _last_update(workflow),
        "triggerMethods": trigger_methods(workflow),
        "versions": [_without(version, left_out) for version in _versions(workflow)],
    }
    return _without(members, left_out)


def trigger_methods(workflow: Workflow) -> dict[str, bool]:
    """Write how a workflow may be started."""
    return {
        "apiEnabled": workflow.is_api_enabled,
        "manualEnabled": workflow.dependency != "NONE",
        "manualAllowMultipleInstances": workflow.dependency == "DEVICE",
        "schedulingEnabled": workflow.dependency == "NONE" or not workflow.is_api_enabled,
    }


def _versions(workflow: Workflow) -> list[dict[str, Any]]:
    newest = _version(workflow, workflow.version, workflow.parameters, is_active=workflow.is_active)
    if workflow.version == 1:
        return [newest]
    return [newest, _version(workflow, workflow.version - 1, workflow.parameters[:-1], is_active=False)]


def _version(workflow: Workflow, number: int, parameters: tuple[Parameter, ...], *, is_active: bool) -> dict[str, Any]:
    return {
        "version": number,
        "uuid": str(uuid_of("version", workflow.id, str(number))),
        "status": _status(is_active=is_active),
        "definition": _definition(workflow),
        "parameters": [_parameter(parameter) for parameter in parameters],
        "valid": True,
        "hasDevice": workflow.has_device,
        "hasUser": workflow.has_user,
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "id": parameter.id,
        "description": parameter.description,
        "allowCustomValue": parameter.allow_custom_value,
        "options": list(parameter.options),
    }


def _definition(workflow: Workflow) -> str:
    """Write something that looks like the vendor's own XML, which clients neither keep nor show."""
    steps = [f"<thinklet name={quoteattr(step.name)}/>" for step in workflow.script.steps]
    if workflow.script.wait is not None:
        steps.insert(workflow.script.wait.after, "<wait kind='api-listener'/>")
    return f"<workflow name={quoteattr(workflow.name)}>{''.join(steps)}</workflow>"


def _last_update(workflow: Workflow) -> str:
    minutes = uuid_of("update", workflow.id, str(workflow.version)).int % _MINUTES_OF_UPDATES
    moment = _FIRST_UPDATE + timedelta(minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _status(*, is_active: bool) -> str:
    return "ACTIVE" if is_active else "INACTIVE"


def _without(members: dict[str, Any], left_out: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in left_out}
