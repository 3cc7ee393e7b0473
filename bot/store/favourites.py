"""Queries about the workflows that people have starred."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.usage import Favourite
from bot.domain.workflow import WorkflowId
from bot.store.tables import favourites
from bot.store.upsert import insert_into


async def every(connection: AsyncConnection) -> list[Favourite]:
    """Return everybody's favourites, the latest first."""
    query = select(favourites).order_by(favourites.c.since.desc(), favourites.c.workflow_id)
    rows = await connection.execute(query)
    return [Favourite(slack_id=row.slack_id, workflow_id=WorkflowId(row.workflow_id), since=row.since) for row in rows]


async def add(connection: AsyncConnection, favourite: Favourite) -> None:
    """Store a favourite; one that is there already stays as it is."""
    columns = {"slack_id": favourite.slack_id, "workflow_id": favourite.workflow_id, "since": favourite.since}
    await connection.execute(insert_into(connection, favourites).values(columns).on_conflict_do_nothing())


async def remove(connection: AsyncConnection, slack_id: str, workflow_id: WorkflowId) -> None:
    """Forget a favourite, if it is one."""
    is_meant = (favourites.c.slack_id == slack_id) & (favourites.c.workflow_id == workflow_id)
    await connection.execute(delete(favourites).where(is_meant))
