"""The store: one class that opens the database, brings it up to date, and runs each question in one transaction."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.card import Card
from bot.domain.run import Run, RunId
from bot.domain.work import NewWork, Work
from bot.domain.workflow import Catalog
from bot.store import cards, probe, runs
from bot.store import catalog as catalogs
from bot.store import work as works
from bot.store.engine import database_path, reading_engine, writing_engine
from bot.store.faults import translated, translated_opening
from bot.store.group import GroupCommit
from bot.store.migration import migrate


class SqlStore:
    """A database. Each method is one transaction and raises `StoreError` where the database fails."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._group = GroupCommit(self._add_together)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open a database, made or migrated if need be; raise `ConfigurationError` where the address is at fault."""
        path = await asyncio.to_thread(database_path, url)
        store = cls(writing_engine(url), reading_engine(url))
        try:
            with translated_opening(str(path)):
                async with store._writer.begin() as connection:
                    await connection.run_sync(migrate)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()

    @contextlib.asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        with translated():
            async with self._reader.begin() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        with translated():
            async with self._writer.begin() as connection:
                yield connection

    async def load_catalog(self) -> Catalog | None:
        """Return the last good copy."""
        async with self._reading() as connection:
            return await catalogs.load(connection)

    async def save_catalog(self, catalog: Catalog) -> None:
        """Replace the last good copy."""
        async with self._writing() as connection:
            await catalogs.save(connection, catalog)

    async def add_run(self, run: Run, work: Sequence[NewWork] = ()) -> bool:
        """Store a new run and its work; False, and nothing is stored, where its modal already started one."""
        async with self._writing() as connection:
            is_added = await runs.add(connection, run)
            if is_added:
                await works.add(connection, work)
            return is_added

    async def run(self, run_id: RunId) -> Run | None:
        """Return a run as it is now."""
        async with self._reading() as connection:
            return await runs.find(connection, run_id)

    async def replace_run(self, old: Run, new: Run, work: Sequence[NewWork] = ()) -> bool:
        """Compare and set: store `new` and the work if the run is still at `old.revision`, else nothing and False."""
        if (new.id, new.revision) != (old.id, old.revision + 1):
            raise ValueError(f"run {old.id} of revision {old.revision} is not followed by {new.id} of {new.revision}")
        async with self._writing() as connection:
            is_replaced = await runs.replace(connection, old, new)
            if is_replaced:
                await works.add(connection, work)
            return is_replaced

    async def followed_runs(self) -> list[Run]:
        """Return the runs that are running, oldest first."""
        async with self._reading() as connection:
            return await runs.followed(connection)

    async def runs_of(self, slack_id: str, limit: int) -> list[Run]:
        """Return a person's runs, newest first."""
        async with self._reading() as connection:
            return await runs.of_person(connection, slack_id, limit)

    async def undecided_runs(self) -> list[Run]:
        """Return the runs with an open approval or an open resume, oldest first."""
        async with self._reading() as connection:
            return await runs.undecided(connection)

    async def add_card(self, card: Card) -> bool:
        """Store a copy before it is posted; False where that copy exists."""
        async with self._writing() as connection:
            return await cards.add(connection, card)

    async def update_card(self, card: Card) -> None:
        """Store where a copy went and what it shows."""
        async with self._writing() as connection:
            await cards.change(connection, card)

    async def remove_card(self, card: Card) -> None:
        """Forget a copy that surely was not posted."""
        async with self._writing() as connection:
            await cards.remove(connection, card)

    async def cards_of(self, run_id: RunId) -> list[Card]:
        """Return every copy of a run's card."""
        async with self._reading() as connection:
            return await cards.of_run(connection, run_id)

    async def card_at(self, channel_id: str, ts: str) -> Card | None:
        """Return the copy that a message is."""
        async with self._reading() as connection:
            return await cards.at(connection, channel_id, ts)

    async def add_work(self, work: NewWork) -> bool:
        """Store a row of work; False where a row that is not repeatable was there already.

        Rows that are added at the same time share a transaction, for a burst of presses must not wait for the disk one
        by one.
        """
        return await self._group.add(work)

    async def _add_together(self, work: Sequence[NewWork]) -> list[bool]:
        async with self._writing() as connection:
            return await works.add(connection, work)

    async def claim_work(self, now: datetime, lease: timedelta, limit: int) -> list[Work]:
        """Claim rows that are due, oldest first; a claim that outlives its lease is due again."""
        async with self._writing() as connection:
            return await works.claim(connection, now, lease, limit)

    async def finish_work(self, work: Work, now: datetime) -> None:
        """Mark a row as done, unless it was asked for again meanwhile: then it is due now."""
        async with self._writing() as connection:
            await works.finish(connection, work, now)

    async def postpone_work(self, work: Work, due_at: datetime) -> None:
        """Release a row until a time, or until now if it was asked for again meanwhile."""
        async with self._writing() as connection:
            await works.postpone(connection, work, due_at)

    async def park_work(self, work: Work, now: datetime, reason: str) -> None:
        """Give a row up for good, with the reason kept."""
        async with self._writing() as connection:
            await works.park(connection, work, now, reason)

    async def next_due_at(self) -> datetime | None:
        """Return when the next unclaimed row is due."""
        async with self._reading() as connection:
            return await works.next_due_at(connection)

    async def release_claims(self) -> None:
        """Make every claimed row due again: after a start of the only process."""
        async with self._writing() as connection:
            await works.release_all(connection)

    async def forget_done_work(self, before: datetime) -> None:
        """Delete rows that were done before a time."""
        async with self._writing() as connection:
            await works.forget_done(connection, before)

    async def check_writable(self) -> None:
        """Write once for real; raise `StoreError` where that fails."""
        async with self._writing() as connection:
            await probe.write(connection)
