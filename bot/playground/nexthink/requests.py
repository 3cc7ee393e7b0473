"""Strict reading of requests: what does not have the published form raises MalformedError.

The patterns and limits are those of https://docs.nexthink.com/api/workflows/trigger-a-workflow and
https://docs.nexthink.com/api/nql/execute-an-nql. Nothing here knows workflows, people or state.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from bot.playground.nexthink.refusal import MalformedError

MAX_TARGETS = 10_000
"""Users, and devices, of one start."""

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_SID = re.compile(r"S(-[0-9]+){2,10}|0")
_UPN = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}")
_QUERY_ID = re.compile(r"#[a-z0-9_]{2,254}")
_ANYTHING = re.compile(r".*", re.DOTALL)

_START_KEYS = ("workflowId", "users", "devices")
_USER_FIELDS = {"uid": _UUID, "upn": _UPN, "sid": _SID}
_DEVICE_FIELDS = {"name": _ANYTHING, "uid": _UUID, "collectorUid": _UUID}


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A start whose form is right; each target is the identifiers that were given for it."""

    workflow_id: str
    users: list[dict[str, str]]
    devices: list[dict[str, str]]
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class NQLRequest:
    """A query whose form is right."""

    query_id: str
    parameters: dict[str, str]


def read_object(body: bytes, content_type: str) -> dict[str, Any]:
    """Read a body that must be a JSON object."""
    if content_type != "application/json":
        raise MalformedError(f"The content type must be application/json, not {content_type}.")
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedError("The body is not JSON.") from error
    if not isinstance(value, dict):
        raise MalformedError("The body must be an object.")
    return value


async def read_json(request: web.Request) -> dict[str, Any]:
    """Read the body of a request as a JSON object; beside a body the address takes no query."""
    _refuse_strangers("The query", request.query, set())
    return read_object(await request.read(), request.content_type)


def read_start_v1(body: Mapping[str, Any], *, lists_required: bool = True) -> StartRequest:
    """Read a start by Collector ids and SIDs."""
    _check_start_members(body, lists_required=lists_required)
    users = [{"sid": _matching("users", _SID, value)} for value in _targets(body, "users")]
    devices = [{"collectorUid": _matching("devices", _UUID, value)} for value in _targets(body, "devices")]
    return _start(body, users, devices)


def read_start_v2(body: Mapping[str, Any], *, lists_required: bool = True) -> StartRequest:
    """Read a start by external ids."""
    _check_start_members(body, lists_required=lists_required)
    users = [_identifiers("users", _USER_FIELDS, entry) for entry in _targets(body, "users")]
    devices = [_identifiers("devices", _DEVICE_FIELDS, entry) for entry in _targets(body, "devices")]
    return _start(body, users, devices)


def read_trigger(body: Mapping[str, Any]) -> dict[str, str]:
    """Read the parameters of an event; unlike those of a start, none may be empty."""
    _refuse_strangers("The body", body, {"parameters"})
    parameters = _strings("parameters", body.get("parameters", {}))
    empty = sorted(name for name, value in parameters.items() if not value)
    if empty:
        raise MalformedError(f"parameters: must not be empty: {', '.join(empty)}.")
    return parameters


def read_nql(body: Mapping[str, Any]) -> NQLRequest:
    """Read the call of a saved query."""
    _refuse_strangers("The body", body, {"queryId", "parameters"})
    query_id = _matching("queryId", _QUERY_ID, body.get("queryId"))
    return NQLRequest(query_id, _strings("parameters", body.get("parameters", {})))


def read_uuid(name: str, value: str) -> str:
    """Read an id of a path."""
    return _matching(name, _UUID, value)


def read_nql_id(value: str) -> str:
    """Read a workflow's NQL id from an address, where a number sign that is not encoded gets lost."""
    if not value.startswith("#"):
        raise MalformedError("nqlId: must begin with a number sign, which an address writes as %23.")
    return value


def read_utc_times(value: str | None) -> bool:
    """Read the header that asks for times in UTC."""
    if value not in (None, "true", "false"):
        raise MalformedError("x-utc-times: must be true or false.")
    return value == "true"


def read_query(query: MultiMapping[str], allowed: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Read a query string: known names, one value each, of the allowed ones; an empty collection allows any."""
    _refuse_strangers("The query", query, set(allowed))
    for name in query:
        if len(query.getall(name)) > 1:
            raise MalformedError(f"{name}: takes one value.")
        if allowed[name] and query[name] not in allowed[name]:
            raise MalformedError(f"{name}: {query[name]!r} is none of {', '.join(sorted(allowed[name]))}.")
    return dict(query.items())


def _start(body: Mapping[str, Any], users: list[dict[str, str]], devices: list[dict[str, str]]) -> StartRequest:
    workflow_id = body["workflowId"]
    if not isinstance(workflow_id, str) or not workflow_id:
        raise MalformedError("workflowId: must be a string that is not empty.")
    return StartRequest(workflow_id, users, devices, _strings("params", body.get("params", {})))


def _check_start_members(body: Mapping[str, Any], *, lists_required: bool) -> None:
    required = _START_KEYS if lists_required else _START_KEYS[:1]
    missing = [key for key in required if key not in body]
    if missing:
        raise MalformedError(f"Missing: {', '.join(missing)}.")
    _refuse_strangers("The body", body, {*_START_KEYS, "params"})


def _targets(body: Mapping[str, Any], name: str) -> list[Any]:
    entries = body.get(name, [])
    if not isinstance(entries, list):
        raise MalformedError(f"{name}: must be an array.")
    if len(entries) > MAX_TARGETS:
        raise MalformedError(f"{name}: at most {MAX_TARGETS} entries, not {len(entries)}.")
    return entries


def _identifiers(name: str, fields: Mapping[str, re.Pattern[str]], entry: object) -> dict[str, str]:
    if not isinstance(entry, dict) or not entry:
        raise MalformedError(f"{name}: each entry is an object with at least one of {', '.join(fields)}.")
    _refuse_strangers(name, entry, set(fields))
    return {key: _matching(f"{name}.{key}", fields[key], value) for key, value in entry.items()}


def _matching(name: str, pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MalformedError(f"{name}: must be a string that matches {pattern.pattern}.")
    return value


def _strings(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
        raise MalformedError(f"{name}: must be an object whose values are strings.")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _refuse_strangers(where: str, given: Collection[str], known: set[str]) -> None:
    strangers = sorted(set(given) - known)
    if strangers:
        raise MalformedError(f"{where} has unknown members: {', '.join(strangers)}.")
