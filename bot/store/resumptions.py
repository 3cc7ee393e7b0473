"""Queries about resumptions: one row for each execution whose trigger was ever claimed."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.resumption import Resumption, ResumptionState
from bot.domain.run import ExecutionId
from bot.store.tables import resumptions
from bot.store.upsert import insert_into


async def claim(
    connection: AsyncConnection, wanted: Resumption, free: Collection[ResumptionState]
) -> Resumption | None:
    """Insert a claim, or write it over one in a state that is free; return what is in the way otherwise."""
    columns = _encode(wanted)
    statement = insert_into(connection, resumptions).values(columns)
    over = statement.on_conflict_do_update(
        index_elements=[resumptions.c.execution_id],
        set_=columns,
        where=resumptions.c.state.in_([state.value for state in free]),
    )
    claimed = await connection.execute(over)
    if claimed.rowcount == 1:
        return None
    found = await connection.execute(select(resumptions).where(resumptions.c.execution_id == wanted.execution_id))
    return _decode(found.one())


async def settle(connection: AsyncConnection, outcome: Resumption) -> None:
    """Write what came of a claim: only whoever took it may, for nobody takes one over that is on its way."""
    is_on_its_way = (
        resumptions.c.execution_id == outcome.execution_id,
        resumptions.c.state == ResumptionState.SENDING.value,
    )
    await connection.execute(update(resumptions).where(*is_on_its_way).values(_encode(outcome)))


def _encode(resumption: Resumption) -> dict[str, Any]:
    return {
        "execution_id": resumption.execution_id,
        "state": resumption.state.value,
        "actor": resumption.actor,
        "changed_at": resumption.changed_at,
    }


def _decode(row: Row[Any]) -> Resumption:
    return Resumption(
        execution_id=ExecutionId(row.execution_id),
        state=ResumptionState(row.state),
        actor=row.actor,
        changed_at=row.changed_at,
    )
