"""What a command needs, opened for as long as it runs: settings, store, Nexthink, and who acts."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator

from bot.clock import utc_now
from bot.domain.audit import AuditEntry
from bot.domain.errors import NotAllowedError
from bot.domain.workflow import Catalog
from bot.nexthink.client import NexthinkClient
from bot.policy.decide import OPERATOR, Actor, identify_actor
from bot.policy.rules import Policy
from bot.settings import NexthinkSettings, read_nexthink_configuration
from bot.store.database import SqlStore
from bot.store.engine import may_exist
from bot.tenancy import connected_nexthink
from bot.usecases.ports import Store
from bot.usecases.terminal.session import Terminal


def new_id() -> str:
    """Return a fresh, unguessable id."""
    return secrets.token_hex(8)


@contextlib.asynccontextmanager
async def opened_nexthink() -> AsyncIterator[tuple[NexthinkSettings, Policy | None, NexthinkClient]]:
    """Read the environment and open Nexthink's client; raise `ConfigurationError` with every fault."""
    settings, policy = read_nexthink_configuration()
    async with connected_nexthink(settings, clock=utc_now) as nexthink:
        yield settings, policy, nexthink


@contextlib.asynccontextmanager
async def opened_store(url: str) -> AsyncIterator[SqlStore]:
    """Open the store, and close it."""
    store = await SqlStore.open(url)
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def opened_terminal(address: str) -> AsyncIterator[Terminal]:
    """Open all that a command needs which does something; raise `NotAllowedError`, recorded, for a stranger."""
    async with opened_nexthink() as (settings, policy, nexthink), opened_store(settings.fixdesk_database_url) as store:
        yield Terminal(
            nexthink=nexthink,
            store=store,
            policy=policy,
            actor=await _recorded_actor(policy, address, store),
            clock=utc_now,
            new_id=new_id,
            sleep=asyncio.sleep,
        )


async def cached_catalog(url: str) -> Catalog | None:
    """Return the copy that is kept, None without one; no database is made."""
    if not may_exist(url):
        return None
    async with opened_store(url) as store:
        return await store.load_catalog()


async def _recorded_actor(policy: Policy | None, address: str, store: Store) -> Actor:
    try:
        return identify_actor(policy, address)
    except NotAllowedError as refusal:
        entry = AuditEntry(
            at=utc_now(), actor=address or OPERATOR, action="actor.not_allowed", subject={"why": str(refusal)}
        )
        await store.add_audit(entry)
        raise
