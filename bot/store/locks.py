"""Locks by name, for what no row can be locked for: kept until the end of the transaction."""

import zlib

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

AUDIT = "audit"
"""Taken last in a transaction, so that nobody waits for another lock while holding it."""
MIGRATION = "migration"


async def lock(connection: AsyncConnection, name: str) -> None:
    """Let no other transaction hold a name; where only one transaction writes at a time there is nothing to do."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_CLASS, zlib.crc32(name.encode()) - 2**31)))


_CLASS = 70_421
"""Tells fixdesk's locks from those of others in the same database."""
