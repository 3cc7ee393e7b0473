"""The saved NQL queries over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from bot.playground.nexthink.catalog import Catalog
from bot.playground.nexthink.requests import NQLRequest
from bot.playground.nexthink.settings import ROW_KEYS, Settings
from bot.playground.nexthink.tenant import build_tenant
from bot.playground.seed import SeedDevice, SeedPerson
from tests.playground.nexthink.bench import Bench, Clock, NewBench


async def rows(bench: Bench, query_id: str, **parameters: str) -> list[dict[str, Any]]:
    """Read the rows of a query."""
    data: list[dict[str, Any]] = (await bench.nql(query_id, **parameters)).raise_for_status().json()["data"]
    return data


async def test_a_persons_devices_come_most_recent_first(bench: Bench) -> None:
    """The answer says what was executed, and when."""
    answer = (await bench.nql("#fixdesk_user_devices", upn="ADA@example.com")).json()
    data = answer.pop("data")
    executed = answer.pop("executedQuery")

    assert answer == {"queryId": "#fixdesk_user_devices", "rows": 2, "executionDateTime": "2026-11-23T09:00:00"}
    assert 'where user.upn == "ADA@example.com"' in executed
    assert data[0] == {
        "device.collector.uid": bench.sim.device("LT-ADA-0042").collector_uid,
        "device.name": "LT-ADA-0042",
        "device.operating_system.platform": "Windows",
        "device.last_seen": "2026-11-23 08:56:00",
    }
    assert data[1]["device.name"] == "MB-ADA-0007"


@pytest.mark.parametrize("upn", ["katherine@example.com", "nobody@example.com"])
async def test_nobodys_devices_are_no_rows(bench: Bench, upn: str) -> None:
    """A person without a device, and an unknown one, give an empty answer."""
    assert await rows(bench, "#fixdesk_user_devices", upn=upn) == []


def test_a_device_unseen_for_a_month_is_left_out(catalog: Catalog) -> None:
    """The query looks back thirty days."""
    devices = tuple(SeedDevice(f"LT-{days}", "Windows", timedelta(days=days)) for days in (31, 30))
    person = SeedPerson("Ada Example", "U0ADA", "ada@example.com", "Analyst", devices)
    tenant = build_tenant([person], catalog, Clock(), Settings())
    answer = tenant.nql.execute(NQLRequest("#fixdesk_user_devices", {"upn": person.email}), utc=True)

    assert [dict(zip(answer.columns, row, strict=True))["device.name"] for row in answer.rows] == ["LT-30"]


async def test_times_are_in_the_tenants_zone_unless_utc_is_asked_for(bench: Bench) -> None:
    """Without the header the same moment reads two hours later."""
    query = {"queryId": "#fixdesk_user_devices", "parameters": {"upn": "ada@example.com"}}
    local = (await bench.post("/api/v2/nql/execute", query)).json()

    assert local["executionDateTime"] == "2026-11-23T11:00:00"
    assert local["data"][0]["device.last_seen"] == "2026-11-23 10:56:00"


async def test_the_status_of_a_request_is_followed_to_its_end(bench: Bench) -> None:
    """A waiting run says that it is in progress."""
    started = await bench.start("#windows_11_migration")
    seen = [await bench.status(started["requestUuid"])]
    bench.clock.move(seconds=4)
    seen.append(await bench.status(started["requestUuid"]))
    await bench.trigger("#windows_11_migration", started["executionsUuids"][0], decision="denied")
    (row,) = await rows(bench, "#fixdesk_execution_status", request_id=started["requestUuid"])

    assert seen == ["started", "in_progress"]
    assert row == {
        "execution_id": started["executionsUuids"][0],
        "request_time": "2026-11-23 09:00:00",
        "workflow.name": "Windows 11 migration",
        "device.name": "LT-ADA-0042",
        "status": "cancelled",
        "status_details": "Stopped by the decision: denied",
        "outcome": "no_action_taken",
        "outcome_details": None,
    }


async def test_recent_executions_say_whose_they_are(bench: Bench) -> None:
    """Those of the last hour come newest first, with what tells them apart."""
    await bench.start("#clear_teams_cache")
    bench.clock.move(minutes=50)
    await bench.login()
    started = await bench.start("#manage_local_admin_permission", hours="4")
    assert len(await rows(bench, "#fixdesk_recent_executions")) == 2

    bench.clock.move(minutes=11)
    (row,) = await rows(bench, "#fixdesk_recent_executions")

    assert (row["request_id"], row["workflow.nql_id"]) == (started["requestUuid"], "#manage_local_admin_permission")
    assert (row["user.upn"], row["inputs"]) == ("ada@example.com", '{"hours": "4"}')


async def test_what_happens_is_visible_after_a_delay(new_bench: NewBench) -> None:
    """Before it, a run has no row, and an end is not shown."""
    bench = await new_bench(status_delay=timedelta(seconds=10))
    request = (await bench.start("#clear_teams_cache"))["requestUuid"]
    seen = []
    for _ in range(3):
        seen.append(await bench.status(request))
        bench.clock.move(seconds=9)

    assert seen == [None, None, "success"]
    assert bench.sim.state(bench.sim.executions[0].uuid).name == "success"


async def test_a_waiting_run_may_have_a_word_of_its_own(new_bench: NewBench) -> None:
    """The real word is not known, so it can be chosen."""
    bench = await new_bench(waiting_status="waiting_for_event")
    request = (await bench.start("#windows_11_migration"))["requestUuid"]
    bench.clock.move(seconds=5)

    assert await bench.status(request) == "waiting_for_event"


@pytest.mark.parametrize(
    ("words", "waiting_status", "seen"),
    [
        ({}, "waiting", ["started", "waiting", "failure"]),
        (
            {"started": "Queued", "failure": "failed_partially"},
            "in_progress",
            ["Queued", "in_progress", "failed_partially"],
        ),
        ({"in_progress": "Running"}, "in_progress", ["started", "Running", "failure"]),
        ({"in_progress": "Running", "waiting": "Paused"}, "in_progress", ["started", "Paused", "failure"]),
    ],
)
async def test_states_may_be_spelled_otherwise(
    bench: Bench, words: dict[str, str], waiting_status: str, seen: list[str]
) -> None:
    """Each state has its own word, and a waiting run counts as in progress unless it has one."""
    bench.sim.change(status_words=words, waiting_status=waiting_status)
    started = await bench.start("#windows_11_migration")
    found = [await bench.status(started["requestUuid"])]
    bench.clock.move(seconds=4)
    found.append(await bench.status(started["requestUuid"]))
    await bench.trigger("#windows_11_migration", started["executionsUuids"][0])
    found.append(await bench.status(started["requestUuid"]))

    assert found == seen


@pytest.mark.parametrize(
    ("spelling", "keys"),
    [
        ("listed", {"device.name", "device.operating_system.platform", "device.last_seen"}),
        ("last_segment", {"name", "platform", "last_seen"}),
        ("camel_case", {"deviceName", "deviceOperatingSystemPlatform", "deviceLastSeen"}),
    ],
)
async def test_keys_and_columns_can_differ(bench: Bench, spelling: str, keys: set[str]) -> None:
    """A tenant may write other keys, and may lack columns; both change while it runs."""
    bench.sim.change(row_key=ROW_KEYS[spelling], missing_columns=frozenset({"device.collector.uid"}))

    assert set((await rows(bench, "#fixdesk_user_devices", upn="ada@example.com"))[0]) == keys


async def test_version_1_answers_rows_as_arrays(bench: Bench) -> None:
    """The headers name the columns, and the time comes in parts."""
    query = {"queryId": "#fixdesk_user_devices", "parameters": {"upn": "grace@example.com"}}
    answer = (await bench.post("/api/v1/nql/execute", query, **{"x-utc-times": "true"})).json()
    time = {"year": 2026, "month": 11, "day": 23, "hour": 9, "minute": 0, "second": 0}
    columns = ["device.collector.uid", "device.name", "device.operating_system.platform", "device.last_seen"]
    uid = bench.sim.device("LT-GRACE-0018").collector_uid

    assert (answer["queryId"], answer["rows"], answer["executionDateTime"]) == ("#fixdesk_user_devices", 1, time)
    assert (answer["headers"], answer["data"]) == (columns, [[uid, "LT-GRACE-0018", "Windows", "2026-11-23 08:59:00"]])


async def test_the_header_for_utc_says_true_or_false(bench: Bench) -> None:
    """Any other value is refused, for it would not be understood."""
    query = {"queryId": "#fixdesk_recent_executions"}
    answers = [await bench.post("/api/v2/nql/execute", query, **{"x-utc-times": said}) for said in ("false", "yes")]

    assert [answer.status_code for answer in answers] == [200, 400]


async def test_at_most_a_thousand_rows_are_answered(bench: Bench) -> None:
    """What is beyond is left out without a word."""
    users = [{"upn": "ada@example.com"}] * 1001
    body = {"workflowId": "#unlock_account", "users": users, "devices": []}
    (await bench.post("/api/v2/workflows/execute", body)).raise_for_status()

    assert len(await rows(bench, "#fixdesk_recent_executions")) == 1000


@pytest.mark.parametrize(
    ("query_id", "parameters", "status"),
    [
        ("#nothing", {}, 404),
        ("#FIXDESK", {}, 400),
        ("#fixdesk_user_devices", {}, 400),
        ("#fixdesk_user_devices", {"$upn": "ada@example.com"}, 400),
        ("#fixdesk_execution_status", {"upn": "ada@example.com"}, 400),
        ("#fixdesk_recent_executions", {"upn": "ada@example.com"}, 400),
    ],
)
async def test_a_wrong_query_is_refused(bench: Bench, query_id: str, parameters: dict[str, str], status: int) -> None:
    """Errors have the form of the NQL API; an unknown query has the code 100."""
    answer = await bench.nql(query_id, **parameters)

    assert answer.status_code == status
    assert set(answer.json()) == {"message", "code", "source"}
    assert (answer.json()["code"] == 100) == (status == 404)


async def test_a_query_that_nobody_saved_is_unknown(new_bench: NewBench) -> None:
    """A tenant may lack a query."""
    bench = await new_bench(saved_queries=frozenset({"#fixdesk_user_devices"}))

    assert (await bench.nql("#fixdesk_user_devices", upn="ada@example.com")).status_code == 200
    assert (await bench.nql("#fixdesk_recent_executions")).status_code == 404


@pytest.mark.parametrize(
    ("accept", "status", "content_type"),
    [
        ("application/json", 200, "application/json"),
        ("*/*", 200, "application/json"),
        ("text/csv; q=0.9, text/plain", 200, "text/csv"),
        ("text/html", 406, ""),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_rows_come_as_json_or_csv(
    bench: Bench, version: str, accept: str, status: int, content_type: str
) -> None:
    """Any other form answers 406, in both versions."""
    query = {"queryId": "#fixdesk_user_devices", "parameters": {"upn": "ada@example.com"}}
    answer = await bench.post(f"/api/{version}/nql/execute", query, Accept=accept)

    assert (answer.status_code, answer.headers.get("content-type", "").partition(";")[0]) == (status, content_type)
    if content_type == "text/csv":
        assert answer.text.splitlines()[0].startswith("device.collector.uid,device.name")
        assert len(answer.text.splitlines()) == 3


async def test_csv_without_rows_has_its_header(bench: Bench) -> None:
    """The columns are known although nothing was found."""
    query = {"queryId": "#fixdesk_user_devices", "parameters": {"upn": "nobody@example.com"}}
    answer = await bench.post("/api/v2/nql/execute", query, Accept="text/csv")

    assert answer.text.splitlines() == [
        "device.collector.uid,device.name,device.operating_system.platform,device.last_seen"
    ]


async def test_queries_can_be_paced(new_bench: NewBench) -> None:
    """A query that comes too early answers 429 and says when to come again."""
    bench = await new_bench(nql_interval=timedelta(seconds=1))
    statuses = [(await bench.nql("#fixdesk_recent_executions")).status_code]
    early = await bench.nql("#fixdesk_recent_executions")
    bench.clock.move(seconds=1)
    statuses.append((await bench.nql("#fixdesk_recent_executions")).status_code)

    assert statuses == [200, 200]
    assert (early.status_code, early.headers["retry-after"]) == (429, "1")
