"""What the client does about each fault at each endpoint: how often it asks, what it says, and that nothing leaks."""

import base64
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

import httpx
import pytest

from bot.domain.errors import Effect, NexthinkError, NexthinkFault
from bot.domain.run import ExecutionId, Send, Target
from bot.domain.targets import Identifier
from bot.domain.workflow import WorkflowId
from bot.nexthink.client import NexthinkClient
from bot.nexthink.tenant import Tenant
from bot.nexthink.transport import connect
from bot.nexthink.wire import Dependency, TriggerMethod
from bot.playground.nexthink.fault import (
    Endpoint,
    Fault,
    answer,
    cut,
    garbage,
    half,
    hang,
    slow,
    unreadable,
    wrong_shape,
)
from bot.playground.nexthink.nql import EXECUTION_STATUS
from bot.playground.nexthink.server import SimulatedNexthink
from tests.conformance.conftest import QUERIES
from tests.playground.nexthink.bench import Clock

MIGRATION, TEAMS = WorkflowId("#windows_11_migration"), WorkflowId("#clear_teams_cache")
ADA = "ada@example.com"
PATIENCE = 0.2
"""How long an answer is waited for in these tests, in seconds."""

_F = NexthinkFault


@dataclass(frozen=True, slots=True)
class Act:
    """One of the client's calls: where it goes, and how it is made."""

    endpoint: Endpoint
    call: Callable[[NexthinkClient, SimulatedNexthink, ExecutionId], Awaitable[object]]
    path: str


