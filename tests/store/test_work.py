"""Due work: asked for, claimed by one, done, wanted again."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.work import NewWork, Work, WorkKind
from bot.store.database import SqlStore

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

MakeWork = Callable[..., NewWork]


async def _claim_one(store: SqlStore, now: datetime) -> Work:
    (work,) = await store.claim_work(now, MINUTE, 10)
    return work


async def _leave(_store: SqlStore, _now: datetime) -> None:
    """Leave the row unclaimed."""


async def _claim(store: SqlStore, now: datetime) -> None:
    await _claim_one(store, now)


async def _finish(store: SqlStore, now: datetime) -> None:
    await store.finish_work(await _claim_one(store, now), now)


async def _park(store: SqlStore, now: datetime) -> None:
    await store.park_work(await _claim_one(store, now), now, "the channel is gone")


@pytest.mark.parametrize("bring", [_leave, _claim, _finish, _park])
async def test_row_that_is_not_repeatable_is_dropped_the_second_time(
    store: SqlStore, make_work: MakeWork, noon: datetime, bring: Callable[[SqlStore, datetime], Awaitable[None]]
) -> None:
    """A press that is delivered twice is done once, whatever became of the first."""
    assert await store.add_work(make_work())
    await bring(store, noon)

    assert not await store.add_work(make_work(subject={"second": True}, due_at=noon - HOUR))
    assert all(not row.subject for row in await store.claim_work(noon + HOUR, MINUTE, 10))


@pytest.mark.parametrize(("first", "second", "due"), [(HOUR, MINUTE, MINUTE), (MINUTE, HOUR, MINUTE)])
async def test_repeatable_row_is_pulled_forward(
    store: SqlStore, make_work: MakeWork, noon: datetime, first: timedelta, second: timedelta, due: timedelta
) -> None:
    """Asked for while unclaimed, a row keeps the earlier of the times."""
    await store.add_work(make_work(due_at=noon + first, is_repeatable=True))

    assert await store.add_work(make_work(due_at=noon + second, is_repeatable=True))
    assert await store.next_due_at() == noon + due


async def test_repeatable_row_asked_for_while_done_goes_once_more(
    store: SqlStore, make_work: MakeWork, noon: datetime
) -> None:
    """A finish does not swallow what was asked for meanwhile: the row is due now."""
    await store.add_work(make_work(is_repeatable=True))
    first = await _claim_one(store, noon)
    await store.add_work(make_work(subject={"n": 2}, due_at=noon + HOUR, is_repeatable=True))
    meanwhile = await store.claim_work(noon, MINUTE, 10)

    await store.finish_work(first, noon + MINUTE / 2)

    again = await _claim_one(store, noon + MINUTE / 2)
    assert meanwhile == []
    assert again == dataclasses.replace(
        first, due_at=noon + MINUTE / 2, wanted=first.wanted + 1, attempts=1, subject={"n": 2}
    )


async def test_repeatable_row_asked_for_while_it_fails_is_due_at_once(
    store: SqlStore, make_work: MakeWork, noon: datetime
) -> None:
    """A postponement does not hold up what was asked for meanwhile; the attempts go on counting."""
    await store.add_work(make_work(is_repeatable=True))
    first = await _claim_one(store, noon)
    await store.add_work(make_work(is_repeatable=True))

    await store.postpone_work(first, noon + HOUR)

    assert (await _claim_one(store, noon)).attempts == 2


@pytest.mark.parametrize("bring", [_finish, _park])
async def test_repeatable_row_that_was_done_is_undone(
    store: SqlStore, make_work: MakeWork, noon: datetime, bring: Callable[[SqlStore, datetime], Awaitable[None]]
) -> None:
    """Asked for after it was done or given up, a row begins anew with its new time."""
    await store.add_work(make_work(is_repeatable=True))
    await bring(store, noon)

    await store.add_work(make_work(due_at=noon + HOUR, is_repeatable=True))

    assert await store.claim_work(noon, MINUTE, 10) == []
    assert (await _claim_one(store, noon + HOUR)).attempts == 1


async def test_postponed_row_waits(store: SqlStore, make_work: MakeWork, noon: datetime) -> None:
    """A row that failed is due at its new time, and knows how often it was tried."""
    await store.add_work(make_work())
    await store.postpone_work(await _claim_one(store, noon), noon + HOUR)

    assert await store.next_due_at() == noon + HOUR
    assert await store.claim_work(noon + MINUTE, MINUTE, 10) == []
    assert (await _claim_one(store, noon + HOUR)).attempts == 2


async def test_rows_are_claimed_oldest_first(store: SqlStore, make_work: MakeWork, noon: datetime) -> None:
    """What waited longest goes first; what is not due stays; a claim carries the whole row."""
    for identity, delay in (("b", 1), ("c", 2), ("a", 0), ("d", 3)):
        await store.add_work(
            make_work(identity, kind=WorkKind.START, due_at=noon + delay * MINUTE, subject={"run": identity})
        )

    first = await store.claim_work(noon + 2 * MINUTE, MINUTE, 2)
    rest = await store.claim_work(noon + 2 * MINUTE, MINUTE, 2)

    assert [row.identity for row in (*first, *rest)] == ["a", "b", "c"]
    assert first[0].kind is WorkKind.START
    assert first[0].subject == {"run": "a"}
    assert first[0].due_at == noon


async def test_each_row_has_one_claimant(store: SqlStore, url: str, make_work: MakeWork, noon: datetime) -> None:
    """Two processes that claim at the same time share the rows out."""
    other = await SqlStore.open(url)
    identities = {str(number) for number in range(40)}
    await asyncio.gather(*(store.add_work(make_work(identity)) for identity in identities))

    claims = await asyncio.gather(*(each.claim_work(noon, MINUTE, 7) for each in (store, other) * 4))
    await other.close()

    claimed = [row.identity for claim in claims for row in claim]
    assert len(claimed) == 40
    assert set(claimed) == identities


async def test_outlived_claim_is_due_again_and_its_holder_has_no_say(
    store: SqlStore, make_work: MakeWork, noon: datetime
) -> None:
    """Who lost a row to another can neither finish nor postpone nor park it."""
    await store.add_work(make_work())
    lost = await _claim_one(store, noon)
    held = await _claim_one(store, noon + MINUTE)

    await store.finish_work(lost, noon + MINUTE)
    await store.postpone_work(lost, noon)
    await store.park_work(lost, noon, "lost")

    assert await store.claim_work(noon + MINUTE, MINUTE, 10) == []
    await store.postpone_work(held, noon + HOUR)
    assert await store.next_due_at() == noon + HOUR


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_released_claims_are_due_again(store: SqlStore, make_work: MakeWork, noon: datetime) -> None:
    """After a crash of the only process, the next start need not wait for leases."""
    await store.add_work(make_work())
    await _claim_one(store, noon)
    while_claimed = await store.next_due_at()

    await store.release_claims()

    assert while_claimed == noon + MINUTE
    assert await store.next_due_at() == noon
    assert (await _claim_one(store, noon)).attempts == 2


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_claims_of_other_processes_are_left_to_them(store: SqlStore, make_work: MakeWork, noon: datetime) -> None:
    """Until they run out: whoever held one may be working on it."""
    await store.add_work(make_work())
    await _claim_one(store, noon)

    await store.release_claims()

    assert await store.claim_work(noon, MINUTE, 1) == []
    assert (await _claim_one(store, noon + MINUTE)).attempts == 2


async def test_renewed_claim_lasts_longer(store: SqlStore, make_work: MakeWork, noon: datetime) -> None:
    """One that somebody else took over meanwhile is not taken back, and nothing at all is no harm."""
    await store.add_work(make_work())
    claimed = await _claim_one(store, noon)

    await store.renew_claims([claimed], noon + 2 * MINUTE)
    assert await store.claim_work(noon + MINUTE, MINUTE, 1) == []
    other = await _claim_one(store, noon + 2 * MINUTE)
    await store.renew_claims([claimed], noon + 9 * MINUTE)
    await store.renew_claims([], noon)

    assert other.attempts == 2
    assert await store.next_due_at() == noon + 3 * MINUTE


async def test_given_up_row_keeps_its_reason(store: SqlStore, make_work: MakeWork, noon: datetime) -> None:
    """A parked row is never claimed, and says why."""
    await store.add_work(make_work())

    await _park(store, noon)

    async with store._reader.begin() as connection:
        failure = (await connection.exec_driver_sql("SELECT failure FROM work")).scalar()
    assert failure == "the channel is gone"
    assert await store.claim_work(noon + HOUR, MINUTE, 10) == []


async def test_done_work_is_forgotten_after_a_time(store: SqlStore, make_work: MakeWork, noon: datetime) -> None:
    """Only rows done before the time go; then their identity is free again."""
    for identity, at in (("old", noon), ("young", noon + HOUR)):
        await store.add_work(make_work(identity))
        await _finish(store, at)
    await store.add_work(make_work("due"))

    await store.forget_done_work(noon + MINUTE)

    assert [await store.add_work(make_work(identity)) for identity in ("old", "young", "due")] == [True, False, False]


class Model:
    """One repeatable row, as its rules say it behaves."""

    def __init__(self) -> None:
        self.due: int | None = None
        self.is_wanted_again = False
        self.claimed_until: int | None = None

    def ask(self, due: int) -> None:
        """Pull the row forward, or make it go once more."""
        if self.claimed_until is not None:
            self.is_wanted_again = True
        else:
            self.due = due if self.due is None else min(self.due, due)

    def claim(self, now: int) -> bool:
        """Take the row if it is due and free."""
        is_free = self.claimed_until is None or self.claimed_until <= now
        if self.due is None or self.due > now or not is_free:
            return False
        self.claimed_until, self.is_wanted_again = now + 1, False
        return True

    def end(self, now: int, due: int | None) -> None:
        """Give the row back: done, or due again."""
        self.due = now if self.is_wanted_again else due
        self.claimed_until, self.is_wanted_again = None, False


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "claim", "finish", "postpone", "wait"]), st.integers(0, 3)), max_size=15
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_repeatable_row_behaves_as_its_model(
    store: SqlStore, make_work: MakeWork, noon: datetime, steps: list[tuple[str, int]]
) -> None:
    """Whatever the order of asking, claiming and giving back, nothing asked for is lost or done by two."""
    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM work")
    model, now, held = Model(), 0, None
    for step, delay in steps:
        at = noon + now * MINUTE
        match step:
            case "wait":
                now += 1
            case "ask":
                model.ask(now + delay)
                await store.add_work(make_work(due_at=at + delay * MINUTE, is_repeatable=True))
            case "claim":
                claimed = await store.claim_work(at, MINUTE, 10)
                assert bool(claimed) is model.claim(now)
                held = claimed[0] if claimed else held
            case "finish" if held:
                model.end(now, None)
                await store.finish_work(held, at)
                held = None
            case "postpone" if held:
                model.end(now, now + delay)
                await store.postpone_work(held, at + delay * MINUTE)
                held = None
    expected = model.due if model.claimed_until is None else None
    due_at = await store.next_due_at()
    assert (due_at is None) is (expected is None)
    assert due_at is None or expected is None or due_at <= noon + max(expected, now) * MINUTE
