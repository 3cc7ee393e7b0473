"""The audit: what was decided and done by whom, each row sealed by the hash of the one before."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

GENESIS = "0" * 64
"""The hash that the first row follows."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What is to be recorded; no secret ever stands in it."""

    at: datetime
    actor: str
    """An address, `operator`, or `fixdesk` itself."""
    action: str
    """Subject and verb: `part.started`."""
    subject: Mapping[str, Any]
    """JSON: texts, whole numbers, truth values, lists and mappings."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An entry in its place in the chain."""

    seq: int
    entry: AuditEntry
    previous_hash: str
    hash: str

    @classmethod
    def after(cls, last: Self | None, entry: AuditEntry) -> Self:
        """Return the row that records an entry after the last one."""
        seq, previous_hash = (last.seq + 1, last.hash) if last else (1, GENESIS)
        return cls(seq=seq, entry=entry, previous_hash=previous_hash, hash=_digest(seq, entry, previous_hash))

    @property
    def is_intact(self) -> bool:
        """Whether the row is still what was sealed."""
        return self.hash == _digest(self.seq, self.entry, self.previous_hash)


def _digest(seq: int, entry: AuditEntry, previous_hash: str) -> str:
    """Hash a canonical JSON of all that a row holds but the hash itself."""
    content = {
        "seq": seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "previous_hash": previous_hash,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
