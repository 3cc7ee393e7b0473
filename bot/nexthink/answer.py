"""Answers to workflow calls, read without I/O.

What is published about them contradicts what was seen, so a member is optional unless nothing can be done without it.
See: https://docs.nexthink.com/api/workflows/models
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import pydantic
from pydantic.alias_generators import to_camel

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import ExecutionId, Started
from bot.domain.workflow import Needs, Parameter, Workflow, WorkflowId
from bot.nexthink import fault
from bot.nexthink.wire import Dependency

log = logging.getLogger(__name__)

_NEEDS = {
    Dependency.USER: Needs.USER,
    Dependency.DEVICE: Needs.DEVICE,
    Dependency.USER_AND_DEVICE: Needs.BOTH,
    Dependency.NONE: Needs.NEITHER,
}

_Text = Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1)]


class _Answer(pydantic.BaseModel):
    """Members in camel case, unknown ones ignored: a workflow's `definition` among them, which can be large."""

    model_config = pydantic.ConfigDict(
        alias_generator=to_camel, extra="ignore", frozen=True, coerce_numbers_to_str=True, hide_input_in_errors=True
    )


class ParameterAnswer(_Answer):
    """A parameter; it has no type, default or required flag."""

    id: _Text
    allow_custom_value: bool | None = None
    options: tuple[str | None, ...] | None = None
    description: str | None = None

    def to_parameter(self) -> Parameter:
        """Return the domain's value; where nothing is said of other values they are taken."""
        return Parameter(
            id=self.id,
            options=tuple(option for option in self.options or () if option),
            allow_custom_value=self.allow_custom_value is not False,
            description=self.description or "",
        )


class VersionAnswer(_Answer):
    """A version of a workflow; at most one is active."""

    version: str | None = None
    uuid: str | None = None
    status: str | None = None
    parameters: tuple[ParameterAnswer, ...] | None = None
    has_device: bool | None = None
    has_user: bool | None = None

    @property
    def number(self) -> float:
        """Its number, 0 where it is not one; a float takes any number of digits."""
        return float(self.version) if self.version is not None and self.version.isdecimal() else 0.0


class TriggerMethodsAnswer(_Answer):
    """How a workflow may be started."""

    api_enabled: bool | None = None


class WorkflowAnswer(_Answer):
    """A workflow as the list and the details show it."""

    id: _Text
    uuid: _Text
    name: _Text
    description: str | None = None
    status: str | None = None
    trigger_methods: TriggerMethodsAnswer | tuple[str, ...] | None = None
    versions: tuple[VersionAnswer, ...] | None = None

    @property
    def is_api_enabled(self) -> bool:
        """Whether the API may start it, so far as is said: silence leaves it to Nexthink to refuse."""
        methods = self.trigger_methods
        if isinstance(methods, tuple):
            return "api" in {method.casefold() for method in methods}
        return methods is None or methods.api_enabled is not False

    @property
    def active_version(self) -> VersionAnswer:
        """The one active version; where none tells its status the newest, else an empty one."""
        versions = self.versions or ()
        active = (version for version in versions if _is_active(version.status or ""))
        silent = (version for version in versions if version.status is None)
        return next(active, None) or max(silent, key=lambda version: version.number, default=VersionAnswer())

    def to_workflow(self, dependency: Dependency | None = None) -> Workflow:
        """Return the domain's value; the filter under which it was found fills in what the version leaves out."""
        version = self.active_version
        return Workflow(
            id=WorkflowId(self.id),
            uuid=self.uuid,
            name=self.name,
            description=self.description or "",
            needs=_needs(version, dependency),
            version=version.uuid or version.version or "",
            parameters=tuple(parameter.to_parameter() for parameter in version.parameters or ()),
            is_active=_is_active(self.status or "active"),
            is_api_enabled=self.is_api_enabled,
        )


class _AcceptedAnswer(_Answer):
    """The ids of what was started; "executions" really stands in the plural."""

    request_uuid: _Text
    executions_uuids: tuple[_Text, ...] | None = None


class _TriggeredAnswer(_Answer):
    """The id of what was resumed."""

    request_uuid: _Text


