"""Requests as plain data."""

import json
from collections.abc import Sequence

import pytest

from bot.domain.errors import Effect, NexthinkError, NexthinkFault
from bot.domain.run import Device, ExecutionId, Send, Target
from bot.domain.targets import Identifier, NamedTarget
from bot.domain.workflow import WorkflowId
from bot.nexthink import wire
from bot.nexthink.wire import Dependency, TriggerMethod

UPN = "ada@example.com"
LAPTOP = Device(name="LT-0042", collector_uid="3fa85f64-5717-4562-b3fc-2c963f66afa6")
WORKFLOW = WorkflowId("#restart")
UUID = "6f1d2c3b-4a59-4f68-8b77-1c2d3e4f5a6b"
USERS = [{Identifier.UPN: UPN}]
DEVICES = [{Identifier.COLLECTOR: LAPTOP.collector_uid}]


@pytest.mark.parametrize(
    ("send", "device", "devices", "users"),
    [
        (Send.USER, None, [], USERS),
        (Send.USER, LAPTOP, [], USERS),
        (Send.DEVICE, LAPTOP, DEVICES, []),
        (Send.DEVICE, None, [], USERS),
        (Send.BOTH, LAPTOP, DEVICES, USERS),
        (Send.BOTH, None, [], USERS),
    ],
)
def test_target_fills_the_lists_it_names(
    send: Send, device: Device | None, devices: Sequence[NamedTarget], users: Sequence[NamedTarget]
) -> None:
    """The person, the device or both are sent; without a device the person alone."""
    assert wire.lists_of(Target(upn=UPN, send=send, device=device)) == (devices, users)


def test_execute_always_sends_all_members() -> None:
    """Lists and parameters without anything in them are sent empty."""
    first = wire.execute_v1_call(WORKFLOW, devices=[UUID], users=[], params={})
    second = wire.execute_v2_call(WORKFLOW, devices=[], users=USERS, params={"why": "slow"})

    assert first.path == "/api/v1/workflows/execute"
    assert first.body == {"workflowId": "#restart", "devices": [UUID], "users": [], "params": {}}
    assert second.path == "/api/v2/workflows/execute"
    assert second.body == {"workflowId": "#restart", "devices": [], "users": [{"upn": UPN}], "params": {"why": "slow"}}
    assert wire.execute_v2_call(WORKFLOW, devices=[], users=[{Identifier.SID: "S-1-5-21"}], params={}).body
    assert not first.is_read
    assert not second.is_read


def test_execute_refuses_too_many() -> None:
    """One call takes 10,000 targets, and not one more."""
    assert wire.execute_v1_call(WORKFLOW, devices=[UUID] * 10_000, users=[], params={}).body

    with pytest.raises(NexthinkError, match="at most 10,000 devices"):
        wire.execute_v1_call(WORKFLOW, devices=[UUID] * 10_001, users=[], params={})


@pytest.mark.parametrize(
    ("targets", "version", "lists"),
    [
        ([{Identifier.SID: "S-1-5-21-7"}], "v1", {"users": ["S-1-5-21-7"], "devices": []}),
        ([{Identifier.COLLECTOR: UUID}] * 2, "v1", {"users": [], "devices": [UUID, UUID]}),
        ([{Identifier.UPN: UPN}], "v2", {"users": [{"upn": UPN}], "devices": []}),
        ([{Identifier.USER_UID: UUID}], "v2", {"users": [{"uid": UUID}], "devices": []}),
        ([{Identifier.DEVICE_UID: UUID}], "v2", {"users": [], "devices": [{"uid": UUID}]}),
        ([{Identifier.DEVICE: "LT-1"}], "v2", {"users": [], "devices": [{"name": "LT-1"}]}),
        (
            [{Identifier.SID: "0"}, {Identifier.UPN: UPN, Identifier.SID: "0"}],
            "v2",
            {"users": [{"sid": "0"}, {"upn": UPN, "sid": "0"}], "devices": []},
        ),
        (
            [{Identifier.COLLECTOR: UUID}, {Identifier.DEVICE: "LT-1"}],
            "v2",
            {"users": [], "devices": [{"collectorUid": UUID}, {"name": "LT-1"}]},
        ),
    ],
)
def test_many_go_through_the_version_that_can_name_them(
    targets: list[NamedTarget], version: str, lists: dict[str, object]
) -> None:
    """Collectors and SIDs alone go through V1, whatever else is among them makes it V2."""
    call = wire.execute_many_call(WORKFLOW, targets, {})

    assert call.path == f"/api/{version}/workflows/execute"
    assert call.body == {"workflowId": WORKFLOW, "params": {}} | lists


