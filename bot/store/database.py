"""The store: one class that opens the database, brings it up to date, and runs each question in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar, TypeVarTuple

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.audit import AuditEntry, AuditRow
from bot.domain.batch import Batch, BatchId, Part
from bot.domain.card import Card
from bot.domain.resumption import Resumption, ResumptionState
from bot.domain.run import ExecutionId, Followed, Run, RunId
from bot.domain.usage import Favourite, Use
from bot.domain.work import NewWork, Work
from bot.domain.workflow import Catalog, WorkflowId
from bot.store import audit, batches, cards, favourites, probe, resumptions, runs
from bot.store import catalog as catalogs
from bot.store import work as works
from bot.store.engine import Engines, engines_for
from bot.store.faults import translated
from bot.store.group import GroupCommit
from bot.store.locks import MIGRATION, lock
from bot.store.migration import migrate

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class SqlStore:
    """A database. Each method is one transaction and raises `StoreError` where the database fails."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._writer = engines.writer
        self._reader = engines.reader
        self._group = GroupCommit(self._add_together)
        self._under_way: set[asyncio.Future[Any]] = set()

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open a database, made or migrated if need be; raise `ConfigurationError` where the address is at fault."""
        engines = await engines_for(url)
        store = cls(engines)
        try:
            async with engines.opening() as connection:
                await lock(connection, MIGRATION)
                await connection.run_sync(migrate)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Close every connection, when the transactions under way have ended."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._engines.dispose()

    @property
    def is_shared(self) -> bool:
        """Whether other processes may work off what is due here too."""
        return self._engines.is_shared

    async def _read(self, question: Callable[[AsyncConnection, *Ts], Awaitable[T]], *args: *Ts) -> T:
        return await self._unbroken(_transaction(self._reader, question, *args))

    async def _write(self, question: Callable[[AsyncConnection, *Ts], Awaitable[T]], *args: *Ts) -> T:
        return await self._unbroken(_transaction(self._writer, question, *args))

    async def _unbroken(self, transaction: Coroutine[Any, Any, T]) -> T:
        """Let a transaction go to its end, even where whoever asked is cancelled: a broken-off one keeps its lock."""
        task = asyncio.create_task(transaction)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, transaction: asyncio.Future[Any]) -> None:
        self._under_way.discard(transaction)
        if not transaction.cancelled():
            transaction.exception()  # Told to whoever asked, or to nobody if they left.

    async def load_catalog(self) -> Catalog | None:
        """Return the last good copy."""
        return await self._read(catalogs.load)

    async def save_catalog(self, catalog: Catalog) -> None:
        """Replace the last good copy."""
        await self._write(catalogs.save, catalog)

    async def add_run(self, run: Run, work: Sequence[NewWork] = (), entries: Sequence[AuditEntry] = ()) -> bool:
        """Store and record a new run with its work; False, and nothing is stored, where its modal started one."""
        return await self._write(_add_run, run, work, entries)

    async def run(self, run_id: RunId) -> Run | None:
        """Return a run as it is now."""
        return await self._read(runs.find, run_id)

    async def replace_run(
        self, old: Run, new: Run, work: Sequence[NewWork] = (), entries: Sequence[AuditEntry] = ()
    ) -> bool:
        """Compare and set: store and record `new` with the work if the run is still at `old.revision`, else nothing."""
        if (new.id, new.revision) != (old.id, old.revision + 1):
            raise ValueError(f"run {old.id} of revision {old.revision} is not followed by {new.id} of {new.revision}")
        return await self._write(_replace_run, old, new, work, entries)

    async def followed_runs(self) -> list[Followed]:
        """Return the runs that are running, oldest first."""
        return await self._read(runs.followed)

    async def unanswered_runs(self, since: datetime) -> list[Run]:
        """Return the runs whose start went out and was not answered, oldest first.

        Those that were left at that are among them where they were sent since then.
        """
        return await self._read(runs.unanswered, since)

    async def requests_taken(self, request_ids: Collection[str]) -> set[str]:
        """Return which of some requests, in lower case, belong to a run or a batch."""
        return await self._read(_requests_taken, request_ids)

    async def runs_of(self, slack_id: str, limit: int) -> list[Run]:
        """Return a person's runs, newest first."""
        return await self._read(runs.of_person, slack_id, limit)

    async def uses_since(self, since: datetime) -> list[Use]:
        """Return how often each person ran each workflow, and when last."""
        return await self._read(runs.uses_since, since)

    async def favourites(self) -> list[Favourite]:
        """Return everybody's favourites, the latest first."""
        return await self._read(favourites.every)

    async def add_favourite(self, favourite: Favourite) -> None:
        """Store a favourite; one that is there already stays as it is."""
        await self._write(favourites.add, favourite)

    async def remove_favourite(self, slack_id: str, workflow_id: WorkflowId) -> None:
        """Forget a favourite, if it is one."""
        await self._write(favourites.remove, slack_id, workflow_id)

    async def undecided_runs(self) -> list[Run]:
        """Return the runs with an open approval or an open resume, oldest first."""
        return await self._read(runs.undecided)

    async def add_card(self, card: Card) -> bool:
        """Store a copy before it is posted; False where that copy exists."""
        return await self._write(cards.add, card)

    async def update_card(self, card: Card) -> None:
        """Store where a copy went and what it shows."""
        await self._write(cards.change, card)

    async def remove_card(self, card: Card) -> None:
        """Forget a copy that surely was not posted."""
        await self._write(cards.remove, card)

    async def cards_of(self, run_id: RunId) -> list[Card]:
        """Return every copy of a run's card."""
        return await self._read(cards.of_run, run_id)

    async def card_at(self, channel_id: str, ts: str) -> Card | None:
        """Return the copy that a message is."""
        return await self._read(cards.at, channel_id, ts)

    async def add_work(self, work: NewWork) -> bool:
        """Store a row of work; False where a row that is not repeatable was there already.

        Rows that are added at the same time share a transaction, for a burst of presses must not wait for the disk one
        by one.
        """
        return await self._unbroken(self._group.add(work))

    async def _add_together(self, work: Sequence[NewWork]) -> list[bool]:
        return await _transaction(self._writer, works.add, work)

    async def claim_work(self, now: datetime, lease: timedelta, limit: int) -> list[Work]:
        """Claim rows that are due, oldest first; a claim that outlives its lease is due again."""
        return await self._write(works.claim, now, lease, limit)

    async def finish_work(self, work: Work, now: datetime) -> None:
        """Mark a row as done, unless it was asked for again meanwhile: then it is due now."""
        await self._write(works.finish, work, now)

    async def postpone_work(self, work: Work, due_at: datetime) -> None:
        """Release a row until a time, or until now if it was asked for again meanwhile."""
        await self._write(works.postpone, work, due_at)

    async def park_work(self, work: Work, now: datetime, reason: str) -> None:
        """Give a row up for good, with the reason kept."""
        await self._write(works.park, work, now, reason)

    async def next_due_at(self) -> datetime | None:
        """Return when the next unclaimed row is due."""
        return await self._read(works.next_due_at)

    async def renew_claims(self, work: Collection[Work], until: datetime) -> None:
        """Let claims that are still held last longer."""
        await self._write(works.renew, work, until)

    async def release_claims(self) -> None:
        """Make every claimed row due again, after a start of the only process; where there may be others, leave all."""
        if not self.is_shared:
            await self._write(works.release_all)

    async def forget_done_work(self, before: datetime) -> None:
        """Delete rows that were done before a time."""
        await self._write(works.forget_done, before)

    async def add_batch(self, batch: Batch, entry: AuditEntry, *, is_once: bool) -> Batch | None:
        """Store a batch before anything of it is sent, and record it.

        With `is_once` nothing is stored, and the batch is returned that is in the way, where the newest of its key is.
        """
        return await self._write(_add_batch, batch, entry, is_once)

    async def possibly_started(self, workflow_id: WorkflowId, since: datetime) -> list[Part]:
        """Return the parts of a workflow's batches that may have started, changed since a time."""
        return await self._read(batches.possibly_started, workflow_id, since)

    async def newest_batch(self, key: str) -> Batch | None:
        """Return the newest batch of a key as it is now."""
        return await self._read(batches.newest, key)

    async def replace_part(self, batch_id: BatchId, old: Part, new: Part, entry: AuditEntry) -> bool:
        """Compare and set: store and record `new` if the part still has the state of `old`, else nothing and False."""
        return await self._write(_replace_part, batch_id, old, new, entry)

    async def run_of(self, execution_id: ExecutionId) -> Run | None:
        """Return the run that an execution belongs to; ids are compared without regard to case."""
        return await self._read(runs.of_execution, execution_id)

    async def starter_of(self, execution_id: ExecutionId) -> str:
        """Return who started the batch that an execution belongs to, "" where there is none."""
        return await self._read(batches.starter_of, execution_id)

    async def claim_resumption(
        self, wanted: Resumption, entry: AuditEntry, free: Collection[ResumptionState]
    ) -> Resumption | None:
        """Claim the trigger of an execution, and record it, where it has no claim or one in a state that is free.

        Otherwise nothing is stored, and the claim is returned that is in the way.
        """
        return await self._write(_claim_resumption, wanted, entry, free)

    async def settle_resumption(self, outcome: Resumption, entry: AuditEntry) -> None:
        """Store and record what came of a claim that was taken."""
        await self._write(_settle_resumption, outcome, entry)

    async def add_audit(self, entry: AuditEntry) -> None:
        """Record something that changes nothing else here."""
        await self._write(audit.append, entry)

    async def audit_rows(self, after: int = 0, limit: int = 1000) -> list[AuditRow]:
        """Return the records behind a place in the chain, in their order."""
        return await self._read(audit.rows, after, limit)

    async def check_writable(self) -> None:
        """Write once for real; raise `StoreError` where that fails."""
        await self._write(probe.write)