def read_json(content: bytes, doing: str) -> Any:
    """Read a body; raise `UNCLEAR` where it is no JSON."""
    try:
        return fault.parse_json(content)
    except ValueError as error:
        raise fault.unreadable(doing) from error


def read_list(payload: Any, doing: str) -> list[WorkflowAnswer]:
    """Read a list of workflows; one that cannot be read is left out and logged, and never sinks the others."""
    if not isinstance(payload, list):
        raise fault.unreadable(doing)
    return [answer for entry in payload if (answer := _read_workflow(entry)) is not None]


def read_catalog(payloads: Mapping[Dependency, Any], doing: str) -> list[Workflow]:
    """Join the lists of several filters by id, without what the API may not start.

    A tenant that ignores the filter shows a workflow under each: then its filter says nothing of what it needs.
    Lists of which nothing at all can be read are no catalog.
    """
    places: dict[str, list[tuple[Dependency, WorkflowAnswer]]] = {}
    for dependency, payload in payloads.items():
        for answer in read_list(payload, doing):
            places.setdefault(answer.id, []).append((dependency, answer))
    if not places and any(payloads.values()):
        raise fault.unreadable(doing)
    workflows = (seen[0][1].to_workflow(_only(place for place, _ in seen)) for seen in places.values())
    return [workflow for workflow in workflows if workflow.can_start]


def read_details(payload: Any, workflow_id: WorkflowId, doing: str) -> Workflow:
    """Read one workflow, given as an object or in an array; raise `NOT_FOUND` where it is not there."""
    entries = payload if isinstance(payload, list) else [payload]
    answers = [_read_workflow(entry) for entry in entries]
    named = (answer for answer in answers if answer is not None and answer.id.casefold() == workflow_id.casefold())
    answer = next(named, None)
    if answer is not None:
        return answer.to_workflow()
    if None in answers:
        raise fault.unreadable(doing)
    raise NexthinkError(NexthinkFault.NOT_FOUND, doing)


def read_started(payload: Any, doing: str) -> Started:
    """Read what an execute call answers; without the ids of its executions the request's own still names it."""
    try:
        answer = _AcceptedAnswer.model_validate(payload)
    except pydantic.ValidationError as error:
        raise fault.unreadable(doing) from error
    executions = tuple(ExecutionId(execution) for execution in answer.executions_uuids or ())
    return Started(request_id=answer.request_uuid, execution_ids=executions)


def check_triggered(payload: Any, doing: str) -> None:
    """Read what the trigger answers, an object or an array; raise `UNCLEAR` where it names no request."""
    entries = payload if isinstance(payload, list) else [payload]
    try:
        answers = [_TriggeredAnswer.model_validate(entry) for entry in entries]
    except pydantic.ValidationError as error:
        raise fault.unreadable(doing) from error
    if not answers:
        raise fault.unreadable(doing)


def _read_workflow(entry: Any) -> WorkflowAnswer | None:
    """Read one workflow; None, and a line in the log, where that cannot be done."""
    try:
        return WorkflowAnswer.model_validate(entry)
    except pydantic.ValidationError as error:
        named = entry.get("id") if isinstance(entry, dict) else None
        places = sorted({".".join(map(str, fact["loc"])) for fact in error.errors()})
        log.warning("left out workflow %s, unreadable: %s", fault.clean(str(named)), fault.clean(", ".join(places)))
        return None


def _is_active(status: str) -> bool:
    """Tell what a status says; it is an open string."""
    return status.casefold() == "active"


def _needs(version: VersionAnswer, dependency: Dependency | None) -> Needs | None:
    """Name what a version runs on: its own flags first, then the filter's word; None where neither says anything."""
    if dependency is None and version.has_user is None and version.has_device is None:
        return None
    fallback = Needs.BOTH if dependency is None else _NEEDS[dependency]
    has_user, has_device = version.has_user, version.has_device
    return Needs.of(
        has_user=fallback in {Needs.USER, Needs.BOTH} if has_user is None else has_user,
        has_device=fallback.has_device if has_device is None else has_device,
    )


def _only(dependencies: Iterable[Dependency]) -> Dependency | None:
    """Return the one filter that showed a workflow, None where several did."""
    distinct = set(dependencies)
    return distinct.pop() if len(distinct) == 1 else None
