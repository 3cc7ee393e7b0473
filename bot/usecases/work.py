"""The worker: claims rows of due work, does them, finishes or postpones them. It does not know what they are about."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from bot.domain.errors import StoreError
from bot.domain.work import Work, WorkKind
from bot.usecases.ports import Clock, Store

Handler = Callable[[Work], Awaitable[datetime | None]]
"""Does one row; returns when to come again, None when it is done. What it raises is a fault of the program."""

LEASE = timedelta(hours=1)
"""Far longer than any row takes: a process that died is followed by one that releases its claims at once."""
SHARED_LEASE = timedelta(seconds=15)
"""Where other processes work off the same rows: they take over what a process that died had claimed."""
RENEWALS = 3
"""How often a lease is renewed before it would run out."""
LONGEST_SHARED_SLEEP = timedelta(seconds=2)
"""Nobody is woken by what another process adds."""
AT_ONCE = 16
LONGEST_SLEEP = timedelta(seconds=30)
PAUSE_AFTER_FAILURE = 1.0
"""Seconds until the database is tried again."""
DATABASE_PAUSE = timedelta(seconds=2)
MOST_ATTEMPTS = 8
"""After so many faults in a row a row is given up, and the log says so."""
KEPT_FOR = timedelta(days=7)
"""How long a done press is remembered, so that a second delivery of it is dropped."""

log = logging.getLogger(__name__)


class Worker:
    """Works off due rows until it is stopped; a row that is being done when it stops is finished first."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._handlers: Mapping[WorkKind, Handler] = {}
        self._tell_given_up: Handler = _tell_nobody
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._is_running = False
        self._faults: dict[int, int] = {}
        self._under_way: dict[asyncio.Task[None], Work] = {}

    @property
    def is_running(self) -> bool:
        """Whether due work is looked for."""
        return self._is_running

    def wake(self) -> None:
        """Look for due work now: some was added."""
        self._woken.set()

    async def run(self, handlers: Mapping[WorkKind, Handler], give_up: Handler) -> None:
        """Work until `stop`; rows that another process left claimed are taken up first.

        `give_up` is told of a row that failed too often, so that nobody waits for it; it may name a time to try again.
        """
        self._handlers = handlers
        self._tell_given_up = give_up
        self._is_running = True
        renewing = asyncio.create_task(self._keep_claims()) if self._store.is_shared else None
        try:
            step = self._begin
            while not self._is_stopping:
                self._woken.clear()
                try:
                    pause = await step()
                    step = self._work_once
                except StoreError:
                    log.exception("The database failed; due work waits")
                    pause = PAUSE_AFTER_FAILURE
                await self._sleep(pause)
        finally:
            self._is_running = False
            if renewing is not None:
                renewing.cancel()

    async def _keep_claims(self) -> None:
        """Renew the claims on what is under way; one that could not be renewed in time is another process's."""
        while True:
            await asyncio.sleep(SHARED_LEASE.total_seconds() / RENEWALS)
            try:
                await self._store.renew_claims(list(self._under_way.values()), self._clock() + SHARED_LEASE)
            except StoreError:
                log.exception("Claims could not be renewed")

    async def _begin(self) -> float:
        await self._store.release_claims()
        await self._store.forget_done_work(self._clock() - KEPT_FOR)
        return 0.0

    async def _work_once(self) -> float:
        """Take up what is due; return the seconds until more is."""
        await self._claim()
        return await self._until_next()

    async def stop(self, patience: timedelta) -> None:
        """Take no more rows, and wait for those under way as long as patience lasts."""
        self._is_stopping = True
        self.wake()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience.total_seconds())
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _claim(self) -> None:
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return
        lease = SHARED_LEASE if self._store.is_shared else LEASE
        for work in await self._store.claim_work(self._clock(), lease, free):
            task = asyncio.create_task(self._do(work), name=f"work {work.identity}")
            self._under_way[task] = work
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        self.wake()

    async def _do(self, work: Work) -> None:
        try:
            again_at = await self._handlers[work.kind](work)
        except StoreError:
            # No fault of the row: however long the database is away, nothing is given up for it.
            log.exception("Work %s waits for the database", work.identity)
            await self._released(self._store.postpone_work, work, self._clock() + DATABASE_PAUSE)
            return
        except Exception:  # the one place that stands between a fault of the program and the other rows
            log.exception("Work %s failed (attempt %d)", work.identity, work.attempts)
            await self._after_fault(work)
            return
        self._faults.pop(work.id, None)
        if again_at is None:
            await self._released(self._store.finish_work, work, self._clock())
        else:
            await self._released(self._store.postpone_work, work, again_at)

    async def _released(self, release: Callable[[Work, datetime], Awaitable[None]], work: Work, at: datetime) -> None:
        """Release a row as soon as the database takes it: a claimed row keeps its work waiting until the lease ends."""
        while True:
            try:
                await release(work, at)
            except StoreError:
                log.exception("Work %s could not be released; trying again", work.identity)
                await asyncio.sleep(PAUSE_AFTER_FAILURE)
            else:
                return

    async def _after_fault(self, work: Work) -> None:
        faults = self._faults[work.id] = self._faults.get(work.id, 0) + 1
        if faults >= MOST_ATTEMPTS:
            log.error("Work %s is given up after %d faults", work.identity, faults)
            del self._faults[work.id]
            again_at = await self._give_up(work)
            if again_at is None:
                await self._released(self._park, work, self._clock())
            else:
                await self._released(self._store.postpone_work, work, again_at)
        else:
            await self._released(self._store.postpone_work, work, self._clock() + timedelta(seconds=2**faults))

    async def _park(self, work: Work, at: datetime) -> None:
        await self._store.park_work(work, at, "too many faults; see the log")

    async def _give_up(self, work: Work) -> datetime | None:
        try:
            return await self._tell_given_up(work)
        except Exception:  # whatever was wrong with the row may be wrong with this too
            log.exception("Nor could it be told that work %s is given up", work.identity)
            return None

    async def _until_next(self) -> float:
        """Return the seconds until more work is due; all hands full, the next to finish wakes the worker."""
        longest = LONGEST_SHARED_SLEEP if self._store.is_shared else LONGEST_SLEEP
        due_at = await self._store.next_due_at() if len(self._under_way) < AT_ONCE else None
        pause = due_at - self._clock() if due_at is not None else longest
        return max(0.0, min(pause, longest).total_seconds())

    async def _sleep(self, seconds: float) -> None:
        if self._is_stopping:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return


async def _tell_nobody(_: Work) -> None:
    return
