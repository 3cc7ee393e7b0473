"""The client of the tenant that the settings name: the bot and the commands build it here, without importing Slack."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from bot.nexthink.client import NexthinkClient
from bot.nexthink.tenant import Queries, Tenant
from bot.nexthink.transport import connect
from bot.settings import NexthinkSettings


def tenant_of(settings: NexthinkSettings) -> Tenant:
    """Return the tenant's hosts and the credential for them."""
    return Tenant(
        api_url=settings.api_url,
        login_url=settings.login_url,
        client_id=settings.nexthink_client_id,
        client_secret=settings.nexthink_client_secret.get_secret_value(),
        source=settings.nexthink_source,
    )


def queries_of(settings: NexthinkSettings) -> Queries:
    """Return the ids of the stored queries."""
    return Queries(
        devices=settings.nexthink_devices_query,
        status=settings.nexthink_status_query,
        recent=settings.nexthink_recent_query,
    )


@contextlib.asynccontextmanager
async def connected_nexthink(
    settings: NexthinkSettings, *, clock: Callable[[], datetime]
) -> AsyncIterator[NexthinkClient]:
    """Give the one client for Nexthink, and close it."""
    tenant = tenant_of(settings)
    async with connect(tenant) as http:
        client = NexthinkClient(http, tenant, queries_of(settings), clock=clock)
        try:
            yield client
        finally:
            await client.aclose()
