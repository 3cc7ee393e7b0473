"""The audit's chain: each row is sealed, and follows the one before."""

import dataclasses
from datetime import timedelta, timezone
from typing import Any

import pytest

from bot.domain.audit import GENESIS, AuditEntry, AuditRow
from tests.domain.values import NOON

ENTRY = AuditEntry(at=NOON, actor="operator", action="part.started", subject={"batch": "b-1", "targets": 2})


def test_rows_follow_each_other() -> None:
    """The first follows nothing, each other the hash before it."""
    first = AuditRow.after(None, ENTRY)
    second = AuditRow.after(first, ENTRY)

    assert (first.seq, first.previous_hash) == (1, GENESIS)
    assert (second.seq, second.previous_hash) == (2, first.hash)
    assert first.hash != second.hash
    assert first.is_intact
    assert second.is_intact


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOON + timedelta(microseconds=1)},
        {"actor": "ada@example.com"},
        {"action": "part.refused"},
        {"subject": {"batch": "b-1", "targets": 3}},
        {"subject": {}},
    ],
)
def test_change_of_anything_shows(change: dict[str, Any]) -> None:
    """A row that is not what was sealed is found out."""
    row = AuditRow.after(None, ENTRY)

    assert not dataclasses.replace(row, entry=dataclasses.replace(ENTRY, **change)).is_intact
    assert not dataclasses.replace(row, seq=2).is_intact
    assert not dataclasses.replace(row, previous_hash="1" * 64).is_intact


def test_seal_does_not_depend_on_how_it_is_written() -> None:
    """The zone of the time and the order of the subject's members are no content."""
    other = dataclasses.replace(
        ENTRY, at=NOON.astimezone(timezone(timedelta(hours=2))), subject={"targets": 2, "batch": "b-1"}
    )

    assert AuditRow.after(None, other).hash == AuditRow.after(None, ENTRY).hash
