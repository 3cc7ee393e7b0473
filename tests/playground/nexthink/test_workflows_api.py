"""Starting and resuming over HTTP."""

from typing import Any

import pytest

from tests.playground.nexthink.bench import Bench, NewBench

V1, V2 = "/api/v1/workflows/execute", "/api/v2/workflows/execute"
NOBODY = "00000000-0000-4000-8000-000000000000"


def body(workflow_id: str = "#clear_teams_cache", **members: Any) -> dict[str, Any]:
    """Write a start for Ada."""
    users = [{"upn": "ada@example.com"}]
    return {"workflowId": workflow_id, "users": users, "devices": [], "params": {}, **members}


async def targets(bench: Bench, path: str, start: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    """Start, and list the UPN and the device of each execution."""
    answer = (await bench.post(path, start)).raise_for_status().json()
    found = [bench.sim.execution(uuid) for uuid in answer["executionsUuids"]]
    assert {execution.request_uuid for execution in found} == {answer["requestUuid"]}
    return [(e.user.upn if e.user else None, e.device.name if e.device else None) for e in found]


async def test_a_user_alone_lands_on_the_most_recent_device(bench: Bench) -> None:
    """The platform completes what is missing, in both versions and by any identifier."""
    ada, target = bench.sim.user("ada@example.com"), ("ada@example.com", "LT-ADA-0042")

    assert await targets(bench, V1, body(users=[ada.sid])) == [target]
    for identifiers in ({"upn": "Ada@Example.com"}, {"uid": ada.uid}, {"sid": ada.sid, "upn": ada.upn}):
        assert await targets(bench, V2, body(users=[identifiers])) == [target]


async def test_a_device_alone_takes_its_last_user(bench: Bench) -> None:
    """The platform completes what is missing, in both versions and by any identifier."""
    mac, target = bench.sim.device("MB-ADA-0007"), ("ada@example.com", "MB-ADA-0007")

    assert await targets(bench, V1, body(users=[], devices=[mac.collector_uid.upper()])) == [target]
    for identifiers in ({"name": mac.name}, {"uid": mac.uid}, {"collectorUid": mac.collector_uid}):
        assert await targets(bench, V2, body(users=[], devices=[identifiers])) == [target]


async def test_a_user_and_a_device_are_one_execution_or_two(bench: Bench, new_bench: NewBench) -> None:
    """The documentation leaves it open, so both readings can be had."""
    both = body(devices=[{"name": "MB-ADA-0007"}])
    apart = await new_bench(pair_targets=False)

    assert await targets(bench, V2, both) == [("ada@example.com", "MB-ADA-0007")]
    assert await targets(apart, V2, both) == [("ada@example.com", "LT-ADA-0042"), ("ada@example.com", "MB-ADA-0007")]


async def test_several_targets_are_several_executions(bench: Bench) -> None:
    """They share the request's id."""
    users = [{"upn": "ada@example.com"}, {"upn": "grace@example.com"}]

    assert [upn for upn, _ in await targets(bench, V2, body(users=users))] == ["ada@example.com", "grace@example.com"]
    assert (bench.sim.counters.starts, bench.sim.counters.executions) == (1, 2)


async def test_a_user_without_a_device_fails_where_one_is_needed(bench: Bench) -> None:
    """The run starts, and ends in failure; one that needs no device succeeds."""
    needs = await bench.start("#clear_teams_cache", "katherine@example.com")
    needs_none = await bench.start("#unlock_account", "katherine@example.com")
    bench.clock.move(seconds=30)

    states = [bench.sim.state(answer["executionsUuids"][0]).name for answer in (needs, needs_none)]
    assert states == ["failure", "success"]


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (body("#nothing"), 400),
        (body(users=[{"upn": "nobody@example.com"}]), 400),
        (body(users=[{"upn": "ada@example.com", "uid": NOBODY}]), 400),
        (body(devices=[{"name": "LT-NOBODY"}]), 400),
        (body(devices=[{"name": "LT-ADA-0042"}, {"collectorUid": NOBODY}]), 400),
        (body(params={"colour": "red"}), 400),
        (body("#manage_local_admin_permission", params={"hours": "24"}), 400),
        (body("#manage_local_admin_permission", params={"hours": ""}), 400),
        (body("#service_restart_and_repair", params={"service": "MyService"}), 200),
        (body("#manage_local_admin_permission", params={"hours": "8", "reason": "To install"}), 200),
        (body("#manage_local_admin_permission", params={"reason": ""}), 200),
        (body("#ms_teams_compliance_classic"), 403),
        (body("#weekly_patch_report"), 403),
        (body(users=[]), 400),
        ({"workflowId": "#clear_teams_cache"}, 400),
        ([], 400),
    ],
)
async def test_a_start_is_accepted_or_refused(bench: Bench, start: Any, status: int) -> None:
    """A refusal has a code and details, and starts nothing."""
    answer = await bench.post(V2, start)

    assert answer.status_code == status
    assert bench.sim.counters.starts == (1 if status == 200 else 0)
    if status != 200:
        assert answer.json()["code"]
        assert set(answer.json()) == {"code", "details"}


