"""Faults on demand, going offline, the log, and the face for tests."""

import asyncio

import httpx
import pytest

from bot.playground.nexthink.fault import (
    Endpoint,
    Fault,
    Planned,
    answer,
    cut,
    garbage,
    half,
    hang,
    slow,
    unreadable,
    wrong_shape,
)
from bot.playground.nexthink.settings import Settings
from tests.playground.nexthink.bench import Bench, NewBench

START = {"workflowId": "#clear_teams_cache", "users": [{"upn": "ada@example.com"}], "devices": []}
EXECUTE = "/api/v2/workflows/execute"


async def test_a_status_can_be_asked_for(bench: Bench) -> None:
    """It hits the next requests of its endpoint alone, and takes no effect unless told so."""
    bench.sim.faults.add(Endpoint.EXECUTE, answer(429, "7"), times=2)
    listed = await bench.get("/api/v1/workflows")
    answers = [await bench.post(EXECUTE, START) for _ in range(3)]

    assert listed.status_code == 200
    assert [(one.status_code, one.headers.get("retry-after")) for one in answers] == [
        (429, "7"), (429, "7"), (200, None),
    ]  # fmt: skip
    assert bench.sim.counters.starts == 1


@pytest.mark.parametrize(
    ("fault", "starts"),
    [
        (answer(503), 0),
        (answer(500, processed=True), 1),
        (unreadable(), 1),
        (unreadable(processed=False), 0),
        (garbage(), 1),
        (garbage(processed=False), 0),
    ],
)
async def test_a_wrong_answer_may_hide_a_start(bench: Bench, fault: Fault, starts: int) -> None:
    """What the client sees does not tell whether the request took effect."""
    bench.sim.faults.add(Endpoint.EXECUTE, fault)
    seen = await bench.post(EXECUTE, START)

    assert seen.status_code == fault.status
    with pytest.raises(ValueError, match=r"Expecting value|codec can't decode"):
        seen.json()
    assert bench.sim.counters.starts == starts


@pytest.mark.parametrize("processed", [False, True])
async def test_a_connection_can_be_cut(bench: Bench, processed: bool) -> None:  # noqa: FBT001 - a table's column
    """Before or after the request takes effect; the next one is answered."""
    bench.sim.faults.add(Endpoint.EXECUTE, cut(processed=processed), after=1)
    await bench.post(EXECUTE, START)
    with pytest.raises(httpx.TransportError):
        await bench.post(EXECUTE, START)

    assert bench.sim.counters.starts == 1 + processed
    assert (await bench.post(EXECUTE, START)).status_code == 200


@pytest.mark.parametrize("processed", [False, True])
async def test_an_answer_can_end_in_the_middle(bench: Bench, processed: bool) -> None:  # noqa: FBT001 - as above
    """A status and a length have come, the rest of the body has not."""
    bench.sim.faults.add(Endpoint.EXECUTE, half(processed=processed))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await bench.post(EXECUTE, START)

    assert bench.sim.counters.starts == processed
    assert (await bench.post(EXECUTE, START)).status_code == 200


@pytest.mark.parametrize("shape", [[], {}, None, "ok", {"requestUuid": 7}])
async def test_json_of_another_shape_can_be_asked_for(bench: Bench, shape: object) -> None:
    """It calls itself JSON, and it is."""
    bench.sim.faults.add(Endpoint.EXECUTE, wrong_shape(shape))
    seen = await bench.post(EXECUTE, START)

    assert (seen.status_code, seen.headers["content-type"], seen.json()) == (200, "application/json", shape)
    assert bench.sim.counters.starts == 1


async def test_a_refusal_without_a_token_has_no_body(bench: Bench) -> None:
    """A planned 401 looks like the real one."""
    bench.sim.faults.add(Endpoint.LIST, answer(401))
    planned = await bench.get("/api/v1/workflows")

    assert (planned.status_code, planned.content) == (401, b"")
    assert (await bench.get("/api/v1/workflows")).status_code == 200


async def test_a_slow_request_takes_effect_once_it_is_answered(bench: Bench) -> None:
    """The wait comes first, and a release ends it."""
    bench.sim.faults.add(Endpoint.EXECUTE, slow(600))
    call = asyncio.create_task(bench.post(EXECUTE, START))
    await bench.sim.log.wait_for(EXECUTE)
    assert (call.done(), bench.sim.counters.starts) == (False, 0)

    bench.sim.release()

    assert ((await call).status_code, bench.sim.counters.starts) == (200, 1)


async def test_a_slow_request_is_answered_by_itself(bench: Bench) -> None:
    """After its time it is answered as usual."""
    bench.sim.faults.add(Endpoint.LIST, slow(0.01))

    assert len((await bench.get("/api/v1/workflows")).json()) > 100