@pytest.mark.parametrize(
    "target",
    [
        {},
        {Identifier.SID: "S-1"},
        {Identifier.SID: "S" + "-1" * 11},
        {Identifier.USER_UID: "ada"},
        {Identifier.COLLECTOR: f"{UUID}\n"},
        {Identifier.DEVICE_UID: ""},
        {Identifier.DEVICE: " "},
    ],
)
def test_start_refuses_what_nexthink_would_not_take(target: NamedTarget) -> None:
    """A target without a name, or with one of a wrong form, is refused before it is sent."""
    with pytest.raises(NexthinkError) as caught:
        wire.execute_many_call(WORKFLOW, [target], {})
    assert caught.value.effect is Effect.NOT_SENT


def test_start_refuses_nobody() -> None:
    """A start without a target is refused."""
    with pytest.raises(NexthinkError, match="at least one user or device"):
        wire.execute_many_call(WORKFLOW, [], {})


@pytest.mark.parametrize("query_id", ["devices", "#", "#a", "#Devices", "#devices\n", "#" + "a" * 256, "#a-b"])
def test_query_refuses_what_is_no_id(query_id: str) -> None:
    """What Nexthink would not take as the id of a query is not sent."""
    with pytest.raises(NexthinkError, match="is not the id of an NQL query"):
        wire.query_call(query_id, {}, "asking", for_person=True)


@pytest.mark.parametrize("upn", ["", "ada", "o'brien@example.com", "zoë@example.com", "ada@example.com\n", "ada@x"])
def test_execute_refuses_what_is_no_upn(upn: str) -> None:
    """What Nexthink would not take as a UPN is not sent."""
    with pytest.raises(NexthinkError, match="is not a UPN") as caught:
        wire.execute_v2_call(WORKFLOW, devices=[], users=[{Identifier.UPN: upn}], params={})
    assert caught.value.surely_not_done


def test_trigger_names_both_ids_and_drops_blank_values() -> None:
    """The path repeats `workflows`; a blank value is not sent."""
    call = wire.trigger_call(UUID, ExecutionId(UUID.upper()), {"decision": "approved", "note": " ", "by": ""})

    assert call.path == f"/api/v1/workflows/workflows/{UUID}/execution/{UUID.upper()}/trigger"
    assert call.body == {"parameters": {"decision": "approved"}}
    assert not call.is_read


@pytest.mark.parametrize("odd", ["", "#restart", f"{UUID}/../x", f"{UUID}\n", UUID.replace("6", "٦"), UUID[:-1]])
def test_trigger_refuses_what_is_no_uuid(odd: str) -> None:
    """Nothing but a UUID gets into the path."""
    for uuid, execution in ((odd, UUID), (UUID, odd)):
        with pytest.raises(NexthinkError, match="is not a UUID") as caught:
            wire.trigger_call(uuid, ExecutionId(execution), {})
        assert caught.value.fault is NexthinkFault.REFUSED


def test_list_leaves_out_filters_that_are_not_set() -> None:
    """A filter is named by its value, or not at all."""
    everything = wire.list_call(dependency=None, trigger_method=None, only_active=False)
    some = wire.list_call(dependency=Dependency.NONE, trigger_method=TriggerMethod.API, only_active=True)

    assert everything.query == {"fetchOnlyActiveWorkflows": "false"}
    assert some.query == {"dependency": "NONE", "triggerMethod": "API", "fetchOnlyActiveWorkflows": "true"}


def test_query_without_id_is_not_set_up() -> None:
    """An empty id makes no call."""
    with pytest.raises(NexthinkError, match="no query is set up") as caught:
        wire.query_call("", {}, "asking", for_person=True)
    assert caught.value.fault is NexthinkFault.NOT_FOUND


def test_body_is_ascii_whatever_is_in_it() -> None:
    """Any text can be sent, half a character included."""
    params = {"why": "langsam für Zoë \ud83d"}
    content = wire.execute_v1_call(WORKFLOW, devices=[UUID], users=[], params=params).content

    assert content is not None
    assert content.isascii()
    assert json.loads(content)["params"] == params
