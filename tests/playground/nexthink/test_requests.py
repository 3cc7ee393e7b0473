"""The form of requests: what is read, and what is refused."""

from typing import Any

import pytest

from bot.playground.nexthink.refusal import MalformedError
from bot.playground.nexthink.requests import (
    NQLRequest,
    StartRequest,
    read_nql,
    read_object,
    read_start_v1,
    read_start_v2,
    read_trigger,
    read_uuid,
)

UUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
SID = "S-1-5-21-1004336348-1177238915-682003330-512"
V1 = {"workflowId": "#a", "users": [SID], "devices": [UUID], "params": {}}
V2 = {"workflowId": "#a", "users": [{"upn": "ada@example.com"}], "devices": [{"collectorUid": UUID}], "params": {}}
BOTH = [
    ({"workflowId": ""}, "workflowId"),
    ({"workflowId": 7}, "workflowId"),
    ({"users": None}, "users: must be an array"),
    ({"devices": {}}, "devices: must be an array"),
    ({"params": None}, "params"),
    ({"params": ["a"]}, "params"),
    ({"params": {"a": 1}}, "params"),
    ({"triggerInfo": {}}, "unknown members: triggerInfo"),
]


def test_a_start_by_collector_and_sid_is_read() -> None:
    """V1 targets are read as identifiers with the names of V2."""
    assert read_start_v1(V1) == StartRequest("#a", [{"sid": SID}], [{"collectorUid": UUID}], {})
    assert read_start_v1({**V1, "users": ["0"]}).users == [{"sid": "0"}]


def test_a_start_by_external_ids_is_read() -> None:
    """An entry may hold several identifiers, and params may be missing."""
    entry = {"name": "LT", "uid": UUID, "collectorUid": UUID}
    body = {"workflowId": "#a", "users": [], "devices": [entry]}

    assert read_start_v2(body) == StartRequest("#a", [], [entry], {})


@pytest.mark.parametrize("key", ["workflowId", "users", "devices"])
def test_a_start_needs_all_its_keys(key: str) -> None:
    """The unused list must be there too, empty."""
    for read, body in ((read_start_v1, V1), (read_start_v2, V2)):
        with pytest.raises(MalformedError, match=f"Missing: {key}"):
            read({name: value for name, value in body.items() if name != key})


def test_a_missing_list_counts_as_empty_where_lists_are_not_required() -> None:
    """The published prose says so, the published schema does not."""
    v1, v2 = read_start_v1({"workflowId": "#a"}, lists_required=False), read_start_v2(V2, lists_required=False)

    assert (v1.users, v1.devices) == ([], [])
    assert v2 == read_start_v2(V2)
    with pytest.raises(MalformedError, match="Missing: workflowId"):
        read_start_v2({}, lists_required=False)


@pytest.mark.parametrize(("change", "message"), BOTH)
def test_a_wrong_start_is_refused_in_both_versions(change: dict[str, Any], message: str) -> None:
    """The members that the versions share have one set of rules."""
    for read, body in ((read_start_v1, V1), (read_start_v2, V2)):
        with pytest.raises(MalformedError, match=message):
            read({**body, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"users": ["ada@example.com"]},
        {"users": ["S-1"]},
        {"users": ["S-1-5-21-1-2-3-4-5-6-7-8-9"]},
        {"users": [f"{SID}\n"]},
        {"users": [{"sid": SID}]},
        {"devices": ["LT-ADA-0042"]},
        {"devices": [UUID[:-1]]},
        {"devices": [UUID.replace("3", "g")]},
        {"devices": [{"collectorUid": UUID}]},
        {"devices": [UUID] * 10_001},
    ],
)
def test_v1_takes_sids_and_collector_ids_alone(change: dict[str, Any]) -> None:
    """Anything else, or too many, is refused."""
    with pytest.raises(MalformedError):
        read_start_v1({**V1, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"users": ["ada@example.com"]},
        {"users": [{}]},
        {"users": [{"upn": "o'brien@example.com"}]},
        {"users": [{"upn": "zoë@example.com"}]},
        {"users": [{"upn": "ada@example"}]},
        {"users": [{"upn": "ada@example.com\n"}]},
        {"users": [{"upn": None}]},
        {"users": [{"email": "ada@example.com"}]},
        {"users": [{"upn": "ada@example.com", "name": "Ada"}]},
        {"users": [{"sid": "S-"}]},
        {"users": [{"upn": "ada@example.com"}] * 10_001},
        {"devices": [{"uid": "7"}]},
        {"devices": [{"collectorUid": UUID.replace("-", "")}]},
        {"devices": [{"name": 7}]},
        {"devices": [{"hostname": "LT"}]},
    ],
)
def test_v2_takes_entries_with_known_identifiers_alone(change: dict[str, Any]) -> None:
    """Each identifier has its pattern, and an entry needs at least one."""
    with pytest.raises(MalformedError):
        read_start_v2({**V2, **change})


def test_ten_thousand_targets_are_not_too_many() -> None:
    """The limit itself is allowed."""
    assert len(read_start_v1({**V1, "devices": [UUID] * 10_000}).devices) == 10_000


def test_the_parameters_of_an_event_may_be_absent() -> None:
    """No parameters and an empty object are the same."""
    assert read_trigger({}) == read_trigger({"parameters": {}}) == {}
    assert read_trigger({"parameters": {"decision": "approved"}}) == {"decision": "approved"}


@pytest.mark.parametrize(
    "body",
    [
        {"parameters": {"decision": ""}},
        {"parameters": {"decision": True}},
        {"parameters": None},
        {"params": {}},
    ],
)
def test_a_wrong_event_is_refused(body: dict[str, Any]) -> None:
    """Unlike the parameters of a start, those of an event must not be empty."""
    with pytest.raises(MalformedError):
        read_trigger(body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"queryId": "no_number_sign"},
        {"queryId": "#A"},
        {"queryId": "#a"},
        {"queryId": "#" + "a" * 256},
        {"queryId": "#ab", "parameters": {"upn": 1}},
        {"queryId": "#ab", "query": "devices"},
    ],
)
def test_a_wrong_query_is_refused(body: dict[str, Any]) -> None:
    """A query is called by an id of the published pattern."""
    with pytest.raises(MalformedError):
        read_nql(body)


def test_a_query_is_read() -> None:
    """Parameters may be absent."""
    assert read_nql({"queryId": "#a_1"}) == NQLRequest("#a_1", {})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "text/plain"),
        (b"{}", "application/x-www-form-urlencoded"),
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"\xff", "application/json"),
        (b'{"a": NaN}', "application/json"),
        ('{"a": 1}'.encode("utf-16"), "application/json"),
        (b"[" * 100_000, "application/json"),
    ],
)
def test_a_body_must_be_a_json_object(body: bytes, content_type: str) -> None:
    """Another type, broken or bottomless JSON, another encoding and other values are refused."""
    with pytest.raises(MalformedError):
        read_object(body, content_type)


def test_an_id_of_a_path_must_be_a_uuid() -> None:
    """The NQL id of a workflow is not its UUID."""
    assert read_uuid("workflowUuid", UUID) == UUID
    with pytest.raises(MalformedError, match="workflowUuid"):
        read_uuid("workflowUuid", "#windows_11_migration")
