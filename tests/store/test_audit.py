"""The audit in the store: one unbroken chain, whoever writes."""

import asyncio
import dataclasses
from datetime import timedelta

from bot.domain.audit import GENESIS, AuditEntry
from bot.store.database import SqlStore
from tests.store.conftest import NOON

ENTRY = AuditEntry(
    at=NOON, actor="ada@example.com", action="resume.sending", subject={"parameters": {"b": "ü", "a": ""}, "n": 2}
)


async def test_entry_comes_back_as_it_was_sealed(store: SqlStore) -> None:
    """Every field of it."""
    await store.add_audit(ENTRY)

    (row,) = await store.audit_rows()

    assert row.entry == ENTRY
    assert (row.seq, row.previous_hash, row.is_intact) == (1, GENESIS, True)


async def test_chain_is_unbroken_whoever_writes(url: str) -> None:
    """Also where two processes write at once."""
    stores = [await SqlStore.open(url) for _ in range(2)]
    entries = [dataclasses.replace(ENTRY, at=NOON + timedelta(seconds=number)) for number in range(10)]

    await asyncio.gather(*(stores[place % 2].add_audit(entry) for place, entry in enumerate(entries)))
    rows = await stores[0].audit_rows()
    for store in stores:
        await store.close()

    assert [row.seq for row in rows] == list(range(1, 11))
    assert all(row.is_intact for row in rows)
    assert [row.previous_hash for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert sorted(row.entry.at for row in rows) == [entry.at for entry in entries]


async def test_rows_are_read_page_by_page(store: SqlStore) -> None:
    """Behind a place in the chain."""
    for _ in range(5):
        await store.add_audit(ENTRY)

    assert [row.seq for row in await store.audit_rows(2, 2)] == [3, 4]


async def test_change_of_a_row_shows(store: SqlStore) -> None:
    """Whoever writes past the store is found out."""
    await store.add_audit(ENTRY)
    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("UPDATE audit SET actor = 'mallory'")

    (row,) = await store.audit_rows()

    assert not row.is_intact
