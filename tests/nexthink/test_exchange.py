"""What all calls share, over real sockets: turns for NQL, the breakers, the deadline."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable

import pytest

from bot.domain.errors import Effect, NexthinkError, NexthinkFault
from bot.domain.run import Send, Target
from bot.domain.targets import Identifier
from bot.domain.workflow import WorkflowId
from bot.nexthink import exchange, wire
from bot.nexthink.breaker import PERSON_AFTER, THRESHOLD
from bot.nexthink.client import NexthinkClient
from bot.nexthink.exchange import GATE, TIRED_AFTER
from bot.nexthink.limiter import BURST
from tests.nexthink.loopback import TOKEN_PATH, FakeTenant, RawServer, Reply

DETAILS, NQL, EXECUTE = "/api/v1/workflows/details", "/api/v2/nql/execute", "/api/v2/workflows/execute"
LIST = "/api/v1/workflows"
RESTART = WorkflowId("#restart")
ENTRY = {"id": RESTART, "uuid": "u-1", "name": "Restart"}
TARGET = Target(upn="ada@example.com", send=Send.USER)
STARTED = Reply({"requestUuid": "r-1", "executionsUuids": ["e-1"]})

MakeClient = Callable[..., NexthinkClient]


async def fail_often(client: NexthinkClient, fake: FakeTenant) -> None:
    """Let starts fail until they are held back."""
    fake.reply(EXECUTE, Reply(status=503))
    for _ in range(THRESHOLD):
        with contextlib.suppress(NexthinkError):
            await client.start(RESTART, TARGET, {})
    fake.reply(EXECUTE, STARTED)


async def test_questions_beyond_the_burst_wait_for_their_turn(client: NexthinkClient, fake: FakeTenant) -> None:
    """Five go at once, whoever asks them, the next two seconds later."""
    fake.reply(NQL, Reply({"data": []}))
    for _ in range(BURST - 1):
        await client.executions_of("q-1")
    await client.devices_of("ada@example.com")
    at_once = list(fake.clock.pauses)
    await client.recent_executions()

    assert at_once == []
    assert sum(fake.clock.pauses) == pytest.approx(2.0)


async def test_workflow_calls_need_no_turn(client: NexthinkClient, fake: FakeTenant) -> None:
    """Only NQL is asked at a pace."""
    fake.reply(DETAILS, Reply(ENTRY))
    for _ in range(3 * BURST):
        await client.read_workflow(RESTART)

    assert fake.clock.pauses == []


@pytest.mark.parametrize(("headers", "seconds"), [({"Retry-After": "4"}, 4.0), ({}, 2.0)], ids=["named", "not named"])
async def test_patience_that_nql_asks_for_is_kept_by_all(
    client: NexthinkClient, fake: FakeTenant, *, headers: dict[str, str], seconds: float
) -> None:
    """After a 429 no question goes out before its time, whoever asks it."""
    fake.reply(NQL, Reply({"data": []}))
    await client.executions_of("q-1")
    fake.reply(NQL, Reply(status=429, headers=headers), Reply({"data": []}))
    began = fake.clock()
    await asyncio.gather(client.executions_of("q-1"), client.devices_of("ada@example.com"))

    assert len(fake.calls(NQL)) == 4
    assert (fake.clock() - began).total_seconds() >= seconds


async def test_long_patience_of_nql_is_told_to_all(client: NexthinkClient, fake: FakeTenant) -> None:
    """Whoever asks while Nexthink wants to be left alone for long hears so at once, and nothing is sent."""
    fake.reply(NQL, Reply(status=429, headers={"Retry-After": "600"}))
    with pytest.raises(NexthinkError, match="fewer calls"):
        await client.executions_of("q-1")
    with pytest.raises(NexthinkError, match="fewer calls") as caught:
        await client.devices_of("ada@example.com")

    assert caught.value.retry_after == 600.0
    assert len(fake.calls(NQL)) == 1
    assert fake.clock.pauses == []


async def test_patience_that_the_login_host_asks_for_is_not_nqls(client: NexthinkClient, fake: FakeTenant) -> None:
    """A 429 for the token holds up no question once there is one."""
    fake.reply(NQL, Reply({"data": []}))
    fake.reply(TOKEN_PATH, Reply(status=429, headers={"Retry-After": "600"}))
    with pytest.raises(NexthinkError, match="access token"):
        await client.executions_of("q-1")
    fake.reply(TOKEN_PATH, Reply({"access_token": "t", "token_type": "Bearer", "expires_in": 900}))

    assert await client.executions_of("q-1") == []
    assert len(fake.calls(TOKEN_PATH)) == 2, "the login host is asked again only for the next call"


async def test_silent_nexthink_is_left_alone_and_says_so(client: NexthinkClient, fake: FakeTenant) -> None:
    """Once enough calls had no answer, the next fails at once, is surely not sent, and tells when to come again."""
    await fail_often(client, fake)

    with pytest.raises(NexthinkError, match="left alone for some seconds") as caught:
        await client.start(RESTART, TARGET, {})
    assert len(fake.calls(EXECUTE)) == THRESHOLD
    assert (caught.value.fault, caught.value.effect) == (NexthinkFault.AWAY, Effect.NOT_SENT)
    assert caught.value.retry_after == PERSON_AFTER.total_seconds()
    assert client.trouble is not None
    assert client.trouble.status == 503, "what went wrong tells more than that it is left alone"


async def test_call_of_a_person_is_the_probe(client: NexthinkClient, fake: FakeTenant) -> None:
    """After five seconds a start goes out, and its answer lets all others go again."""
    await fail_often(client, fake)
    fake.reply(LIST, Reply([ENTRY]))
    fake.clock.advance(5)
    with pytest.raises(NexthinkError, match="left alone"):
        await client.list_workflows()
    await client.start(RESTART, TARGET, {})

    assert [workflow.id for workflow in await client.list_workflows()] == [RESTART]
    assert client.trouble is None


async def test_catalog_comes_back_with_the_first_probe(client: NexthinkClient, fake: FakeTenant) -> None:
    """The four lists do not stand in each other's way when nobody else asks."""
    await fail_often(client, fake)
    fake.reply(LIST, Reply([ENTRY]))
    fake.clock.advance(10)

    assert [workflow.id for workflow in await client.list_workflows()] == [RESTART]


