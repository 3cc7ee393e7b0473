"""Queries about the audit: rows are appended in the transaction of what they record, and never changed."""

from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import AuditEntry, AuditRow
from bot.store.locks import AUDIT, lock
from bot.store.tables import audit


async def append(connection: AsyncConnection, *entries: AuditEntry) -> None:
    """Add entries to the chain; nobody else does until the transaction ends, so that nothing comes in between."""
    if not entries:
        return
    await lock(connection, AUDIT)
    found = (await connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1))).first()
    last, rows = None if found is None else _decode(found), list[dict[str, Any]]()
    for entry in entries:
        last = AuditRow.after(last, entry)
        rows.append(_encode(last))
    await connection.execute(insert(audit), rows)


def _encode(row: AuditRow) -> dict[str, Any]:
    entry = row.entry
    return {
        "seq": row.seq,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": dict(entry.subject),
        "previous_hash": row.previous_hash,
        "hash": row.hash,
    }


async def rows(connection: AsyncConnection, after: int, limit: int) -> list[AuditRow]:
    """Return the rows behind a place in the chain, in their order."""
    query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
    return [_decode(row) for row in await connection.execute(query)]


def _decode(row: Row[Any]) -> AuditRow:
    entry = AuditEntry(at=row.at, actor=row.actor, action=row.action, subject=row.subject)
    return AuditRow(seq=row.seq, entry=entry, previous_hash=row.previous_hash, hash=row.hash)
