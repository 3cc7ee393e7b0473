"""Answers of workflow calls as plain data, in every shape that was published or seen."""

import logging
from typing import Any

import pytest

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import Started
from bot.domain.workflow import Needs, Parameter, Workflow, WorkflowId
from bot.nexthink import answer
from bot.nexthink.wire import Dependency

ENTRY: dict[str, Any] = {
    "id": "#restart",
    "uuid": "w-1",
    "name": "Restart",
    "description": "Restarts.",
    "status": "ACTIVE",
    "lastUpdateTime": "2026-10-31T19:09:03.189Z",
    "triggerMethods": {"apiEnabled": True, "manualEnabled": False},
    "versions": [
        {"version": 1, "uuid": "v-1", "status": "INACTIVE", "hasUser": True, "hasDevice": True},
        {
            "version": 2,
            "uuid": "v-2",
            "status": "ACTIVE",
            "definition": "<workflow/>",
            "valid": True,
            "hasDevice": True,
            "hasUser": False,
            "parameters": [{"id": "delay", "allowCustomValue": False, "options": ["now", "tonight"]}],
        },
    ],
}


def read(**changes: Any) -> Workflow:
    """Read one entry with some members changed; None takes a member out."""
    entry = {name: value for name, value in (ENTRY | changes).items() if value is not ...}
    (found,) = answer.read_list([entry], "testing")
    return found.to_workflow()


def test_workflow_is_read_with_its_active_version() -> None:
    """The active version tells what is needed and asked for."""
    assert read() == Workflow(
        id=WorkflowId("#restart"),
        uuid="w-1",
        name="Restart",
        description="Restarts.",
        needs=Needs.DEVICE,
        version="v-2",
        parameters=(Parameter(id="delay", options=("now", "tonight"), allow_custom_value=False),),
    )


def test_definition_is_not_kept() -> None:
    """The workflow's source, which can be large, is dropped at once."""
    assert "<workflow/>" not in repr(answer.read_list([ENTRY], "testing"))


@pytest.mark.parametrize(
    ("member", "value", "field", "expected"),
    [
        ("description", None, "description", ""),
        ("description", ..., "description", ""),
        ("status", ..., "is_active", True),
        ("status", None, "is_active", True),
        ("status", "active", "is_active", True),
        ("status", "INACTIVE", "is_active", False),
        ("status", "RETIRED_SOMEHOW", "is_active", False),
        ("triggerMethods", ..., "is_api_enabled", True),
        ("triggerMethods", {}, "is_api_enabled", True),
        ("triggerMethods", {"apiEnabled": False}, "is_api_enabled", False),
        ("triggerMethods", ["MANUAL", "API"], "is_api_enabled", True),
        ("triggerMethods", ["MANUAL"], "is_api_enabled", False),
        ("triggerMethods", [], "is_api_enabled", False),
        ("versions", ..., "needs", None),
        ("versions", None, "parameters", ()),
        ("versions", [], "version", ""),
        ("versions", [{"versionNumber": 3, "isActive": True}], "version", ""),
        ("versions", [{"version": 3, "status": "ACTIVE"}], "version", "3"),
        ("versions", [{"version": 9}, {"version": 10}, {"version": "draft"}], "version", "10"),
        ("versions", [{"version": 10, "status": "INACTIVE"}], "version", ""),
        ("versions", [{"status": "ACTIVE", "hasUser": True, "hasDevice": False}], "needs", Needs.USER),
        ("versions", [{"status": "ACTIVE", "hasUser": False, "hasDevice": False}], "needs", Needs.NEITHER),
        ("versions", [{"status": "ACTIVE", "hasUser": False}], "needs", Needs.DEVICE),
        ("versions", [{"status": "ACTIVE", "parameters": None}], "parameters", ()),
        (
            "versions",
            [{"status": "ACTIVE", "parameters": [{"id": "a", "options": None, "description": None}]}],
            "parameters",
            (Parameter(id="a"),),
        ),
        (
            "versions",
            [{"status": "ACTIVE", "parameters": [{"id": "a", "options": [1, None, "", "x"]}]}],
            "parameters",
            (Parameter(id="a", options=("1", "x")),),
        ),
    ],
)
def test_members_may_be_missing_or_of_another_form(member: str, value: Any, field: str, expected: Any) -> None:
    """A member that is absent, null or of the other published form is made the best of."""
    assert getattr(read(**{member: value}), field) == expected