READS = {
    "list": Act(
        Endpoint.LIST,
        lambda client, _sim, _id: client.list_filtered(dependency=Dependency.USER, trigger_method=TriggerMethod.API),
        "/workflows",
    ),
    "details": Act(Endpoint.DETAILS, lambda client, _sim, _id: client.read_workflow(TEAMS), "/details"),
    "devices": Act(Endpoint.NQL, lambda client, _sim, _id: client.devices_of(ADA), "/v2/nql/execute"),
    "status": Act(Endpoint.NQL, lambda client, _sim, _id: client.executions_of("q-1"), "/v2/nql/execute"),
    "recent": Act(Endpoint.NQL, lambda client, _sim, _id: client.recent_executions(), "/v2/nql/execute"),
    "nql v1": Act(
        Endpoint.NQL,
        lambda client, _sim, _id: client.query(EXECUTION_STATUS, {"request_id": "q-1"}, version=1),
        "/v1/nql/execute",
    ),
}
CHANGES = {
    "start": Act(
        Endpoint.EXECUTE,
        lambda client, _sim, _id: client.start(TEAMS, Target(upn=ADA, send=Send.USER), {}),
        "/v2/workflows/execute",
    ),
    "start many": Act(
        Endpoint.EXECUTE,
        lambda client, sim, _id: client.start_many(TEAMS, [{Identifier.SID: sim.user(ADA).sid}], {}),
        "/v1/workflows/execute",
    ),
    "trigger": Act(
        Endpoint.TRIGGER,
        lambda client, sim, one: client.trigger(sim.workflow(MIGRATION).uuid, one, {"decision": "approved"}),
        "/trigger",
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What comes of a call: how many requests it takes, and what it fails with."""

    requests: int
    fault: NexthinkFault | None = None
    effect: Effect | None = None


FINE, AGAIN = Told(1), Told(2)
OPEN = Told(1, _F.UNCLEAR, Effect.UNKNOWN)


def refused(fault: NexthinkFault) -> Told:
    """Return a refusal, which is not asked for a second time."""
    return Told(1, fault, Effect.REFUSED)


FAULTS: Mapping[str, tuple[Fault, Told, Told]] = {
    "slow": (slow(PATIENCE / 4), FINE, FINE),
    "400": (answer(400, body='{"code": "NO", "details": "not so"}'), refused(_F.REFUSED), refused(_F.REFUSED)),
    "401 once": (answer(401), AGAIN, AGAIN),
    "403": (answer(403), refused(_F.FORBIDDEN), refused(_F.FORBIDDEN)),
    "404": (answer(404), refused(_F.NOT_FOUND), refused(_F.NOT_FOUND)),
    "409 of a gateway": (answer(409), AGAIN, OPEN),
    "409 of Nexthink": (answer(409, body='{"code": "NO"}'), refused(_F.REFUSED), refused(_F.REFUSED)),
    "413": (answer(413), refused(_F.REFUSED), refused(_F.REFUSED)),
    "429": (answer(429), AGAIN, refused(_F.BUSY)),
    "429 in seconds": (answer(429, "2"), AGAIN, refused(_F.BUSY)),
    "429 until a date": (answer(429, "Mon, 23 Nov 2026 09:00:03 GMT"), AGAIN, refused(_F.BUSY)),
    "429 for long": (answer(429, "60"), refused(_F.BUSY), refused(_F.BUSY)),
    "500": (answer(500), AGAIN, OPEN),
    "502": (answer(502, body="<html>bad gateway"), AGAIN, OPEN),
    "503": (answer(503), AGAIN, OPEN),
    "503, done": (answer(503, processed=True), AGAIN, OPEN),
    "redirected": (answer(302), AGAIN, OPEN),
    "hangs": (hang(), OPEN, OPEN),
    "hangs, done": (hang(processed=True), OPEN, OPEN),
    "cut": (cut(processed=False), AGAIN, OPEN),
    "cut, done": (cut(processed=True), AGAIN, OPEN),
    "half an answer": (half(), AGAIN, OPEN),
    "garbage": (garbage(), AGAIN, OPEN),
    "a page": (unreadable(), AGAIN, OPEN),
    "another shape": (wrong_shape({"odd": 1}), OPEN, OPEN),
}
"""Each fault, once, and what comes of it for a read and for a call that changes something."""

CASES = [
    pytest.param(act, fault, told[is_change], id=f"{name}, {act_name}")
    for name, (fault, *told) in FAULTS.items()
    for is_change, acts in enumerate((READS, CHANGES))
    for act_name, act in acts.items()
]
ACTS = [pytest.param(act, id=name) for name, act in (READS | CHANGES).items()]


@pytest.fixture
async def client(nexthink: SimulatedNexthink, clock: Clock) -> AsyncIterator[NexthinkClient]:
    """The client, in a hurry, whose pauses move the clock instead of taking time."""
    tenant = Tenant(
        api_url=nexthink.api_url,
        login_url=nexthink.login_url,
        client_id=nexthink.client_id,
        client_secret=nexthink.client_secret,
    )

    async def sleep(seconds: float) -> None:
        clock.move(seconds=seconds)

    async with connect(tenant, timeout=httpx.Timeout(PATIENCE)) as http:
        client = NexthinkClient(http, tenant, QUERIES, clock=clock, sleep=sleep)
        yield client
        await client.aclose()


@pytest.fixture
def waiting(nexthink: SimulatedNexthink, clock: Clock) -> ExecutionId:
    """An execution that waits for its event."""
    execution = nexthink.start_elsewhere(MIGRATION, ADA)
    clock.move(seconds=4)
    return ExecutionId(execution.uuid)


@pytest.fixture
async def secrets(client: NexthinkClient, nexthink: SimulatedNexthink) -> list[str]:
    """What may be seen nowhere, with the token already fetched."""
    return [nexthink.client_secret, await client._exchange.tokens.get()]


async def told_by(act: Act, client: NexthinkClient, nexthink: SimulatedNexthink, one: ExecutionId) -> tuple[Told, str]:
    """Make a call; return what came of it, and all that a log of its failure would show."""
    before = len(nexthink.log.to(act.path))
    try:
        await act.call(client, nexthink, one)
    except NexthinkError as error:
        shown = f"{error!r}\n{''.join(traceback.format_exception(error))}"
        return Told(len(nexthink.log.to(act.path)) - before, error.fault, error.effect), shown
    return Told(len(nexthink.log.to(act.path)) - before), ""


@pytest.mark.parametrize(("act", "fault", "expected"), CASES)
async def test_fault_at_an_endpoint(  # noqa: PLR0913 - the cells of a table
    client: NexthinkClient,
    nexthink: SimulatedNexthink,
    waiting: ExecutionId,
    secrets: list[str],
    caplog: pytest.LogCaptureFixture,
    *,
    act: Act,
    fault: Fault,
    expected: Told,
) -> None:
    """Reads get over what passes; a start or an answer is sent once, but after a 401; every failure is one typed error.

    No token and no secret is in the error, in its trace or in any line of the log.
    """
    caplog.set_level(logging.DEBUG)
    nexthink.faults.add(act.endpoint, fault)

    told, shown = await told_by(act, client, nexthink, waiting)

    assert told == expected
    assert nexthink.counters.starts <= 1
    assert nexthink.counters.triggers <= 1
    nexthink.release()
    assert not [secret for secret in secrets if secret in shown + caplog.text]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(answer(400, body='{"error": "invalid_scope"}'), _F.UNAUTHORIZED, id="400"),
        pytest.param(answer(401, body='{"error": "invalid_client"}'), _F.UNAUTHORIZED, id="401"),
        pytest.param(answer(403), _F.UNAUTHORIZED, id="403"),
        pytest.param(answer(429, "30"), _F.BUSY, id="429"),
        pytest.param(answer(503), _F.UNREACHABLE, id="503"),
        pytest.param(cut(processed=True), _F.UNREACHABLE, id="cut"),
        pytest.param(half(), _F.UNREACHABLE, id="half an answer"),
        pytest.param(garbage(), _F.UNREACHABLE, id="garbage"),
        pytest.param(wrong_shape({"access_token": ""}), _F.UNREACHABLE, id="another shape"),
    ],
)
async def test_fault_at_the_login_host(
    client: NexthinkClient,
    nexthink: SimulatedNexthink,
    waiting: ExecutionId,
    *,
    act: Act,
    fault: Fault,
    expected: NexthinkFault,
) -> None:
    """Without a token nothing is sent, and the failure says that surely nothing was done."""
    nexthink.faults.add(Endpoint.TOKEN, fault, times=None)

    told, shown = await told_by(act, client, nexthink, waiting)

    assert (told.requests, told.fault) == (0, expected)
    assert told.effect is not Effect.UNKNOWN
    assert nexthink.client_secret not in shown


@pytest.mark.parametrize("act", ACTS)
async def test_second_401_is_told(
    client: NexthinkClient, nexthink: SimulatedNexthink, waiting: ExecutionId, act: Act
) -> None:
    """With a new token a call is tried once more, and not a third time."""
    nexthink.faults.add(act.endpoint, answer(401), times=None)

    told, _ = await told_by(act, client, nexthink, waiting)

    assert told == Told(2, _F.UNAUTHORIZED, Effect.REFUSED)


@pytest.mark.parametrize("act", ACTS)
async def test_nobody_listens(
    client: NexthinkClient, nexthink: SimulatedNexthink, waiting: ExecutionId, act: Act
) -> None:
    """Where no connection can be made nothing was sent."""
    await client.sign_in()
    await nexthink.go_offline()

    told, _ = await told_by(act, client, nexthink, waiting)

    assert told == Told(0, _F.UNREACHABLE, Effect.NOT_SENT)


@pytest.mark.parametrize("act", ACTS)
async def test_echoed_secret_is_not_shown(
    client: NexthinkClient, nexthink: SimulatedNexthink, waiting: ExecutionId, secrets: list[str], act: Act
) -> None:
    """An error page that repeats what was sent, or what a gateway knows, brings no secret into a sentence."""
    pair = f"{nexthink.client_id}:{nexthink.client_secret}"
    secrets = [*secrets, base64.b64encode(pair.encode()).decode()]
    said = f"you sent {' and '.join(secrets)}"
    nexthink.revoke_tokens()
    nexthink.faults.add(act.endpoint, answer(400, body=json.dumps({"code": said, "details": said, "message": said})), 2)

    told, shown = await told_by(act, client, nexthink, waiting)

    assert told.fault is _F.REFUSED
    assert "you sent *** and *** and ***" in shown
    assert not [secret for secret in secrets if secret in shown]
