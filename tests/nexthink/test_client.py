"""The client over real sockets: what it sends, how often, and what it makes of every kind of answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import Device, ExecutionId, ExecutionState, Send, Started, Target
from bot.domain.workflow import WorkflowId
from bot.nexthink.client import NexthinkClient
from bot.nexthink.exchange import GATE
from bot.nexthink.tenant import Queries
from bot.nexthink.wire import Dependency, TriggerMethod
from tests.nexthink.loopback import SECRET, TOKEN_PATH, FakeTenant, RawServer, Reply, http_ok

LIST, DETAILS, NQL = "/api/v1/workflows", "/api/v1/workflows/details", "/api/v2/nql/execute"
EXECUTE_V1, EXECUTE = "/api/v1/workflows/execute", "/api/v2/workflows/execute"
UUID = "6f1d2c3b-4a59-4f68-8b77-1c2d3e4f5a6b"
TRIGGER = f"/api/v1/workflows/workflows/{UUID}/execution/{UUID}/trigger"
RESTART = WorkflowId("#restart & more")
ENTRY = {"id": RESTART, "uuid": UUID, "name": "Restart"}
STARTED = Reply({"requestUuid": "r-1", "executionsUuids": ["e-1"]})
TARGET = Target(upn="ada@example.com", send=Send.USER)

MakeClient = Callable[..., NexthinkClient]
Act = Callable[[NexthinkClient], Awaitable[Any]]


def start(client: NexthinkClient) -> Awaitable[Any]:
    """Start a run."""
    return client.start(RESTART, TARGET, {})


def trigger(client: NexthinkClient) -> Awaitable[Any]:
    """Resume an execution."""
    return client.trigger(UUID, ExecutionId(UUID), {"decision": "approved"})


def read(client: NexthinkClient) -> Awaitable[Any]:
    """Read a workflow."""
    return client.read_workflow(RESTART)


def query(client: NexthinkClient) -> Awaitable[Any]:
    """Ask for a person's devices."""
    return client.devices_of("ada@example.com")


def list_all(client: NexthinkClient) -> Awaitable[Any]:
    """Read the catalog."""
    return client.list_workflows()


CHANGES = [pytest.param(start, EXECUTE, id="start"), pytest.param(trigger, TRIGGER, id="trigger")]
READS = [pytest.param(read, DETAILS, id="read"), pytest.param(query, NQL, id="query")]


async def test_catalog_is_four_filtered_lists(client: NexthinkClient, fake: FakeTenant) -> None:
    """Each dependency is asked for once, and what shows up in several lists comes once."""
    fake.reply(LIST, Reply([ENTRY]))

    assert [workflow.id for workflow in await client.list_workflows()] == [RESTART]
    queries = [dict(call.query) for call in fake.calls(LIST)]
    rest = {"triggerMethod": "API", "fetchOnlyActiveWorkflows": "true"}
    assert sorted(asked["dependency"] for asked in queries) == ["DEVICE", "NONE", "USER", "USER_AND_DEVICE"]
    assert all(rest.items() <= asked.items() for asked in queries)


async def test_catalog_fails_whole(client: NexthinkClient, fake: FakeTenant) -> None:
    """A catalog with one list missing is no catalog."""
    fake.reply(LIST, Reply([ENTRY]), Reply([ENTRY]), Reply({"code": "NO", "details": "not you"}, 403), Reply([ENTRY]))

    with pytest.raises(NexthinkError, match="not you") as caught:
        await client.list_workflows()
    assert caught.value.fault is NexthinkFault.FORBIDDEN


async def test_list_passes_filters_on(client: NexthinkClient, fake: FakeTenant) -> None:
    """One filtered call shows what the tenant shows, inactive ones included."""
    fake.reply(LIST, Reply([ENTRY | {"status": "INACTIVE"}]))
    shown = await client.list_filtered(
        dependency=Dependency.NONE, trigger_method=TriggerMethod.MANUAL, only_active=False
    )

    assert [workflow.is_active for workflow in shown] == [False]
    asked = {"dependency": "NONE", "triggerMethod": "MANUAL", "fetchOnlyActiveWorkflows": "false"}
    assert dict(fake.calls(LIST)[0].query) == asked


