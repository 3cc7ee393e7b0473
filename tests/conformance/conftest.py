"""Fixtures: the real client, talking to a running simulation."""

from collections.abc import AsyncIterator

import pytest

from bot.nexthink.client import NexthinkClient
from bot.nexthink.tenant import Queries, Tenant
from bot.nexthink.transport import connect
from bot.playground.nexthink.catalog import load_catalog
from bot.playground.nexthink.nql import EXECUTION_STATUS, RECENT_EXECUTIONS, USER_DEVICES
from bot.playground.nexthink.server import SimulatedNexthink, start_simulated_nexthink
from bot.playground.seed import EXAMPLE_CORP
from tests.playground.nexthink.bench import Clock

QUERIES = Queries(devices=USER_DEVICES, status=EXECUTION_STATUS, recent=RECENT_EXECUTIONS)


@pytest.fixture
def clock() -> Clock:
    """The clock that both go by."""
    return Clock()


@pytest.fixture
async def nexthink(clock: Clock) -> AsyncIterator[SimulatedNexthink]:
    """A simulation with the default switches."""
    nexthink = await start_simulated_nexthink(EXAMPLE_CORP.people, load_catalog(), clock=clock)
    yield nexthink
    await nexthink.stop()


@pytest.fixture
async def client(nexthink: SimulatedNexthink, clock: Clock) -> AsyncIterator[NexthinkClient]:
    """The client that the bot uses, with every option that adds something to a request."""
    tenant = Tenant(
        api_url=nexthink.api_url,
        login_url=nexthink.login_url,
        client_id=nexthink.client_id,
        client_secret=nexthink.client_secret,
        source="fixdesk",
    )
    async with connect(tenant) as http:
        client = NexthinkClient(http, tenant, QUERIES, clock=clock)
        yield client
        await client.aclose()
