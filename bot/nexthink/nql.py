"""Rows of NQL answers, read without I/O.

How a tenant writes the keys of a row is not documented (`device.name` or `name`), so they are matched by their longest
known ending. See: https://docs.nexthink.com/api/nql/execute-an-nql
"""

import contextlib
import enum
import functools
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.run import Device, ExecutionId, ExecutionState, Sighting
from bot.domain.targets import Identifier, fault_of
from bot.nexthink import fault


class Field(enum.Enum):
    """What a column means; those that nobody asks for keep others from being taken for them."""

    COLLECTOR_UID = enum.auto()
    DEVICE_NAME = enum.auto()
    NAME = enum.auto()
    """A name that does not say of what."""
    PLATFORM = enum.auto()
    LAST_SEEN = enum.auto()
    REQUEST_ID = enum.auto()
    REQUEST_TIME = enum.auto()
    EXECUTION_ID = enum.auto()
    WORKFLOW_ID = enum.auto()
    UPN = enum.auto()
    INPUTS = enum.auto()
    STATUS = enum.auto()
    STATUS_DETAILS = enum.auto()
    OTHER = enum.auto()


Row = Mapping[Field, Any]

_ENDINGS = {
    ("device", "collector", "uid"): Field.COLLECTOR_UID,
    ("collector", "uid"): Field.COLLECTOR_UID,
    ("", "uid"): Field.COLLECTOR_UID,
    ("device", "name"): Field.DEVICE_NAME,
    ("devices", "name"): Field.DEVICE_NAME,
    ("", "name"): Field.NAME,
    ("operating", "system", "platform"): Field.PLATFORM,
    ("platform",): Field.PLATFORM,
    ("device", "last", "seen"): Field.LAST_SEEN,
    ("user", "last", "seen"): Field.OTHER,
    ("since", "last", "seen"): Field.OTHER,
    ("last", "seen"): Field.LAST_SEEN,
    ("request", "id"): Field.REQUEST_ID,
    ("request", "time"): Field.REQUEST_TIME,
    ("execution", "id"): Field.EXECUTION_ID,
    ("nql", "id"): Field.WORKFLOW_ID,
    ("workflow", "id"): Field.WORKFLOW_ID,
    ("upn",): Field.UPN,
    ("inputs",): Field.INPUTS,
    ("workflow", "status"): Field.OTHER,
    ("status",): Field.STATUS,
    ("status", "details"): Field.STATUS_DETAILS,
}
"""Each by its last words; "" is the beginning of the key, for words that mean something only alone."""

_LONGEST_ENDING = max(map(len, _ENDINGS))


def read_rows(payload: Any, doing: str) -> list[Row]:
    """Read an answer of either version, its rows keyed by meaning."""
    return [read_row(entry) for entry in read_entries(payload, doing)]


def read_entries(payload: Any, doing: str) -> list[dict[str, Any]]:
    """Read the rows of an answer under the tenant's own names; a row of another form is left out.

    Version 2 gives objects, version 1 gives arrays in the order of its `headers`.
    """
    data = payload.get("data") if isinstance(payload, Mapping) else None
    if not isinstance(data, list):
        raise fault.unreadable(doing)
    headers = payload.get("headers")
    if isinstance(headers, list):
        data = [dict(zip(map(str, headers), row, strict=False)) for row in data if isinstance(row, list)]
    return [dict(entry) for entry in data if isinstance(entry, Mapping)]


def read_row(entry: Mapping[str, Any]) -> Row:
    """Key a row by meaning; of several keys that mean the same, the most telling one that has a value counts."""
    row: dict[Field, Any] = {}
    told = {key: _meaning(key) for key, value in entry.items() if value is not None and value != ""}
    for key, (field, _) in sorted(told.items(), key=lambda item: item[1][1]):
        row[field] = entry[key]
    return row


@functools.lru_cache(maxsize=256)
def _meaning(key: str) -> tuple[Field, int]:
    """Return what a key means and how many of its words told so."""
    words = ("", *re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key).casefold()))
    for length in range(min(_LONGEST_ENDING, len(words)), 0, -1):
        ending = words[-length:]
        if ending in _ENDINGS:
            return _ENDINGS[ending], sum(map(bool, ending))
    return Field.OTHER, 0


def to_device(row: Row) -> Device | None:
    """Read a device; None where nothing says which Collector it has, or not in a form that a start takes."""
    collector_uid = _text(row, Field.COLLECTOR_UID)
    if fault_of(Identifier.COLLECTOR, collector_uid):
        return None
    return Device(
        name=_text(row, Field.DEVICE_NAME) or _text(row, Field.NAME),
        collector_uid=collector_uid,
        platform=_text(row, Field.PLATFORM),
        last_seen=read_time(row.get(Field.LAST_SEEN)),
    )


def to_sighting(row: Row, request_id: str = "") -> Sighting | None:
    """Read what is recorded of an execution; None where its id is missing, or where another request is meant.

    A query for one request need not list its id.
    """
    execution_id = _text(row, Field.EXECUTION_ID)
    seen = _text(row, Field.REQUEST_ID) or request_id
    if not execution_id or (request_id and seen.casefold() != request_id.casefold()):
        return None
    return Sighting(
        request_id=request_id or seen,
        execution_id=ExecutionId(execution_id),
        state=state_of(_text(row, Field.STATUS)),
        status=_text(row, Field.STATUS).strip(),
        details=_text(row, Field.STATUS_DETAILS),
        device_name=_text(row, Field.DEVICE_NAME),
        workflow_id=_text(row, Field.WORKFLOW_ID),
        upn=_text(row, Field.UPN),
        collector_uid=_text(row, Field.COLLECTOR_UID),
        requested_at=read_time(row.get(Field.REQUEST_TIME)),
        inputs=_written(row.get(Field.INPUTS)),
    )


def _written(inputs: Any) -> str:
    """Return parameters as one text, in whatever form they come."""
    return inputs if isinstance(inputs, str) else json.dumps(inputs, ensure_ascii=False) if inputs else ""


def state_of(status: str) -> ExecutionState:
    """Name a state by the word's beginning: the words of an end are few, all others mean that it goes on."""
    word = status.strip().casefold()
    beginnings = {
        ("success", "succeeded"): ExecutionState.SUCCEEDED,
        ("fail",): ExecutionState.FAILED,
        ("cancel",): ExecutionState.CANCELLED,
        ("expir",): ExecutionState.EXPIRED,
    }
    goes_on = ExecutionState.WAITING if "wait" in word else ExecutionState.RUNNING
    return next((state for beginning, state in beginnings.items() if word.startswith(beginning)), goes_on)


def read_time(value: Any) -> datetime | None:
    """Read a time; one without a zone is UTC, for that was asked for. None where it cannot be read."""
    if not isinstance(value, str):
        return None
    with contextlib.suppress(ValueError, OverflowError):
        time = datetime.fromisoformat(value.strip())
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    return None


def _text(row: Row, field: Field) -> str:
    """Return a text or a number as a clean text, "" for anything else."""
    value = row.get(field)
    return fault.clean(str(value)) if isinstance(value, str | int) else ""