async def test_workflow_is_read_by_encoded_id(client: NexthinkClient, fake: FakeTenant) -> None:
    """The number sign, blanks and ampersands of an id arrive as they are."""
    fake.reply(DETAILS, Reply([ENTRY]))

    assert (await client.read_workflow(RESTART)).uuid == UUID
    assert dict(fake.calls(DETAILS)[0].query) == {"nqlId": RESTART}


async def test_start_sends_person_and_device(client: NexthinkClient, fake: FakeTenant) -> None:
    """A start goes through V2 as JSON, with the token, and returns the ids."""
    fake.reply(EXECUTE, STARTED)
    target = Target(upn="ada@example.com", send=Send.BOTH, device=Device(name="LT", collector_uid=UUID))
    started = await client.start(RESTART, target, {"why": "slow"})

    assert started == Started(request_id="r-1", execution_ids=(ExecutionId("e-1"),))
    (sent,) = fake.calls(EXECUTE)
    assert sent.json == {
        "workflowId": RESTART,
        "users": [{"upn": "ada@example.com"}],
        "devices": [{"collectorUid": UUID}],
        "params": {"why": "slow"},
    }
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["Authorization"] == "Bearer token-1"


async def test_v1_takes_collectors_and_sids(client: NexthinkClient, fake: FakeTenant) -> None:
    """V1 has plain lists."""
    fake.reply(EXECUTE_V1, STARTED)
    await client.execute_v1(RESTART, devices=[UUID], users=["S-1-5-21"], params={})

    assert fake.calls(EXECUTE_V1)[0].json == {
        "workflowId": RESTART,
        "users": ["S-1-5-21"],
        "devices": [UUID],
        "params": {},
    }


@pytest.mark.parametrize("payload", [[{"requestUuid": "r"}], {"requestUuid": "r"}])
async def test_trigger_takes_both_shapes(client: NexthinkClient, fake: FakeTenant, payload: Any) -> None:
    """An array and an object both mean that the event was accepted."""
    fake.reply(TRIGGER, Reply(payload))
    await trigger(client)

    assert fake.calls(TRIGGER)[0].json == {"parameters": {"decision": "approved"}}


@pytest.mark.parametrize("source", ["fixdesk", None])
async def test_source_goes_with_workflow_calls_alone(
    make_client: MakeClient, fake: FakeTenant, source: str | None
) -> None:
    """All five workflow endpoints carry the header where it is set; the token and NQL never do."""
    for path, reply in ((LIST, Reply([])), (DETAILS, Reply(ENTRY)), (TRIGGER, STARTED), (NQL, Reply({"data": []}))):
        fake.reply(path, reply)
    for path in (EXECUTE_V1, EXECUTE):
        fake.reply(path, STARTED)
    client = make_client(source=source)
    for act in (list_all, read, start, trigger, query):
        await act(client)
    await client.execute_v1(RESTART, devices=[], users=["S-1-5-21"], params={})

    for call in fake.received:
        expected = None if call.path in {TOKEN_PATH, NQL} else source
        assert call.headers.get("Source") == expected
    assert {LIST, DETAILS, EXECUTE, EXECUTE_V1, TRIGGER, NQL, TOKEN_PATH} == {call.path for call in fake.received}


async def test_devices_come_from_the_stored_query(client: NexthinkClient, fake: FakeTenant) -> None:
    """The query is named, the person given, UTC asked for, and a row without a Collector left out."""
    fake.reply(NQL, Reply({"data": [{"collector.uid": UUID, "name": "LT"}, {"name": "odd"}]}))

    assert await client.devices_of("ada@example.com") == [Device(name="LT", collector_uid=UUID)]
    (asked,) = fake.calls(NQL)
    assert asked.json == {"queryId": "#devices", "parameters": {"upn": "ada@example.com"}}
    assert (asked.headers["Accept"], asked.headers["x-utc-times"]) == ("application/json", "true")


