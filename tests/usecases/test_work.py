"""The worker: takes due rows, does them, comes again, gives up, and outlives every failure."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.errors import StoreError
from bot.domain.work import NewWork, Work, WorkKind
from bot.usecases import work as module
from bot.usecases.work import AT_ONCE, KEPT_FOR, MOST_ATTEMPTS, Handler, Worker
from tests.domain.values import NOON
from tests.usecases.fakes import HeldStore, SettableClock

PATIENCE = timedelta(seconds=5)


class WatchedStore(HeldStore):
    """A store that says what became of each row, and that fails when it is told to."""

    def watch(self) -> None:
        """Begin to note what happens."""
        self.released: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.failing: dict[str, int] = {}

    async def finish_work(self, work: Work, now: datetime) -> None:
        """Finish a row and say so."""
        self._fail("finish_work")
        await super().finish_work(work, now)
        self.released.put_nowait(("finished", work.identity))

    async def postpone_work(self, work: Work, due_at: datetime) -> None:
        """Postpone a row and say until when."""
        self._fail("postpone_work")
        await super().postpone_work(work, due_at)
        self.released.put_nowait(("postponed", due_at))

    async def park_work(self, work: Work, now: datetime, reason: str) -> None:
        """Give a row up and say so."""
        await super().park_work(work, now, reason)
        self.released.put_nowait(("parked", reason))

    async def claim_work(self, now: datetime, lease: timedelta, limit: int) -> list[Work]:
        """Claim rows, unless the database is to fail."""
        self._fail("claim_work")
        return await super().claim_work(now, lease, limit)

    async def release_claims(self) -> None:
        """Release every claim, unless the database is to fail."""
        self._fail("release_claims")
        await super().release_claims()

    def _fail(self, call: str) -> None:
        if self.failing.get(call, 0):
            self.failing[call] -= 1
            self.released.put_nowait(("failed", call))
            raise StoreError("The disk is full.")


@pytest.fixture
async def watched(new_database: Callable[[], str]) -> AsyncIterator[WatchedStore]:
    """An open, empty store that is watched."""
    store = await WatchedStore.open(new_database())
    store.watch()
    yield store
    await store.close()


def a_row(identity: str = "one", after: timedelta = timedelta(), **changes: Any) -> NewWork:
    """Return a row that is due at noon, or after it."""
    return NewWork(kind=WorkKind.SHOW, identity=identity, due_at=NOON + after, **changes)


async def tell_nobody(_: Work) -> datetime | None:
    """Take it as it is that a row was given up."""
    return None


@asynccontextmanager
async def working(
    store: WatchedStore,
    handler: Handler,
    clock: SettableClock | None = None,
    give_up: Handler = tell_nobody,
) -> AsyncIterator[Worker]:
    """Run a worker with one handler, and stop it in the end."""
    worker = Worker(store=store, clock=clock or SettableClock())
    loop = asyncio.create_task(worker.run({WorkKind.SHOW: handler}, give_up))
    try:
        yield worker
    finally:
        await worker.stop(PATIENCE)
        await loop


def noting(done: list[Work], again_at: Callable[[Work], datetime | None] = lambda _: None) -> Handler:
    """Return a handler that notes each row and says when to come again."""

    async def handle(work: Work) -> datetime | None:
        done.append(work)
        return again_at(work)

    return handle


async def breaking(_: Work) -> datetime | None:
    """Fail as a fault of the program does."""
    raise RuntimeError("a fault of the program")


async def test_due_rows_are_done_and_finished(watched: WatchedStore) -> None:
    """Once each; those of a later time are left."""
    done: list[Work] = []
    for row in (a_row("one"), a_row("two"), a_row("later", timedelta(hours=1))):
        await watched.add_work(row)

    async with working(watched, noting(done)):
        released = {await watched.released.get(), await watched.released.get()}

    assert released == {("finished", "one"), ("finished", "two")}
    assert sorted(work.identity for work in done) == ["one", "two"]


async def test_row_that_wants_to_come_again_is_postponed(watched: WatchedStore) -> None:
    """It is done once more at that time, and knows the number of its attempt."""
    done: list[Work] = []
    clock = SettableClock()
    await watched.add_work(a_row())
    again_at = NOON + timedelta(minutes=5)

    async with working(watched, noting(done, lambda work: again_at if work.attempts == 1 else None), clock) as worker:
        assert await watched.released.get() == ("postponed", again_at)
        clock.now = again_at
        worker.wake()
        assert await watched.released.get() == ("finished", "one")

    assert [work.attempts for work in done] == [1, 2]


async def test_worker_tells_whether_it_runs(watched: WatchedStore) -> None:
    """Readiness asks it."""
    await watched.add_work(a_row())

    async with working(watched, noting([])) as worker:
        await watched.released.get()
        assert worker.is_running

    assert not worker.is_running


async def test_worker_is_woken_by_new_work(watched: WatchedStore) -> None:
    """It does not sleep on while a person waits."""
    done: list[Work] = []

    async with working(watched, noting(done)) as worker:
        await asyncio.sleep(0)
        await watched.add_work(a_row())
        worker.wake()
        await watched.released.get()

    assert len(done) == 1


async def test_rows_that_another_process_left_are_taken_up(watched: WatchedStore) -> None:
    """A claim of a process that died is no hindrance."""
    done: list[Work] = []
    await watched.add_work(a_row())
    await watched.claim_work(NOON, timedelta(hours=1), 1)

    async with working(watched, noting(done)):
        await watched.released.get()

    assert [work.attempts for work in done] == [2]


async def test_old_presses_are_forgotten(watched: WatchedStore) -> None:
    """What was done long ago makes room at the start."""
    for identity, age in (("old", KEPT_FOR + timedelta(seconds=1)), ("new", KEPT_FOR)):
        await watched.add_work(a_row(identity, -age))
        (work,) = await watched.claim_work(NOON - age, timedelta(hours=1), 1)
        await watched.finish_work(work, NOON - age)
    clock = SettableClock()

    async with working(watched, noting([]), clock):
        await watched.add_work(a_row("now"))
        while await watched.released.get() != ("finished", "now"):
            continue

    assert await watched.add_work(a_row("old"))
    assert not await watched.add_work(a_row("new"))


async def test_faults_back_off_until_the_row_is_given_up(
    watched: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Each pause is twice the last; the row is parked with a word in the log."""
    clock = SettableClock()
    await watched.add_work(a_row())
    pauses: list[float] = []

    async with working(watched, breaking, clock) as worker:
        while (released := await watched.released.get())[0] == "postponed":
            pauses.append((released[1] - clock.now).total_seconds())
            clock.now = released[1]
            worker.wake()

    assert pauses == [2**fault for fault in range(1, MOST_ATTEMPTS)]
    assert released == ("parked", "too many faults; see the log")
    assert "Work one is given up after 8 faults" in caplog.text
    assert "a fault of the program" in caplog.text