async def test_a_fault_can_last_until_it_is_taken_away(bench: Bench) -> None:
    """Counted ones come before it, and other endpoints keep theirs."""
    faults = bench.sim.faults
    faults.add(Endpoint.EXECUTE, answer(503), times=None, after=1)
    faults.add(Endpoint.EXECUTE, answer(429), times=2)
    faults.add(Endpoint.LIST, answer(500), times=None)
    planned = faults.planned(Endpoint.EXECUTE)
    seen = [(await bench.post(EXECUTE, START)).status_code for _ in range(5)]
    faults.clear(Endpoint.EXECUTE)
    seen.append((await bench.post(EXECUTE, START)).status_code)

    assert planned == [Planned(answer(429), 2), Planned(answer(503), None)]
    assert seen == [200, 429, 429, 503, 503, 200]
    assert (faults.planned(Endpoint.EXECUTE), faults.planned(Endpoint.LIST)) == ([], [Planned(answer(500), None)])


async def test_a_request_can_hang_until_it_is_released(bench: Bench) -> None:
    """Its connection is cut in the end."""
    bench.sim.faults.add(Endpoint.NQL, hang())
    call = asyncio.create_task(bench.nql("#fixdesk_recent_executions"))
    await bench.sim.log.wait_for("/nql/execute")
    assert not call.done()

    bench.sim.release()

    with pytest.raises(httpx.TransportError):
        await call


async def test_a_request_that_hangs_does_not_keep_the_server(bench: Bench) -> None:
    """A client gives up, and the server stops at once."""
    bench.sim.faults.add(Endpoint.EXECUTE, hang(processed=True))
    with pytest.raises(httpx.ReadTimeout):
        await bench.http.post(
            bench.sim.api_url + EXECUTE, json=START, headers={"Authorization": f"Bearer {bench.token}"}, timeout=0.05
        )
    async with asyncio.timeout(1):
        await bench.sim.stop()

    assert bench.sim.counters.starts == 1


async def test_the_token_host_fails_too(bench: Bench) -> None:
    """A planned fault can be forgotten."""
    url = bench.sim.login_url + "/oauth2/default/v1/token"
    bench.sim.faults.add(Endpoint.TOKEN, answer(503), times=9)
    assert (await bench.http.post(url)).status_code == 503

    bench.sim.faults.clear()

    assert (await bench.http.post(url)).status_code == 401


async def test_it_comes_back_on_the_same_ports(bench: Bench) -> None:
    """Offline it refuses connections; nothing is forgotten."""
    urls = (bench.sim.api_url, bench.sim.login_url)
    request = (await bench.start("#clear_teams_cache"))["requestUuid"]
    await bench.sim.go_offline()
    assert not bench.sim.is_online
    for url in urls:
        with pytest.raises(httpx.ConnectError):
            await bench.http.get(url)
    await bench.sim.go_online()
    await bench.sim.go_online()

    assert (bench.sim.api_url, bench.sim.login_url, bench.sim.is_online) == (*urls, True)
    assert await bench.status(request) == "started"


async def test_a_port_that_is_taken_is_an_error(bench: Bench, new_bench: NewBench) -> None:
    """Ports can be chosen, and a failed start leaves nothing open."""
    taken = int(bench.sim.login_url.rpartition(":")[2])

    with pytest.raises(OSError, match="address already in use"):
        await new_bench(login_port=taken)


async def test_the_log_keeps_what_was_asked_without_secrets(bench: Bench) -> None:
    """Unknown paths and refused requests stand in it too."""
    bench.sim.log.clear()
    await bench.post(EXECUTE, START, Source="fixdesk")
    await bench.login()
    await bench.get("/api/v3/anything", page="2")
    start, login, stray = bench.sim.log

    assert (start.method, start.path, start.body) == ("POST", EXECUTE, START)
    assert (start.headers["authorization"], start.headers["source"]) == ("Bearer …", "fixdesk")
    assert login.body == "grant_type=client_credentials&scope=service%3Aintegration"
    assert (stray.path, stray.query, stray.body) == ("/api/v3/anything", {"page": "2"}, None)
    secrets = (bench.token, bench.sim.client_secret)
    assert not any(secret in repr((entry, Settings())) for entry in bench.sim.log for secret in secrets)


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff", b'{"workflowId": NaN}'], ids=["deep", "bytes", "constant"])
async def test_a_body_that_cannot_be_read_is_refused(bench: Bench, body: bytes) -> None:
    """Nothing that a client sends is an error of the server."""
    headers = {"Authorization": f"Bearer {bench.token}", "Content-Type": "application/json"}
    refused = await bench.http.post(bench.sim.api_url + EXECUTE, content=body, headers=headers)

    assert (refused.status_code, refused.json()["details"]) == (400, "The body is not JSON.")


async def test_a_run_can_be_started_and_cancelled_elsewhere(bench: Bench) -> None:
    """The console's runs show in NQL, and are no requests of the API."""
    execution = bench.sim.start_elsewhere("#windows_11_migration", "ada@example.com")
    assert await bench.status(execution.request_uuid) == "started"

    bench.sim.cancel(execution.uuid)
    bench.sim.cancel(execution.uuid)

    assert await bench.status(execution.request_uuid) == "cancelled"
    assert (bench.sim.counters.starts, bench.sim.counters.executions) == (0, 1)


async def test_the_counters_tell_what_was_accepted(bench: Bench) -> None:
    """Every request counts as one that arrived."""
    await bench.get("/api/v1/workflows")

    assert (bench.sim.counters.requests, bench.sim.counters.tokens) == (2, 1)