async def test_executions_come_from_the_stored_queries(client: NexthinkClient, fake: FakeTenant) -> None:
    """One request is asked for by its id, the recent ones without any."""
    rows = [{"request_id": "r-1", "execution_id": "e-1", "status": "success"}, {"request_id": "r-2"}]
    fake.reply(NQL, Reply({"data": rows}))
    of_one, recent = await client.executions_of("r-1"), await client.recent_executions()

    assert of_one == recent
    assert [(seen.execution_id, seen.state) for seen in recent] == [("e-1", ExecutionState.SUCCEEDED)]
    assert [call.json for call in fake.calls(NQL)] == [
        {"queryId": "#status", "parameters": {"request_id": "r-1"}},
        {"queryId": "#recent", "parameters": {}},
    ]


async def test_query_that_is_not_set_up_makes_no_call(make_client: MakeClient, fake: FakeTenant) -> None:
    """Without an id nothing is asked, not even for a token."""
    client = make_client(queries=Queries())
    for act in (query, NexthinkClient.recent_executions):
        with pytest.raises(NexthinkError, match="no query is set up"):
            await act(client)

    assert fake.received == []


@pytest.mark.parametrize(("act", "path"), [*CHANGES, *READS])
async def test_401_is_answered_with_a_new_token_once(
    client: NexthinkClient, fake: FakeTenant, act: Act, path: str
) -> None:
    """Each call is sent again once after a 401, with another token, then the credential is at fault."""
    fake.reply(path, Reply(status=401))

    with pytest.raises(NexthinkError) as caught:
        await act(client)
    assert caught.value.fault is NexthinkFault.UNAUTHORIZED
    sent = [call.headers["Authorization"] for call in fake.calls(path)]
    assert sent == ["Bearer token-1", "Bearer token-2"]


async def test_401_may_be_mended_by_a_new_token(client: NexthinkClient, fake: FakeTenant) -> None:
    """A token that was withdrawn early costs one more call, and nobody notices."""
    fake.reply(EXECUTE, Reply(status=401), STARTED)

    assert (await client.start(RESTART, TARGET, {})).request_id == "r-1"


@pytest.mark.parametrize(("act", "path"), CHANGES)
@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply({"code": "BAD", "details": "no"}, 400), NexthinkFault.REFUSED),
        (Reply(status=403), NexthinkFault.FORBIDDEN),
        (Reply(status=404), NexthinkFault.NOT_FOUND),
        (Reply(status=429, headers={"Retry-After": "2"}), NexthinkFault.BUSY),
        (Reply(status=302, headers={"Location": EXECUTE}), NexthinkFault.UNCLEAR),
        (Reply(status=500), NexthinkFault.UNCLEAR),
        (Reply(status=503, headers={"Retry-After": "2"}), NexthinkFault.UNCLEAR),
        (Reply(status=204), NexthinkFault.UNCLEAR),
        (Reply(b"<html>"), NexthinkFault.UNCLEAR),
        (Reply({}), NexthinkFault.UNCLEAR),
        (Reply(b"no gzip", headers={"Content-Encoding": "gzip"}), NexthinkFault.UNCLEAR),
    ],
)
async def test_what_changes_something_is_sent_once(
    client: NexthinkClient, fake: FakeTenant, *, act: Act, path: str, reply: Reply, fault: NexthinkFault
) -> None:
    """A start and a trigger are sent once, whatever the answer, and it is told for what it is."""
    fake.reply(path, reply)

    with pytest.raises(NexthinkError) as caught:
        await act(client)
    assert caught.value.fault is fault
    assert len(fake.calls(path)) == 1
    assert fake.clock.pauses == []


@pytest.mark.parametrize(("act", "path"), CHANGES)
async def test_nothing_is_sent_twice_on_a_cut_connection(make_client: MakeClient, act: Act, path: str) -> None:
    """A fresh or a kept connection that is cut leaves the result open, and nothing is sent again."""
    async with RawServer(http_ok([]), http_ok([]), None, None) as api:
        client = make_client(api_url=api.url)
        await client.list_filtered()
        await client.list_filtered()
        for _ in range(2):
            with pytest.raises(NexthinkError) as caught:
                await act(client)
            assert caught.value.fault is NexthinkFault.UNCLEAR

    assert [request.split(b" ")[1].decode() for request in api.requests[2:]] == [path, path]


