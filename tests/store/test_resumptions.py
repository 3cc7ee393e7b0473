"""Resumptions in the store: one claim an execution, recorded together with it."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import pytest

from bot.domain.audit import AuditEntry
from bot.domain.errors import StoreError
from bot.domain.resumption import FREE, FREE_AGAIN, Resumption, ResumptionState
from bot.domain.run import ExecutionId
from bot.store.database import SqlStore
from tests.store.conftest import NOON

ENTRY = AuditEntry(at=NOON, actor="operator", action="test", subject={})
CLAIM = Resumption.claim(ExecutionId("E-1"), "operator", NOON)
LATER = Resumption.claim(ExecutionId("e-1"), "grace@example.com", NOON + timedelta(minutes=1))


async def test_claim_comes_back_to_whoever_is_later(store: SqlStore) -> None:
    """Every field of it; only the first one is recorded."""
    assert await store.claim_resumption(CLAIM, ENTRY, FREE) is None
    assert await store.claim_resumption(LATER, ENTRY, FREE_AGAIN) == CLAIM

    assert CLAIM.execution_id == "e-1"
    assert len(await store.audit_rows()) == 1


async def test_each_execution_has_its_own(store: SqlStore) -> None:
    """One is in nobody else's way."""
    other = Resumption.claim(ExecutionId("e-2"), "operator", NOON)

    assert await store.claim_resumption(CLAIM, ENTRY, FREE) is None
    assert await store.claim_resumption(other, ENTRY, FREE) is None


async def test_of_many_at_once_one_is_taken(url: str) -> None:
    """Also where two processes ask."""
    stores = [await SqlStore.open(url) for _ in range(2)]

    answers = await asyncio.gather(*(store.claim_resumption(CLAIM, ENTRY, FREE) for store in stores * 5))
    recorded = await stores[0].audit_rows()
    for store in stores:
        await store.close()

    assert answers.count(None) == len(recorded) == 1
    assert answers.count(CLAIM) == 9


@pytest.mark.parametrize(
    ("state", "free", "is_free"),
    [
        (ResumptionState.ACCEPTED, FREE, False),
        (ResumptionState.ACCEPTED, FREE_AGAIN, True),
        (ResumptionState.UNKNOWN, FREE, False),
        (ResumptionState.UNKNOWN, FREE_AGAIN, False),
        (ResumptionState.REFUSED, FREE, True),
        (ResumptionState.REFUSED, FREE_AGAIN, True),
    ],
)
async def test_outcome_says_who_may_follow(
    store: SqlStore, state: ResumptionState, free: Collection[ResumptionState], *, is_free: bool
) -> None:
    """A claim is written over one that is free, and over no other."""
    outcome = CLAIM.settled(state, NOON + timedelta(seconds=1))
    await store.claim_resumption(CLAIM, ENTRY, FREE)
    await store.settle_resumption(outcome, ENTRY)

    assert await store.claim_resumption(LATER, ENTRY, free) == (None if is_free else outcome)
    assert await store.claim_resumption(CLAIM, ENTRY, FREE) == (LATER if is_free else outcome)
    assert len(await store.audit_rows()) == 2 + is_free


async def test_outcome_is_settled_once(store: SqlStore) -> None:
    """What came of a claim is not written over."""
    unknown = CLAIM.settled(ResumptionState.UNKNOWN, NOON)
    await store.claim_resumption(CLAIM, ENTRY, FREE)
    await store.settle_resumption(unknown, ENTRY)
    await store.settle_resumption(CLAIM.settled(ResumptionState.REFUSED, NOON), ENTRY)

    assert await store.claim_resumption(LATER, ENTRY, FREE) == unknown


async def test_what_cannot_be_recorded_is_not_stored(store: SqlStore) -> None:
    """Neither a claim, nor what came of it."""
    await store.claim_resumption(CLAIM, ENTRY, FREE)
    other = Resumption.claim(ExecutionId("e-2"), "operator", NOON)
    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")

    for write in (
        store.claim_resumption(other, ENTRY, FREE),
        store.settle_resumption(CLAIM.settled(ResumptionState.REFUSED, NOON), ENTRY),
    ):
        with pytest.raises(StoreError, match="audit"):
            await write

    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO audit")
    assert await store.claim_resumption(LATER, ENTRY, FREE) == CLAIM
    assert await store.claim_resumption(other, ENTRY, FREE) is None