async def test_silent_nql_does_not_stop_starts(client: NexthinkClient, fake: FakeTenant) -> None:
    """The two services fail apart from each other."""
    fake.reply(EXECUTE, STARTED)
    fake.reply(NQL, Reply(status=500))
    for _ in range(THRESHOLD):
        with contextlib.suppress(NexthinkError):
            await client.devices_of("ada@example.com")

    with pytest.raises(NexthinkError, match="left alone"):
        await client.devices_of("ada@example.com")
    await client.start(RESTART, TARGET, {})


async def test_refusals_hold_nobody_back(client: NexthinkClient, fake: FakeTenant) -> None:
    """However often Nexthink refuses, it answers."""
    fake.reply(EXECUTE, Reply({"code": "NO", "details": "no"}, 400))
    for _ in range(3 * THRESHOLD):
        with pytest.raises(NexthinkError, match="refused the request"):
            await client.start(RESTART, TARGET, {})

    assert len(fake.calls(EXECUTE)) == 3 * THRESHOLD


async def test_calls_that_were_given_up_count(client: NexthinkClient, fake: FakeTenant) -> None:
    """Callers that lose their patience one after another find the breaker open; one that leaves early says nothing."""
    fake.reply(DETAILS, Reply(ENTRY))
    await client.sign_in()
    fake.is_open.clear()
    for patience in (0.0, *[TIRED_AFTER.total_seconds()] * THRESHOLD):
        asked = asyncio.create_task(client.read_workflow(RESTART))
        await fake.wait_for(DETAILS, len(fake.calls(DETAILS)) + 1)
        fake.clock.advance(patience)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)

    with pytest.raises(NexthinkError, match="left alone"):
        await client.read_workflow(RESTART)
    assert len(fake.calls(DETAILS)) == THRESHOLD + 1


async def test_hanging_starts_hold_up_no_question(client: NexthinkClient, fake: FakeTenant) -> None:
    """Each service has a gate of its own, and who finds no place at it surely sent nothing."""
    fake.reply(NQL, Reply({"data": []}))
    await client.sign_in()
    fake.is_open.clear()
    starts = [asyncio.create_task(client.start(RESTART, TARGET, {})) for _ in range(GATE)]
    await fake.wait_for(EXECUTE, GATE)
    question = asyncio.create_task(client.devices_of("ada@example.com"))
    await fake.wait_for(NQL, 1)
    fake.is_open.set()
    fake.reply(EXECUTE, STARTED)

    assert await question == []
    await asyncio.gather(*starts, return_exceptions=True)


async def test_place_that_never_comes_free_is_told(
    client: NexthinkClient, fake: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start behind too many others was surely not sent."""
    monkeypatch.setattr(exchange, "GATE_PATIENCE", 0.05)
    await client.sign_in()
    fake.is_open.clear()
    fake.reply(EXECUTE, STARTED)
    starts = [asyncio.create_task(client.start(RESTART, TARGET, {})) for _ in range(GATE)]
    await fake.wait_for(EXECUTE, GATE)

    with pytest.raises(NexthinkError, match="too much is under way") as caught:
        await client.start(RESTART, TARGET, {})
    assert caught.value.effect is Effect.NOT_SENT
    fake.is_open.set()
    await asyncio.gather(*starts)
    assert len(fake.calls(EXECUTE)) == GATE


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 403 Acc\xe8s refus\xe9\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 429 Busy\r\nContent-Length: 0\r\nRetry-After: 9999999999999\r\n\r\n",
        b"HTTP/1.1 503 No\r\nContent-Length: 0\r\nRetry-After: Mon, 23 Nov 9999 12:00:00 -9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/\xff\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["no ASCII", "a wait beyond all time", "a date beyond all time", "an odd type"],
)
async def test_odd_answer_is_a_typed_failure(make_client: MakeClient, answer: bytes) -> None:
    """However odd the answer, what fails is one `NexthinkError`, after one request."""
    async with RawServer(answer) as api:
        with pytest.raises(NexthinkError):
            await make_client(api_url=api.url).start(RESTART, TARGET, {})

    assert len(api.requests) == 1


async def test_answer_that_drips_in_has_a_deadline(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call ends in time although something comes in all the while; whether a start was done is then open."""
    hurried = dataclasses.replace(wire.execute_many_call(RESTART, [{Identifier.UPN: TARGET.upn}], {}), deadline=0.1)
    monkeypatch.setattr(wire, "execute_v2_call", lambda *_args, **_others: hurried)
    async with RawServer(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{") as api:
        with pytest.raises(NexthinkError) as caught:
            await make_client(api_url=api.url).start(RESTART, TARGET, {})

    assert (caught.value.fault, caught.value.effect) == (NexthinkFault.UNCLEAR, Effect.UNKNOWN)
    assert len(api.requests) == 1