@pytest.mark.parametrize(("act", "path"), [*CHANGES, *READS])
async def test_silence_is_unclear_and_not_tried_again(make_client: MakeClient, act: Act, path: str) -> None:
    """An answer that does not come in time leaves the result open."""
    async with RawServer(b"") as api:
        with pytest.raises(NexthinkError) as caught:
            await act(make_client(api_url=api.url, timeout=httpx.Timeout(0.1)))

    assert caught.value.fault is NexthinkFault.UNCLEAR
    assert path in api.requests[0].decode()


@pytest.mark.parametrize(("act", "path"), CHANGES)
async def test_no_connection_is_surely_not_done(make_client: MakeClient, fake: FakeTenant, act: Act, path: str) -> None:
    """Where nobody listens, or no token can be had, nothing was sent."""
    async with RawServer() as away:
        url = away.url
    for client in (make_client(api_url=url), make_client(login_url=url)):
        with pytest.raises(NexthinkError) as caught:
            await act(client)
        assert (caught.value.fault, caught.value.surely_not_done) == (NexthinkFault.UNREACHABLE, True)

    assert fake.calls(path) == []


@pytest.mark.parametrize(("act", "path"), READS)
@pytest.mark.parametrize("trouble", [Reply(status=429), Reply(status=500), Reply(status=503)])
async def test_reads_are_tried_three_times(
    client: NexthinkClient, fake: FakeTenant, *, act: Act, path: str, trouble: Reply
) -> None:
    """A read gets over two failures, with a pause after each, and not over three."""
    fine = Reply(ENTRY | {"data": []})
    fake.reply(path, trouble, trouble, fine, trouble)
    await act(client)

    assert len(fake.calls(path)) == 3
    assert len(fake.clock.pauses) >= 2
    with pytest.raises(NexthinkError):
        await act(client)


async def test_reads_get_over_a_cut_connection(make_client: MakeClient) -> None:
    """A POST that only reads is sent again after a cut connection."""
    async with RawServer(None, None, http_ok({"data": []})) as api:
        assert await make_client(api_url=api.url).devices_of("ada@example.com") == []

    assert len(api.requests) == 3


async def test_long_wait_is_told_instead_of_waited(client: NexthinkClient, fake: FakeTenant) -> None:
    """A read that shall wait more than 5 s says how long, and asks no more."""
    fake.reply(NQL, Reply(status=429, headers={"Retry-After": "Mon, 23 Nov 2026 12:01:00 GMT"}))

    with pytest.raises(NexthinkError) as caught:
        await client.devices_of("ada@example.com")
    assert (caught.value.fault, caught.value.retry_after) == (NexthinkFault.BUSY, 60.0)
    assert len(fake.calls(NQL)) == 1


async def test_gate_holds_back_more_than_it_takes(client: NexthinkClient, fake: FakeTenant) -> None:
    """Of many calls at once only as many as the gate takes are under way."""
    fake.reply(EXECUTE, STARTED)
    await client.sign_in()
    fake.is_open.clear()
    calls = [asyncio.ensure_future(start(client)) for _ in range(GATE + 4)]
    await fake.wait_for(EXECUTE, GATE)
    fake.is_open.set()
    await asyncio.gather(*calls)

    assert (fake.most_at_once, len(fake.calls(EXECUTE))) == (GATE, GATE + 4)


async def test_token_and_secret_are_in_no_error(
    client: NexthinkClient, fake: FakeTenant, caplog: pytest.LogCaptureFixture
) -> None:
    """An error page that echoes the request shows no token."""
    caplog.set_level("DEBUG")
    fake.reply(EXECUTE, Reply({"code": "token-1", "details": "you sent Bearer token-1"}, 400))

    with pytest.raises(NexthinkError, match=r"you sent Bearer \*\*\*") as caught:
        await start(client)
    shown = f"{caught.value!r} {caught.value} {caplog.text}"
    assert "token-1" not in shown
    assert SECRET not in shown