async def test_row_that_is_given_up_is_told_of(watched: WatchedStore) -> None:
    """Once: whoever waits for it can be told."""
    clock = SettableClock()
    told: asyncio.Queue[str] = asyncio.Queue()

    async def tell(work: Work) -> None:
        told.put_nowait(work.identity)

    await watched.add_work(a_row())

    async with working(watched, breaking, clock, tell) as worker:
        assert (await _until_given_up(watched, worker, clock))[0] == "parked"
        assert await told.get() == "one"

    assert told.empty()


async def test_row_is_not_given_up_for_a_database_that_is_away(watched: WatchedStore) -> None:
    """It is no fault of the row: it waits, and is done when the database is back."""
    clock, tries = SettableClock(), 0

    async def in_the_end(_: Work) -> datetime | None:
        nonlocal tries
        tries += 1
        if tries <= 2 * MOST_ATTEMPTS:
            raise StoreError("The disk is full.")
        return None

    await watched.add_work(a_row())

    async with working(watched, in_the_end, clock) as worker:
        while (released := await watched.released.get())[0] == "postponed":
            clock.now = released[1]
            worker.wake()

    assert released == ("finished", "one")


async def test_row_that_must_not_end_is_put_off(watched: WatchedStore) -> None:
    """What is for everybody, such as following, is not parked: whoever is told names a later time."""
    clock = SettableClock()
    later = NOON + timedelta(hours=2)
    told: list[str] = []

    async def put_it_off(work: Work) -> datetime | None:
        told.append(work.identity)
        return later

    await watched.add_work(a_row())

    async with working(watched, breaking, clock, put_it_off) as worker:
        while (released := await watched.released.get()) != ("postponed", later):
            assert released[0] == "postponed"
            clock.now = released[1]
            worker.wake()

    assert told == ["one"]


