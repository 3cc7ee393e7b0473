"""Queries about due work: asking for it, claiming it, giving it back.

A claim is named by the row's id, `attempts` and `wanted` as they were claimed. Who lost a claim, because its lease ran
out and another took the row, changes nothing any more.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Update, and_, case, delete, func, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.work import NewWork, Work, WorkKind
from bot.store.tables import UtcDateTime, work
from bot.store.upsert import insert_into


async def add(connection: AsyncConnection, asked: Sequence[NewWork]) -> list[bool]:
    """Store rows of work; False for each that is not repeatable and was there already."""
    # Always in the same order, so that of two transactions with the same rows none waits for the other in a circle.
    ordered = sorted(asked, key=lambda new: new.identity)
    await _add_repeatable(connection, [_encode(new) for new in ordered if new.is_repeatable])
    added = await _add_once(connection, [_encode(new) for new in ordered if not new.is_repeatable])
    return [new.is_repeatable or _take(added, new.identity) for new in asked]


def _take(added: set[str], identity: str) -> bool:
    """Tell whether an identity was added, once: of two alike the second was dropped."""
    is_added = identity in added
    added.discard(identity)
    return is_added


async def _add_once(connection: AsyncConnection, rows: list[dict[str, Any]]) -> set[str]:
    """Insert the rows whose identity is new, and return those identities."""
    if not rows:
        return set()
    statement = insert_into(connection, work).on_conflict_do_nothing(index_elements=[work.c.identity])
    return set((await connection.scalars(statement.returning(work.c.identity), rows)).all())


async def _add_repeatable(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or make those that exist go once more."""
    if not rows:
        return
    statement = insert_into(connection, work)
    new = statement.excluded
    is_done = work.c.done_at.is_not(None)
    keeps_its_time = or_(work.c.claimed_until.is_not(None), work.c.due_at <= new.due_at)
    again = {
        "subject": new.subject,
        "wanted": work.c.wanted + 1,
        "due_at": case((is_done, new.due_at), (keeps_its_time, work.c.due_at), else_=new.due_at),
        "attempts": case((is_done, 0), else_=work.c.attempts),
        "done_at": null(),
        "failure": "",
    }
    await connection.execute(statement.on_conflict_do_update(index_elements=[work.c.identity], set_=again), rows)


def _encode(new: NewWork) -> dict[str, Any]:
    return {
        "kind": new.kind.value,
        "identity": new.identity,
        "subject": dict(new.subject),
        "due_at": new.due_at,
        "attempts": 0,
        "wanted": 0,
        "claimed_wanted": 0,
        "failure": "",
    }


async def claim(connection: AsyncConnection, now: datetime, lease: timedelta, limit: int) -> list[Work]:
    """Claim rows that are due, oldest first."""
    is_free = or_(work.c.claimed_until.is_(None), work.c.claimed_until <= now)
    due = (
        select(work.c.id)
        .where(work.c.done_at.is_(None), work.c.due_at <= now, is_free)
        .order_by(work.c.due_at, work.c.id)
        .limit(limit)
        # SQLite leaves this out: there, only one transaction writes at a time.
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(work)
        .where(work.c.id.in_(due))
        .values(claimed_until=now + lease, claimed_wanted=work.c.wanted, attempts=work.c.attempts + 1)
        .returning(
            work.c.id, work.c.kind, work.c.identity, work.c.subject, work.c.due_at, work.c.attempts, work.c.wanted
        )
    )
    rows = (await connection.execute(statement)).mappings()
    claimed = [Work(**{**row, "kind": WorkKind(row["kind"])}) for row in rows]
    return sorted(claimed, key=lambda row: (row.due_at, row.id))


async def finish(connection: AsyncConnection, claimed: Work, now: datetime) -> None:
    """Mark a row as done, or as due now where it was asked for again; a success, so its attempts count anew."""
    again = work.c.wanted != claimed.wanted
    await connection.execute(
        _release(claimed).values(
            done_at=case((again, null()), else_=_time(now)),
            due_at=case((again, _time(now)), else_=work.c.due_at),
            attempts=case((again, 0), else_=work.c.attempts),
        )
    )


async def postpone(connection: AsyncConnection, claimed: Work, due_at: datetime) -> None:
    """Release a row until a time; asked for again meanwhile, it keeps its own, which is past."""
    again = work.c.wanted != claimed.wanted
    later = case((again, work.c.due_at), else_=_time(due_at))
    await connection.execute(_release(claimed).values(due_at=later))


async def park(connection: AsyncConnection, claimed: Work, now: datetime, reason: str) -> None:
    """Mark a row as done without success."""
    await connection.execute(_release(claimed).values(done_at=now, failure=reason))


def _time(at: datetime) -> BindParameter[datetime]:
    """Return a time as SQL; inside a `case` its type would be lost."""
    return literal(at, UtcDateTime())


def _release(claimed: Work) -> Update:
    """Return the update that ends a claim, if it is still the row's last one."""
    is_mine = and_(
        work.c.id == claimed.id,
        work.c.attempts == claimed.attempts,
        work.c.claimed_wanted == claimed.wanted,
        work.c.done_at.is_(None),
    )
    return update(work).where(is_mine).values(claimed_until=None)


async def renew(connection: AsyncConnection, claimed: Collection[Work], until: datetime) -> None:
    """Let claims last longer; one that another process has taken over meanwhile is left to it."""
    held = [and_(work.c.id == one.id, work.c.attempts == one.attempts) for one in claimed]
    if held:
        await connection.execute(
            update(work).where(or_(*held), work.c.claimed_until.is_not(None)).values(claimed_until=until)
        )


async def next_due_at(connection: AsyncConnection) -> datetime | None:
    """Return when the next row can be claimed: when it is due, or when a claim on it runs out."""
    claimable_at = case((work.c.claimed_until.is_(None), work.c.due_at), else_=work.c.claimed_until)
    query = select(func.min(claimable_at)).where(work.c.done_at.is_(None))
    due_at: datetime | None = await connection.scalar(query)
    return due_at


async def release_all(connection: AsyncConnection) -> None:
    """End every claim."""
    await connection.execute(update(work).where(work.c.claimed_until.is_not(None)).values(claimed_until=None))


async def forget_done(connection: AsyncConnection, before: datetime) -> None:
    """Delete rows that were done, or given up, before a time."""
    await connection.execute(delete(work).where(work.c.done_at < before))
