"""Checks requests that arrived against the contract, so that a client which sends anything undeclared is found out."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from bot.playground.nexthink.request_log import LoggedRequest
from tests.conformance.contract import Operation, operations, resolve, simulated

_SCHEMES = {"clientCredentials": "Bearer", "clientBasic": "Basic"}
_BOOLEANS = {"true": True, "false": False}


def faults_of(requests: Iterable[LoggedRequest]) -> list[str]:
    """List what is wrong with requests, each with the request and the place; an empty list means that all is well."""
    return [f"{each.method} {each.path}: {fault}" for each in requests for fault in _faults(each)]


def operation_of(request: LoggedRequest) -> Operation | None:
    """Find the operation of the contract that a request calls."""
    return next((each for each in _operations() if _calls(request, each)), None)


@functools.cache
def _document() -> dict[str, Any]:
    return simulated()


@functools.cache
def _operations() -> tuple[Operation, ...]:
    return tuple(operations(_document()))


def _calls(request: LoggedRequest, operation: Operation) -> bool:
    return request.method == operation.method and _path_values(request.path, operation) is not None


def _path_values(path: str, operation: Operation) -> dict[str, str] | None:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)
    match = re.fullmatch(pattern, path)
    return None if match is None else match.groupdict()


def _faults(request: LoggedRequest) -> Iterator[str]:
    operation = operation_of(request)
    if operation is None:
        yield "the contract has no such operation"
        return
    yield from _in_parameters("path", _path_values(request.path, operation) or {}, operation)
    yield from _in_parameters("query", request.query, operation)
    yield from _in_parameters("header", _contract_headers(request), operation)
    yield from _in_authorization(request, operation)
    yield from _in_body(request, operation)


def _contract_headers(request: LoggedRequest) -> dict[str, str]:
    """Keep the headers that some operation declares, so that they are missed or found where they do not belong."""
    declared = {p["name"].lower(): p["name"] for each in _operations() for p in each.parameters if p["in"] == "header"}
    return {declared[name]: value for name, value in request.headers.items() if name in declared}


def _in_parameters(place: str, given: Mapping[str, str], operation: Operation) -> Iterator[str]:
    declared = {each["name"]: each for each in operation.parameters if each["in"] == place}
    for name in sorted(set(given) - set(declared)):
        yield f"{place} {name}: is not declared"
    for name, parameter in declared.items():
        if name in given:
            yield from _in_value(f"{place} {name}", _typed(given[name], parameter["schema"]), parameter["schema"])
        elif parameter["required"]:
            yield f"{place} {name}: is missing"


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    """Read a parameter's text as the type that its schema wants."""
    return _BOOLEANS.get(text, text) if resolve(_document(), schema).get("type") == "boolean" else text


def _in_authorization(request: LoggedRequest, operation: Operation) -> Iterator[str]:
    (security,) = operation.definition.get("security", _document()["security"])
    (wanted,) = (_SCHEMES[name] for name in security)
    given = request.headers.get("authorization", "").partition(" ")[0]
    if given != wanted:
        yield f"header Authorization: must be {wanted}, not {given or 'missing'}"


def _in_body(request: LoggedRequest, operation: Operation) -> Iterator[str]:
    if "requestBody" not in operation.definition:
        if request.body is not None:
            yield "body: is not declared"
        return
    ((content_type, content),) = operation.definition["requestBody"]["content"].items()
    given = request.headers.get("content-type", "missing").partition(";")[0]
    if given != content_type:
        yield f"header Content-Type: must be {content_type}, not {given}"
        return
    is_form = content_type == "application/x-www-form-urlencoded"
    body = dict(parse_qsl(request.body or "", keep_blank_values=True)) if is_form else request.body
    yield from _in_value("body", body, content["schema"])


def _in_value(place: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": _document()["components"]})
    for error in validator.iter_errors(value):
        way = "".join(f"/{key}" for key in error.instance_path)
        yield f"{place}{way}: {error.message}"