async def test_v1_refuses_what_only_v2_takes(bench: Bench) -> None:
    """The two versions do not take each other's targets."""
    assert (await bench.post(V1, body())).status_code == 400


@pytest.mark.parametrize(
    ("workflow_id", "start", "status"),
    [
        ("#unlock_account", {}, 200),
        ("#unlock_account", {"devices": [{"name": "LT-ADA-0042"}]}, 400),
        ("#clear_dns_cache", {}, 400),
        ("#clear_dns_cache", {"users": [], "devices": [{"name": "LT-ADA-0042"}]}, 200),
        ("#clear_teams_cache", {"devices": [{"name": "LT-ADA-0042"}]}, 200),
        ("#publish_outage_notice", {}, 200),
    ],
)
async def test_a_tenant_may_refuse_targets_that_are_not_needed(
    new_bench: NewBench, workflow_id: str, start: dict[str, Any], status: int
) -> None:
    """Nothing public says how a tenant treats them, so both readings can be had."""
    strict, lenient = await new_bench(refuse_unneeded_targets=True), await new_bench()

    assert (await strict.post(V2, body(workflow_id, **start))).status_code == status
    assert (await lenient.post(V2, body(workflow_id, **start))).status_code == 200


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ({"workflowId": "#clear_teams_cache", "users": [{"upn": "ada@example.com"}]}, 200),
        ({"workflowId": "#clear_teams_cache", "devices": [{"name": "LT-ADA-0042"}]}, 200),
        ({"workflowId": "#clear_teams_cache"}, 400),
    ],
)
async def test_a_tenant_may_do_without_the_unused_list(bench: Bench, start: dict[str, Any], status: int) -> None:
    """The published prose says that either list makes the other optional."""
    strict = await bench.post(V2, start)
    bench.sim.change(lists_required=False)
    lenient = await bench.post(V2, start)

    assert (strict.status_code, lenient.status_code) == (400, status)


async def test_a_tenant_may_start_without_a_target(bench: Bench) -> None:
    """Two empty lists do for a workflow that needs nothing, and for no other."""
    empty: dict[str, Any] = {"users": [], "devices": []}
    before = await bench.post(V2, body("#publish_outage_notice", **empty))
    bench.sim.change(accept_no_target=True)

    assert before.status_code == 400
    assert await targets(bench, V2, body("#publish_outage_notice", **empty)) == [(None, None)]
    assert (await bench.post(V2, body(**empty))).status_code == 400
    bench.clock.move(minutes=1)
    assert bench.sim.state(bench.sim.executions[0].uuid).name == "success"


@pytest.mark.parametrize("version", [V1, V2])
async def test_ten_thousand_unknown_users_are_started_at_once(bench: Bench, version: str) -> None:
    """Each gets an execution under the identifiers that were given."""
    bench.sim.change(accept_unknown_targets=True)
    sids = [f"S-1-5-21-{number}" for number in range(10_000)]
    users = sids if version == V1 else [{"upn": f"user{number}@example.com"} for number in range(10_000)]
    answer = (await bench.post(version, body(users=users))).raise_for_status().json()
    bench.clock.move(minutes=1)

    assert len(set(answer["executionsUuids"])) == 10_000
    last = bench.sim.execution(answer["executionsUuids"][-1])
    assert last.user is not None
    assert (last.user.sid if version == V1 else last.user.upn) in (sids[-1], "user9999@example.com")
    assert bench.sim.state(last.uuid).name == "success"


async def test_an_unknown_device_is_shown_by_what_is_known_of_it(bench: Bench) -> None:
    """Its row in NQL holds the identifiers that were given, and nothing made up."""
    bench.sim.change(accept_unknown_targets=True)
    start = body(users=[], devices=[{"collectorUid": NOBODY}])
    request = (await bench.post(V2, start)).raise_for_status().json()["requestUuid"]
    (row,) = (await bench.nql("#fixdesk_recent_executions")).json()["data"]

    assert (row["request_id"], row["device.collector.uid"]) == (request, NOBODY)
    assert (row["device.name"], row["user.upn"]) == (None, None)


