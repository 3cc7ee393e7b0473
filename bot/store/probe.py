"""A write that means nothing, to learn whether writes work."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import probes
from bot.store.upsert import insert_into


async def write(connection: AsyncConnection) -> None:
    """Count one write."""
    statement = insert_into(connection, probes).values(id=1, writes=1)
    counted = {"writes": probes.c.writes + 1}
    await connection.execute(statement.on_conflict_do_update(index_elements=[probes.c.id], set_=counted))