async def test_fault_in_telling_parks_the_row_all_the_same(
    watched: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is wrong with the row may be wrong with that too; the log says so."""
    clock = SettableClock()

    async def break_too(_: Work) -> datetime | None:
        raise RuntimeError("another fault of the program")

    await watched.add_work(a_row())

    async with working(watched, breaking, clock, break_too) as worker:
        released = await _until_given_up(watched, worker, clock)

    assert released[0] == "parked"
    assert "Nor could it be told that work one is given up" in caplog.text
    assert "another fault of the program" in caplog.text


async def _until_given_up(watched: WatchedStore, worker: Worker, clock: SettableClock) -> tuple[str, Any]:
    """Let the time pass until a row is not postponed any more."""
    while (released := await watched.released.get())[0] == "postponed":
        clock.now = released[1]
        worker.wake()
    return released


async def test_fault_in_one_row_spares_the_others(watched: WatchedStore) -> None:
    """A row whose kind nobody handles is a fault as well."""
    await watched.add_work(NewWork(kind=WorkKind.FOLLOW, identity="unhandled", due_at=NOON))
    await watched.add_work(a_row())

    async with working(watched, noting([])):
        released = {(await watched.released.get())[0] for _ in range(2)}

    assert released == {"finished", "postponed"}


async def test_success_forgets_the_faults_before_it(watched: WatchedStore) -> None:
    """Only faults in a row count."""
    clock = SettableClock()
    outcomes = ["fault"] * (MOST_ATTEMPTS - 1) + ["again"] + ["fault"] * (MOST_ATTEMPTS - 1) + ["done"]
    await watched.add_work(a_row())

    async with working(watched, _scripted(outcomes, clock), clock) as worker:
        released = await _until_given_up(watched, worker, clock)

    assert released == ("finished", "one")


async def test_row_that_was_given_up_and_is_wanted_again_has_all_its_attempts(watched: WatchedStore) -> None:
    """An edit of a card that was parked once is not parked by the first fault afterwards."""
    clock = SettableClock()
    await watched.add_work(a_row(is_repeatable=True))

    async with working(watched, breaking, clock) as worker:
        await _until_given_up(watched, worker, clock)
        await watched.add_work(a_row(is_repeatable=True))
        worker.wake()
        again = await watched.released.get()

    assert again[0] == "postponed"


def _scripted(outcomes: list[str], clock: SettableClock) -> Handler:
    script = iter(outcomes)

    async def handle(_: Work) -> datetime | None:
        outcome = next(script)
        if outcome == "fault":
            raise RuntimeError(outcome)
        return clock.now + timedelta(seconds=1) if outcome == "again" else None

    return handle


async def test_rows_are_done_side_by_side_up_to_a_bound(watched: WatchedStore) -> None:
    """One that hangs holds nobody up, and no more than that many run at once."""
    begun: asyncio.Queue[str] = asyncio.Queue()
    let_go = asyncio.Event()

    async def hold(work: Work) -> datetime | None:
        begun.put_nowait(work.identity)
        await let_go.wait()
        return None

    for number in range(AT_ONCE + 2):
        await watched.add_work(a_row(str(number)))

    async with working(watched, hold):
        first = {await begun.get() for _ in range(AT_ONCE)}
        assert begun.empty()
        let_go.set()
        rest = {await begun.get() for _ in range(2)}

    assert len(first | rest) == AT_ONCE + 2


async def test_stop_waits_for_what_is_under_way(watched: WatchedStore) -> None:
    """The row is finished, and nothing more is taken."""
    begun, let_go = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def hold(work: Work) -> datetime | None:
        begun.set()
        await let_go.wait()
        done.append(work.identity)
        return None

    await watched.add_work(a_row())
    worker = Worker(store=watched, clock=SettableClock())
    loop = asyncio.create_task(worker.run({WorkKind.SHOW: hold}, tell_nobody))
    await begun.wait()

    stopping = asyncio.create_task(worker.stop(PATIENCE))
    await asyncio.sleep(0)
    await watched.add_work(a_row("two"))
    let_go.set()
    await asyncio.gather(stopping, loop)

    assert done == ["one"]
    assert watched.released.get_nowait() == ("finished", "one")


async def test_stop_breaks_off_what_takes_too_long(watched: WatchedStore) -> None:
    """The row stays claimed, and the next process takes it up."""
    begun = asyncio.Event()

    async def hang(_: Work) -> datetime | None:
        begun.set()
        await asyncio.Event().wait()
        return None

    await watched.add_work(a_row())
    worker = Worker(store=watched, clock=SettableClock())
    loop = asyncio.create_task(worker.run({WorkKind.SHOW: hang}, tell_nobody))
    await begun.wait()

    await worker.stop(timedelta(milliseconds=10))
    await loop

    assert watched.released.empty()
    await watched.release_claims()
    assert len(await watched.claim_work(NOON, timedelta(hours=1), 10)) == 1


@pytest.mark.parametrize("call", ["claim_work", "release_claims"])
async def test_worker_outlives_a_database_that_fails(
    watched: WatchedStore, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    """At its start or later: it says so in the log, and works on when the database is back."""
    watched.failing[call] = 1
    await watched.add_work(a_row())

    async with working(watched, noting([])) as worker:
        waking = asyncio.create_task(_wake_again_and_again(worker))
        try:
            async with asyncio.timeout(2):
                assert await watched.released.get() == ("failed", call)
                assert await watched.released.get() == ("finished", "one")
        finally:
            waking.cancel()

    assert "The disk is full." in caplog.text


async def _wake_again_and_again(worker: Worker) -> None:
    """Spare a test the pause after a failure."""
    while True:
        await asyncio.sleep(0.01)
        worker.wake()


@pytest.mark.parametrize(
    ("call", "handler", "released"),
    [
        ("finish_work", noting([]), "finished"),
        ("postpone_work", noting([], lambda _: NOON + timedelta(hours=1)), "postponed"),
        ("postpone_work", breaking, "postponed"),
    ],
)
async def test_row_is_released_as_soon_as_the_database_takes_it(
    watched: WatchedStore, monkeypatch: pytest.MonkeyPatch, call: str, handler: Handler, released: str
) -> None:
    """It is not done again for that, and its work does not wait until the lease ends."""
    monkeypatch.setattr(module, "PAUSE_AFTER_FAILURE", 0.01)
    watched.failing[call] = 2
    await watched.add_work(a_row())

    async with working(watched, handler), asyncio.timeout(2):
        assert await watched.released.get() == ("failed", call)
        assert await watched.released.get() == ("failed", call)
        assert (await watched.released.get())[0] == released