@pytest.mark.parametrize("path", [V1, V2, "/api/v1/nql/execute", "/api/v2/nql/execute"])
async def test_a_body_comes_without_a_query(bench: Bench, path: str) -> None:
    """What stands in the address beside a body is refused."""
    answer = await bench.post(f"{path}?dryRun=true", {})

    assert answer.status_code == 400
    assert "dryRun" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", V2, 405),
        ("POST", "/api/v1/workflows", 405),
        ("PUT", "/api/v2/nql/execute", 405),
        ("GET", "/api/v3/workflows", 404),
        ("POST", f"/api/v1/workflows/{NOBODY}/execution/{NOBODY}/trigger", 404),
        ("POST", f"/api/v1/workflows/workflows/{NOBODY}/executions/{NOBODY}/trigger", 404),
    ],
)
async def test_a_wrong_method_or_path_is_refused(bench: Bench, method: str, path: str, status: int) -> None:
    """The path of a trigger says workflows twice, and execution in the singular."""
    headers = {"Authorization": f"Bearer {bench.token}"}

    assert (await bench.http.request(method, bench.sim.api_url + path, headers=headers)).status_code == status


async def waiting(bench: Bench) -> str:
    """Start a run and move the clock to where it waits."""
    uuid: str = (await bench.start("#windows_11_migration"))["executionsUuids"][0]
    bench.clock.move(seconds=4)
    return uuid


async def test_an_approved_run_goes_on_and_succeeds(bench: Bench) -> None:
    """The answer is an array with the request's id."""
    uuid = await waiting(bench)
    answer = await bench.trigger("#windows_11_migration", uuid.upper(), decision="approved")
    bench.clock.move(seconds=3)

    assert answer.json() == [{"requestUuid": bench.sim.execution(uuid).request_uuid}]
    assert bench.sim.state(uuid).name == "success"
    assert bench.sim.counters.triggers == 1


async def test_a_denied_run_ends_as_cancelled(new_bench: NewBench) -> None:
    """A tenant may answer one object instead of the array."""
    bench = await new_bench(trigger_as_object=True)
    uuid = await waiting(bench)
    answer = await bench.trigger("#windows_11_migration", uuid, decision="denied")

    assert answer.json() == {"requestUuid": bench.sim.execution(uuid).request_uuid}
    assert bench.sim.state(uuid).name == "cancelled"


@pytest.mark.parametrize(
    ("seconds", "sent_before", "code"),
    [
        (-4, [], "EXECUTION_NOT_WAITING"),
        (-0.1, [], "EXECUTION_NOT_WAITING"),
        (0, ["approved"], "EXECUTION_RESUMED"),
        (0, ["denied"], "EXECUTION_ENDED"),
        (24 * 3600, [], "EXECUTION_ENDED"),
    ],
)
async def test_a_trigger_out_of_turn_is_refused(
    bench: Bench, seconds: float, sent_before: list[str], code: str
) -> None:
    """Early, repeated and late events answer 400 or what a tenant prefers, and are not counted."""
    uuid = await waiting(bench)
    bench.clock.move(seconds=seconds)
    await bench.login()
    for decision in sent_before:
        await bench.trigger("#windows_11_migration", uuid, decision=decision)
    for status in (400, 404, 409):
        bench.sim.change(late_trigger_status=status)
        answer = await bench.trigger("#windows_11_migration", uuid, decision="approved")
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    assert bench.sim.counters.triggers == len(sent_before)


@pytest.mark.parametrize("workflow_id", ["#clear_teams_cache", "#wipe_lost_device"])
async def test_a_trigger_needs_the_workflow_of_the_execution(bench: Bench, workflow_id: str) -> None:
    """Another workflow's id is refused, and so is an unknown execution, with the status of all late triggers."""
    uuid = await waiting(bench)
    bench.sim.change(late_trigger_status=404)

    for wrong in (
        await bench.trigger(workflow_id, uuid, decision="approved"),
        await bench.trigger("#windows_11_migration", NOBODY, decision="approved"),
    ):
        assert (wrong.status_code, wrong.json()["code"]) == (404, "EXECUTION_NOT_FOUND")


@pytest.mark.parametrize("ids", [("#windows_11_migration", None), (None, "1"), (None, None)])
async def test_a_trigger_of_the_wrong_form_is_refused(bench: Bench, ids: tuple[str | None, str | None]) -> None:
    """Both ids of the path are UUIDs, and no value may be empty."""
    uuid, workflow = await waiting(bench), bench.sim.workflow("#windows_11_migration").uuid
    first, second = (ids[0] or workflow).replace("#", "%23"), ids[1] or uuid
    path = f"/api/v1/workflows/workflows/{first}/execution/{second}/trigger"
    answer = await bench.post(path, {"parameters": {"decision": ""}})

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