@pytest.mark.parametrize(
    "odd",
    [
        ENTRY | {"id": None},
        ENTRY | {"name": " "},
        {name: value for name, value in ENTRY.items() if name != "uuid"},
        ENTRY | {"versions": "two"},
        ENTRY | {"name": "half \ud83d"},
        "no object",
        None,
    ],
)
def test_unreadable_workflow_is_left_out(odd: Any, caplog: pytest.LogCaptureFixture) -> None:
    """One that cannot be read, or named, is logged and does not sink the others."""
    read = answer.read_list([odd, ENTRY], "testing")

    assert [found.id for found in read] == ["#restart"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_unreadable_workflow_is_logged_by_id_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """The line names the workflow and the member, and nothing that came breaks it."""
    answer.read_list([ENTRY | {"id": "#a\nb", "name": ["no", "name"]}], "testing")

    assert [record.getMessage() for record in caplog.records] == ["left out workflow #a b, unreadable: name"]


@pytest.mark.parametrize("payload", [None, {}, {"content": [ENTRY]}, "x"])
def test_list_that_is_none_is_unclear(payload: Any) -> None:
    """Anything but an array is an unreadable list."""
    with pytest.raises(NexthinkError) as caught:
        answer.read_list(payload, "testing")
    assert caught.value.fault is NexthinkFault.UNCLEAR


def merged(**entries: dict[str, Any]) -> list[Workflow]:
    """Merge lists of one entry, named by their filter."""
    return answer.read_catalog({Dependency(name): [entry] for name, entry in entries.items()}, "")


@pytest.mark.parametrize(
    ("dependency", "needs"),
    [("USER", Needs.USER), ("DEVICE", Needs.DEVICE), ("USER_AND_DEVICE", Needs.BOTH), ("NONE", Needs.NEITHER)],
)
def test_filter_tells_what_a_version_does_not(dependency: str, needs: Needs) -> None:
    """Without the flags a workflow needs what its filter says."""
    (workflow,) = merged(**{dependency: ENTRY | {"versions": []}})

    assert workflow.needs is needs


def test_flags_count_more_than_the_filter() -> None:
    """Where the version has the flags the filter does not matter."""
    (workflow,) = merged(USER=ENTRY)

    assert workflow.needs is Needs.DEVICE


def test_filter_that_is_ignored_tells_nothing() -> None:
    """A workflow that shows up under several filters comes once, and may need anything."""
    bare = ENTRY | {"versions": []}
    (workflow,) = merged(USER=bare, DEVICE=bare, NONE=bare)

    assert workflow.needs is None


@pytest.mark.parametrize("change", [{"status": "INACTIVE"}, {"triggerMethods": {"apiEnabled": False}}])
def test_what_the_api_may_not_start_is_filtered_again(change: dict[str, Any]) -> None:
    """An older tenant ignores the filters, so they are applied once more."""
    assert merged(USER=ENTRY | change) == []


@pytest.mark.parametrize("payload", [ENTRY, [ENTRY], [ENTRY | {"id": "#other"}, ENTRY], [None, ENTRY]])
def test_details_come_as_object_or_array(payload: Any) -> None:
    """Either form is read, and the workflow that was asked for is the one that is returned."""
    assert answer.read_details(payload, WorkflowId("#Restart"), "testing") == read()


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        ([], NexthinkFault.NOT_FOUND),
        ([ENTRY | {"id": "#other"}], NexthinkFault.NOT_FOUND),
        (ENTRY | {"id": "#other"}, NexthinkFault.NOT_FOUND),
        ({}, NexthinkFault.UNCLEAR),
        ("x", NexthinkFault.UNCLEAR),
        ([{"id": "#restart"}], NexthinkFault.UNCLEAR),
    ],
)
def test_details_without_the_workflow(payload: Any, fault: NexthinkFault) -> None:
    """An empty array, or another workflow, is "not found"; what cannot be read is unclear."""
    with pytest.raises(NexthinkError) as caught:
        answer.read_details(payload, WorkflowId("#restart"), "testing")
    assert caught.value.fault is fault


def test_started_is_read() -> None:
    """The request's id and those of its executions are kept; the latter may be missing."""
    several = answer.read_started({"requestUuid": "r", "executionsUuids": ["a", "b"], "more": 1}, "testing")

    assert several == Started(request_id="r", execution_ids=("a", "b"))  # type: ignore[arg-type]  # ids are texts
    assert answer.read_started({"requestUuid": "r"}, "testing").execution_ids == ()


@pytest.mark.parametrize("payload", [None, {}, [], {"requestUuid": ""}, {"requestUuid": "r", "executionsUuids": "a"}])
def test_unreadable_start_is_unclear(payload: Any) -> None:
    """An answer without the request's id leaves open what was done."""
    with pytest.raises(NexthinkError) as caught:
        answer.read_started(payload, "testing")
    assert not caught.value.surely_not_done


@pytest.mark.parametrize("payload", [[{"requestUuid": "r"}], {"requestUuid": "r"}])
def test_triggered_comes_as_array_or_object(payload: Any) -> None:
    """Either form is taken for a yes."""
    answer.check_triggered(payload, "testing")


@pytest.mark.parametrize("payload", [[], {}, None, "ok", [{"requestUuid": None}]])
def test_unreadable_trigger_is_unclear(payload: Any) -> None:
    """An answer that names no request leaves open what was done."""
    with pytest.raises(NexthinkError) as caught:
        answer.check_triggered(payload, "testing")
    assert not caught.value.surely_not_done


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"<html>"])
def test_body_that_is_no_json_is_unclear(content: bytes) -> None:
    """Whatever is not JSON, or nested to break the reader, is unreadable and no more."""
    with pytest.raises(NexthinkError) as caught:
        answer.read_json(content, "testing")
    assert caught.value.fault is NexthinkFault.UNCLEAR


def test_catalog_of_which_nothing_can_be_read_is_none() -> None:
    """An answer of another shape does not pass for an empty catalog; four empty lists do."""
    with pytest.raises(NexthinkError) as caught:
        answer.read_catalog({Dependency.USER: [{"odd": 1}], Dependency.NONE: []}, "reading")
    assert caught.value.fault is NexthinkFault.UNCLEAR

    assert answer.read_catalog({dependency: [] for dependency in Dependency}, "reading") == []
