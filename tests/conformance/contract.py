"""The published contract as a document, and the places where the simulation differs from it, each with its reason."""

import copy
import dataclasses
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("nexthink-openapi.yaml")

Document = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """A place in the file at which the simulation holds another value."""

    keys: tuple[str | int, ...]
    value: Any
    reason: str


_MISSPELT = "Unknown members of an answer are ignored; those of a request are refused, for one may be misspelt."
_FILTERS = "A live tenant answered a list without filters; the switch filters_required refuses it as published."
_LISTS = "The schema that the vendor publishes requires both lists; the switch lists_required gives way to its prose."
_NUMBER_SIGN = "An id without its number sign was not encoded in the address, and no workflow has such an id."
_MALFORMED = "The file has no answer for a malformed query; it gets the status and the form of all other refusals."

_SCHEMAS = ("components", "schemas")
_LIST = ("paths", "/api/v1/workflows", "get", "parameters")
_CLOSED = (
    "TokenRequest",
    "ExecutionRequestV1",
    "ExecutionRequestV2",
    "DeviceData",
    "UserData",
    "ThinkletTriggerRequest",
    "NqlExecuteRequest",
)
_NQL_REFUSAL = {"$ref": "#/components/responses/NqlServerError"}

DIFFERENCES = (
    Difference((*_LIST, 0, "required"), value=False, reason=_FILTERS),
    Difference((*_LIST, 1, "required"), value=False, reason=_FILTERS),
    Difference((*_SCHEMAS, "ExecutionRequestV1", "required"), ["workflowId", "users", "devices"], _LISTS),
    Difference((*_SCHEMAS, "ExecutionRequestV2", "required"), ["workflowId", "users", "devices"], _LISTS),
    Difference((*_SCHEMAS, "WorkflowId", "pattern"), "^#", _NUMBER_SIGN),
    Difference(("paths", "/api/v1/nql/execute", "post", "responses", "400"), _NQL_REFUSAL, _MALFORMED),
    Difference(("paths", "/api/v2/nql/execute", "post", "responses", "400"), _NQL_REFUSAL, _MALFORMED),
    *(Difference((*_SCHEMAS, name, "additionalProperties"), value=False, reason=_MISSPELT) for name in _CLOSED),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract."""

    id: str
    method: str
    path: str
    """With the names of its parameters in braces."""
    definition: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]

    @property
    def is_login(self) -> bool:
        """Whether it belongs to the login host."""
        return self.id == "getToken"


@functools.cache
def published() -> Document:
    """Read the file."""
    document: Document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return document


def simulated() -> Document:
    """Return the file with the differences, as a copy that may be changed."""
    document = copy.deepcopy(published())
    for difference in DIFFERENCES:
        *way, last = difference.keys
        place: Any = document
        for key in way:
            place = place[key]
        place[last] = difference.value
    return document


def resolve(document: Document, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference to its end."""
    while "$ref" in value:
        keys = value["$ref"].removeprefix("#/").split("/")
        value = functools.reduce(lambda found, key: found[key], keys, document)
    return value


def operations(document: Document) -> Iterator[Operation]:
    """List the operations of a document."""
    for path, methods in document["paths"].items():
        for method, definition in methods.items():
            if method != "servers":
                parameters = tuple(resolve(document, each) for each in definition.get("parameters", ()))
                yield Operation(definition["operationId"], method.upper(), path, definition, parameters)
