"""Batches in the store: every field comes back, a part changes only from what it was, and once is once."""

import asyncio
import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.audit import AuditEntry
from bot.domain.batch import Batch, BatchId, Part, PartState
from bot.domain.errors import StoreError
from bot.domain.run import ExecutionId
from bot.domain.targets import Identifier
from bot.domain.workflow import WorkflowId
from bot.store import batches, codec
from bot.store.database import SqlStore
from tests.store.conftest import NOON

ENTRY = AuditEntry(at=NOON, actor="operator", action="test", subject={"batch": "b-1"})

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TIMES = st.datetimes(timezones=st.timezones(), min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001 - the zone is drawn apart
TARGETS = st.dictionaries(st.sampled_from(Identifier), TEXTS, min_size=1)
PARTS = st.builds(
    Part,
    ordinal=st.integers(0, 5),
    targets=st.lists(TARGETS, min_size=1, max_size=3).map(tuple),
    changed_at=TIMES,
    state=st.sampled_from(PartState),
    request_id=TEXTS,
    execution_ids=st.lists(TEXTS.map(ExecutionId), max_size=3).map(tuple),
    note=TEXTS,
)
BATCHES = st.builds(
    Batch,
    id=TEXTS.map(BatchId),
    key=TEXTS,
    workflow_id=TEXTS.map(WorkflowId),
    workflow_uuid=TEXTS,
    workflow_name=TEXTS,
    parameters=st.dictionaries(TEXTS, TEXTS, max_size=3),
    actor=TEXTS,
    rule=TEXTS,
    created_at=TIMES,
    parts=st.lists(PARTS, min_size=1, max_size=3, unique_by=lambda part: part.ordinal).map(
        lambda parts: tuple(sorted(parts, key=lambda part: part.ordinal))
    ),
)


def a_batch(name: str = "b-1", *states: PartState, **changes: Any) -> Batch:
    """Return a batch with parts in some states."""
    parts = tuple(
        Part(ordinal=place, targets=({Identifier.UPN: f"user{place}@example.com"},), changed_at=NOON, state=state)
        for place, state in enumerate(states or (PartState.PENDING,))
    )
    plain: dict[str, Any] = {
        "id": BatchId(name),
        "key": "key",
        "workflow_id": WorkflowId("#reset_vpn"),
        "workflow_uuid": "w-1",
        "workflow_name": "Reset VPN",
        "parameters": {"reason": "slow"},
        "actor": "operator",
        "rule": "#reset_*",
        "created_at": NOON,
        "parts": parts,
    }
    return Batch(**(plain | changes))


@given(BATCHES)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_every_field_comes_back(store: SqlStore, batch: Batch) -> None:
    """Whatever they hold; times as the same moment."""
    async with store._writer.connect() as connection:
        await batches.add(connection, batch)
        found = await batches.newest(connection, batch.key)
        await connection.rollback()

    assert found == batch


async def test_columns_are_those_of_the_values() -> None:
    """No field is forgotten on its way in."""
    batch = a_batch()
    own = {field.name for field in dataclasses.fields(Batch)} - {"parts"}
    of_part = {field.name for field in dataclasses.fields(Part)} - {"targets"}

    assert codec.encode_batch(batch).keys() == own
    assert codec.encode_part(batch.parts[0]).keys() == of_part


async def test_newest_of_a_key_is_found(store: SqlStore) -> None:
    """And no other."""
    older, newer = a_batch("b-1"), a_batch("b-2", created_at=NOON + timedelta(seconds=1))
    for batch in (newer, older, a_batch("b-3", key="other")):
        assert await store.add_batch(batch, ENTRY, is_once=False) is None

    assert await store.newest_batch("key") == newer
    assert await store.newest_batch("nothing") is None


@pytest.mark.parametrize("state", PartState)
async def test_batch_in_the_way_is_returned_and_nothing_is_stored(store: SqlStore, state: PartState) -> None:
    """As long as one of its parts is not started."""
    first, second = a_batch("b-1", PartState.STARTED, state), a_batch("b-2", created_at=NOON + timedelta(seconds=1))
    await store.add_batch(first, ENTRY, is_once=True)

    in_the_way = await store.add_batch(second, ENTRY, is_once=True)

    is_stored = state is PartState.STARTED
    assert in_the_way == (None if is_stored else first)
    assert await store.newest_batch("key") == (second if is_stored else first)
    assert len(await store.audit_rows()) == 1 + is_stored


async def test_of_two_calls_at_once_one_is_stored(store: SqlStore) -> None:
    """The other is told of it."""
    asked = [a_batch(f"b-{number}") for number in range(5)]

    answers = await asyncio.gather(*(store.add_batch(batch, ENTRY, is_once=True) for batch in asked))

    assert answers.count(None) == 1


async def test_part_changes_only_from_what_it_was(store: SqlStore) -> None:
    """One of many wins, and only that is recorded."""
    batch = a_batch()
    await store.add_batch(batch, ENTRY, is_once=False)
    (part,) = batch.parts
    sending = part.move(PartState.SENDING, NOON + timedelta(seconds=1))

    answers = await asyncio.gather(*(store.replace_part(batch.id, part, sending, ENTRY) for _ in range(5)))

    assert sorted(answers) == [False] * 4 + [True]
    assert await store.newest_batch("key") == batch.with_part(sending)
    assert len(await store.audit_rows()) == 2


async def test_started_part_keeps_its_ids(store: SqlStore) -> None:
    """They are how Nexthink's records name it, and how it is found again."""
    batch = a_batch("b-1", PartState.SENDING)
    await store.add_batch(batch, ENTRY, is_once=False)
    (part,) = batch.parts
    started = part.move(PartState.STARTED, NOON, request_id="q-1", execution_ids=(ExecutionId("AB_1"),))

    assert await store.replace_part(batch.id, part, started, ENTRY)

    assert await store.newest_batch("key") == batch.with_part(started)
    assert await store.starter_of(ExecutionId("ab_1")) == "operator"
    assert await store.starter_of(ExecutionId("abx1")) == ""
    assert await store.starter_of(ExecutionId("b_1")) == ""


async def test_what_cannot_be_recorded_is_not_stored(store: SqlStore) -> None:
    """The change and its record are one transaction."""
    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")

    with pytest.raises(StoreError, match="audit"):
        await store.add_batch(a_batch(), ENTRY, is_once=False)

    assert await store.newest_batch("key") is None
