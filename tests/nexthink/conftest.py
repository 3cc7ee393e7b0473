"""The real client, talking to a tenant on loopback; no test waits, for pauses are written down instead."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from bot.nexthink.client import NexthinkClient
from bot.nexthink.tenant import Queries, Tenant
from bot.nexthink.transport import TIMEOUT, connect
from tests.nexthink.loopback import SECRET, Clock, FakeTenant

QUERIES = Queries(devices="#devices", status="#status", recent="#recent")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTenant]:
    """A tenant that listens."""
    fake = FakeTenant()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def clock(fake: FakeTenant) -> Clock:
    """The clock that its clients go by."""
    return fake.clock


@pytest.fixture
async def make_client(fake: FakeTenant) -> AsyncIterator[Callable[..., NexthinkClient]]:
    """Builds a client of the tenant, with whatever is to differ; all are closed at the end."""
    stack = AsyncExitStack()
    plain = {"api_url": fake.url, "login_url": fake.url, "client_id": "fixdesk", "client_secret": SECRET}

    def make(*, queries: Queries = QUERIES, timeout: httpx.Timeout = TIMEOUT, **changes: str) -> NexthinkClient:
        tenant = Tenant(**(plain | changes))
        http = connect(tenant, timeout=timeout)
        client = NexthinkClient(http, tenant, queries, clock=fake.clock, sleep=fake.clock.sleep)
        stack.push_async_callback(http.aclose)
        stack.push_async_callback(client.aclose)
        return client

    yield make
    await stack.aclose()


@pytest.fixture
def client(make_client: Callable[..., NexthinkClient]) -> NexthinkClient:
    """A client of the tenant."""
    return make_client()
