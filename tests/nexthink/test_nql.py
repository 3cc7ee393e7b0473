"""Rows of NQL: keys in every form, times with and without zones, words for states."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import Device, ExecutionId, ExecutionState, Sighting
from bot.nexthink import nql
from bot.nexthink.nql import Field

COLLECTOR = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
SEEN_AT = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("device.collector.uid", Field.COLLECTOR_UID),
        ("collector.uid", Field.COLLECTOR_UID),
        ("collector_uid", Field.COLLECTOR_UID),
        ("collectorUid", Field.COLLECTOR_UID),
        ("DEVICE.COLLECTOR.UID", Field.COLLECTOR_UID),
        ("workflow.executions.device.collector.uid", Field.COLLECTOR_UID),
        ("device.uid", Field.OTHER),
        ("device_uid", Field.OTHER),
        ("devices.uid", Field.OTHER),
        ("uid", Field.COLLECTOR_UID),
        ("device.name", Field.DEVICE_NAME),
        ("devices.device.name", Field.DEVICE_NAME),
        ("deviceName", Field.DEVICE_NAME),
        ("name", Field.NAME),
        ("devices.name", Field.DEVICE_NAME),
        ("package.name", Field.OTHER),
        ("workflow.name", Field.OTHER),
        ("user.name", Field.OTHER),
        ("device.operating_system.name", Field.OTHER),
        ("device.operating_system.platform", Field.PLATFORM),
        ("operating_system.platform", Field.PLATFORM),
        ("platform", Field.PLATFORM),
        ("device.last_seen", Field.LAST_SEEN),
        ("last_seen", Field.LAST_SEEN),
        ("Last Seen", Field.LAST_SEEN),
        ("user.last_seen", Field.OTHER),
        ("device.days_since_last_seen", Field.OTHER),
        ("workflow.executions.request_id", Field.REQUEST_ID),
        ("request_id", Field.REQUEST_ID),
        ("execution_id", Field.EXECUTION_ID),
        ("status", Field.STATUS),
        ("workflow.executions.status", Field.STATUS),
        ("workflow.status", Field.OTHER),
        ("status_details", Field.STATUS_DETAILS),
        ("outcome_details", Field.OTHER),
        ("workflow.nql_id", Field.WORKFLOW_ID),
        ("user.upn", Field.UPN),
        ("request_time", Field.REQUEST_TIME),
        ("inputs", Field.INPUTS),
        ("", Field.OTHER),
    ],
)
def test_key_is_matched_by_its_longest_known_ending(key: str, field: Field) -> None:
    """However a tenant writes a key, it means one thing, and never what a longer ending says otherwise."""
    assert nql.read_row({key: "x"}) == {field: "x"}


@given(st.permutations([("device.name", "LT"), ("name", "odd"), ("workflow.name", "W"), ("user.name", "U")]))
def test_more_telling_key_wins_in_any_order(cells: list[tuple[str, str]]) -> None:
    """Of two keys that end alike the longer match counts, wherever it stands in the row."""
    row = nql.read_row({"collector.uid": COLLECTOR, **dict(cells), "uid": "u"})

    assert nql.to_device(row) == Device(name="LT", collector_uid=COLLECTOR)


def test_empty_value_gives_way() -> None:
    """A key without a value does not hide a less telling one that has one."""
    row = nql.read_row({"device.name": None, "name": "LT", "device.collector.uid": "", "collector.uid": COLLECTOR})

    assert nql.to_device(row) == Device(name="LT", collector_uid=COLLECTOR)


def test_device_is_read() -> None:
    """Name, Collector, platform and time come from a row; text from outside is cleaned."""
    cells = {
        "device.collector.uid": COLLECTOR,
        "device.name": "LT\n0042",
        "operating_system.platform": "Windows",
        "device.last_seen": "2026-11-23 09:10:00",
    }

    assert nql.to_device(nql.read_row(cells)) == Device(
        name="LT 0042", collector_uid=COLLECTOR, platform="Windows", last_seen=SEEN_AT
    )


def test_both_versions_are_read_alike() -> None:
    """Rows as arrays below headers, and rows as objects, are the same rows."""
    first = {"headers": ["device.name", "device.collector.uid"], "data": [["LT", COLLECTOR], "odd", ["short"]]}
    second = {"data": [{"device.name": "LT", "device.collector.uid": COLLECTOR}, "odd", {"device.name": "short"}]}

    assert nql.read_entries(first, "asking") == nql.read_entries(second, "asking")


def test_device_without_collector_is_left_out() -> None:
    """A device that could not be named to Nexthink is none."""
    assert nql.to_device(nql.read_row({"device.uid": "d-1", "device.name": "LT"})) is None


def test_sighting_is_read() -> None:
    """The workflow's name is not taken for the device's."""
    cells = {
        "request_id": "r-1",
        "execution_id": "e-1",
        "status": "Failure",
        "status_details": "no disk",
        "workflow.name": "Restart",
        "device.name": "LT-0042",
    }

    assert nql.to_sighting(nql.read_row(cells)) == Sighting(
        request_id="r-1",
        execution_id=ExecutionId("e-1"),
        status="Failure",
        state=ExecutionState.FAILED,
        details="no disk",
        device_name="LT-0042",
    )


@pytest.mark.parametrize(
    ("cells", "request_id"),
    [
        ({"execution_id": "e"}, "r-1"),
        ({"execution_id": "e", "request_id": "R-1"}, "r-1"),
        ({"execution_id": "e", "request_id": "r-2"}, None),
        ({"request_id": "r-1"}, None),
        ({"execution_id": ["e"]}, None),
    ],
)
def test_sighting_belongs_to_the_request_that_was_asked_for(cells: dict[str, Any], request_id: str | None) -> None:
    """A row need not say its request; one that says another is left out, as is one without an execution."""
    sighting = nql.to_sighting(nql.read_row(cells), "r-1")

    assert (sighting and sighting.request_id) == request_id


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("success", ExecutionState.SUCCEEDED),
        ("Successful", ExecutionState.SUCCEEDED),
        ("failure", ExecutionState.FAILED),
        ("FAILED", ExecutionState.FAILED),
        ("cancelled", ExecutionState.CANCELLED),
        ("canceled", ExecutionState.CANCELLED),
        ("expired", ExecutionState.EXPIRED),
        ("waiting_for_event", ExecutionState.WAITING),
        ("Await trigger", ExecutionState.WAITING),
        ("in_progress", ExecutionState.RUNNING),
        ("unsuccessful?", ExecutionState.RUNNING),
        ("", ExecutionState.RUNNING),
    ],
)
def test_state_is_told_by_its_beginning(word: str, state: ExecutionState) -> None:
    """Only the words of an end end a run; an unknown word goes on."""
    assert nql.state_of(word) is state


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 09:10:00",
        "2026-11-23T09:10:00",
        "2026-11-23T09:10:00Z",
        "2026-11-23T10:10:00+01:00",
        " 2026-11-23T04:10:00.000-05:00 ",
    ],
)
def test_time_without_zone_is_utc(text: str) -> None:
    """A zone counts where there is one, and UTC was asked for where there is none."""
    assert nql.read_time(text) == SEEN_AT


@pytest.mark.parametrize("value", [None, "", "yesterday", 1_700_000_000, {"year": 2026}, "0001-01-01T00:00:00+14:00"])
def test_unreadable_time_is_none(value: Any) -> None:
    """A time that cannot be read is left out, and the row stays."""
    assert nql.read_time(value) is None


def test_rows_of_another_form_are_left_out() -> None:
    """A row that is no object is skipped, and a cell of any kind does no harm."""
    payload = {"data": [["a"], None, {"execution_id": "e", "inputs": [{"a": 1}]}]}

    assert [row[Field.EXECUTION_ID] for row in nql.read_rows(payload, "testing")] == ["e"]


@pytest.mark.parametrize("payload", [None, [], {}, {"data": None}, {"data": {"a": 1}}])
def test_answer_without_rows_is_unclear(payload: Any) -> None:
    """An answer without an array of rows cannot be read."""
    with pytest.raises(NexthinkError) as caught:
        nql.read_rows(payload, "testing")
    assert caught.value.fault is NexthinkFault.UNCLEAR