async def _transaction(engine: AsyncEngine, question: Callable[[AsyncConnection, *Ts], Awaitable[T]], *args: *Ts) -> T:
    with translated():
        async with engine.begin() as connection:
            return await question(connection, *args)


async def _add_run(
    connection: AsyncConnection, run: Run, work: Sequence[NewWork], entries: Sequence[AuditEntry]
) -> bool:
    is_added = await runs.add(connection, run)
    if is_added:
        await works.add(connection, work)
        await audit.append(connection, *entries)
    return is_added


async def _replace_run(
    connection: AsyncConnection, old: Run, new: Run, work: Sequence[NewWork], entries: Sequence[AuditEntry]
) -> bool:
    is_replaced = await runs.replace(connection, old, new)
    if is_replaced:
        await works.add(connection, work)
        await audit.append(connection, *entries)
    return is_replaced


async def _requests_taken(connection: AsyncConnection, request_ids: Collection[str]) -> set[str]:
    return await runs.requests_among(connection, request_ids) | await batches.requests_among(connection, request_ids)


async def _add_batch(connection: AsyncConnection, batch: Batch, entry: AuditEntry, is_once: bool) -> Batch | None:  # noqa: FBT001 - passed on by position
    await lock(connection, f"batch:{batch.key}")
    before = await batches.newest(connection, batch.key) if is_once else None
    if before is not None and before.is_in_the_way:
        return before
    await batches.add(connection, batch)
    await audit.append(connection, entry)
    return None


async def _replace_part(
    connection: AsyncConnection, batch_id: BatchId, old: Part, new: Part, entry: AuditEntry
) -> bool:
    is_replaced = await batches.replace_part(connection, batch_id, old, new)
    if is_replaced:
        await audit.append(connection, entry)
    return is_replaced


async def _claim_resumption(
    connection: AsyncConnection, wanted: Resumption, entry: AuditEntry, free: Collection[ResumptionState]
) -> Resumption | None:
    in_the_way = await resumptions.claim(connection, wanted, free)
    if in_the_way is None:
        await audit.append(connection, entry)
    return in_the_way


async def _settle_resumption(connection: AsyncConnection, outcome: Resumption, entry: AuditEntry) -> None:
    await resumptions.settle(connection, outcome)
    await audit.append(connection, entry)
