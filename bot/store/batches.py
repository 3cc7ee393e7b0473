"""Queries about batches and their parts. The targets of a part are written once and never change."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Text, cast, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.batch import PERHAPS_STARTED, Batch, BatchId, Part
from bot.domain.run import ExecutionId
from bot.domain.workflow import WorkflowId
from bot.store import codec
from bot.store.tables import batch_parts, batches


async def add(connection: AsyncConnection, batch: Batch) -> None:
    """Insert a batch with its parts."""
    await connection.execute(insert(batches).values(codec.encode_batch(batch)))
    rows = [
        {"batch_id": batch.id, "targets": codec.encode_targets(part), **codec.encode_part(part)} for part in batch.parts
    ]
    await connection.execute(insert(batch_parts), rows)


async def newest(connection: AsyncConnection, key: str) -> Batch | None:
    """Return the newest batch of a key, None where there is none."""
    query = select(batches).where(batches.c.key == key).order_by(batches.c.created_at.desc(), batches.c.id.desc())
    row = (await connection.execute(query.limit(1))).first()
    if row is None:
        return None
    parts = select(batch_parts).where(batch_parts.c.batch_id == row.id).order_by(batch_parts.c.ordinal)
    return codec.decode_batch(row, [codec.decode_part(part) for part in await connection.execute(parts)])


async def possibly_started(connection: AsyncConnection, workflow_id: WorkflowId, since: datetime) -> list[Part]:
    """Return the parts of a workflow's batches that may have started, changed since a time."""
    query = (
        select(batch_parts)
        .join(batches)
        .where(
            batches.c.workflow_id == workflow_id,
            batch_parts.c.state.in_([state.value for state in PERHAPS_STARTED]),
            batch_parts.c.changed_at >= since,
        )
    )
    return [codec.decode_part(row) for row in await connection.execute(query)]


async def requests_among(connection: AsyncConnection, request_ids: Collection[str]) -> set[str]:
    """Return which of some requests, in lower case, belong to a part."""
    request = func.lower(batch_parts.c.request_id)
    return set((await connection.scalars(select(request).where(request.in_(request_ids)))).all())


async def replace_part(connection: AsyncConnection, batch_id: BatchId, old: Part, new: Part) -> bool:
    """Write `new` over a part that is still in the state of `old`; False where it is not."""
    is_unchanged = (
        batch_parts.c.batch_id == batch_id,
        batch_parts.c.ordinal == old.ordinal,
        batch_parts.c.state == old.state.value,
    )
    changed = await connection.execute(update(batch_parts).where(*is_unchanged).values(codec.encode_part(new)))
    return changed.rowcount == 1


async def starter_of(connection: AsyncConnection, execution_id: ExecutionId) -> str:
    """Return who started the batch that an execution belongs to, "" where there is none."""
    ids = func.lower(cast(batch_parts.c.execution_ids, Text))
    query = select(batches.c.actor).join(batch_parts).where(ids.contains(f'"{execution_id.lower()}"', autoescape=True))
    return (await connection.scalar(query.limit(1))) or ""
