"""What the bot has stored, read from outside."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.domain.audit import AuditRow
from bot.domain.run import Run
from bot.domain.work import WorkKind
from bot.store import audit
from bot.store.runs import _load
from bot.store.tables import runs, work

MOST_ROWS = 100_000
_TIMERS = (WorkKind.EXPIRE_APPROVAL, WorkKind.EXPIRE_RESUME)
"""What waits for people, not for the bot."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What the bot has to do."""

    now: int
    """Rows that are due, or claimed."""
    next_at: datetime | None
    """When the next one is due, timers left out."""


class Ledger:
    """Reads the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def due(self, now: datetime) -> Due | None:
        """Return what is due; None where there is no database yet, or it is busy."""
        is_open = work.c.done_at.is_(None)
        is_now = or_(work.c.due_at <= now, work.c.claimed_until.is_not(None))
        with contextlib.suppress(DBAPIError):
            async with self._engine.connect() as connection:
                count = await connection.scalar(select(func.count()).where(is_open, is_now))
                later = select(func.min(work.c.due_at)).where(is_open, work.c.kind.not_in(_TIMERS))
                return Due(now=count or 0, next_at=await connection.scalar(later))
        return None

    async def runs(self) -> list[Run]:
        """Return every run."""
        async with self._engine.connect() as connection:
            return await _every_run(connection)

    async def audit(self) -> list[AuditRow]:
        """Return the whole audit."""
        async with self._engine.connect() as connection:
            return await audit.rows(connection, 0, MOST_ROWS)

    async def failures(self) -> list[str]:
        """Return the rows of work that were given up."""
        async with self._engine.connect() as connection:
            return list(await connection.scalars(select(work.c.identity).where(work.c.failure != "")))


async def _every_run(connection: AsyncConnection) -> list[Run]:
    return await _load(connection, select(runs).order_by(runs.c.created_at))


@contextlib.asynccontextmanager
async def opened_ledger(url: str) -> AsyncIterator[Ledger]:
    """Open a database to read it."""
    engine = create_async_engine(url, pool_size=1, max_overflow=0)
    try:
        yield Ledger(engine)
    finally:
        await engine.dispose()
