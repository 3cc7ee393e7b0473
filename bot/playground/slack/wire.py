"""A log of what went over the wire, for the page and for tests; never with a token in it."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.playground.slack.changes import Changes

KEPT = 200
"""As many entries as the page shows."""
SECRET_KEYS = frozenset({"token", "authorization"})
_TICKET = re.compile(r"ticket=[\w-]+")

Direction = Literal["to_app", "from_app"]


@dataclass(frozen=True, slots=True, eq=False)
class WireEntry:
    """One envelope, call or ack."""

    seq: int
    at: datetime
    direction: Direction
    kind: str
    summary: str
    body: Mapping[str, Any]
    ms: float | None = None
    ok: bool = True


class WireLog:
    """The newest entries, in order."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._entries: deque[WireEntry] = deque(maxlen=KEPT)
        self._last = 0

    def __iter__(self) -> Iterator[WireEntry]:
        return iter(tuple(self._entries))

    def add(self, at: datetime, direction: Direction, kind: str, summary: str, body: Mapping[str, Any]) -> int:
        """Log something that starts; return its number."""
        self._last += 1
        self._entries.append(WireEntry(self._last, at, direction, kind, summary, without_secrets(body)))
        self._changes.announce()
        return self._last

    def finish(self, seq: int, ms: float | None, *, ok: bool, more: Mapping[str, Any] | None = None) -> None:
        """Say how an entry ended, with what was answered."""
        for at, entry in enumerate(self._entries):
            if entry.seq == seq:
                body = {**entry.body, **without_secrets(more or {})}
                self._entries[at] = replace(entry, ms=None if ms is None else round(ms, 1), ok=ok, body=body)
                break
        self._changes.announce()


def without_secrets(value: Any) -> Any:
    """Copy JSON, leaving out tokens and tickets."""
    if isinstance(value, Mapping):
        return {key: without_secrets(inner) for key, inner in value.items() if str(key).lower() not in SECRET_KEYS}
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value]
    return _TICKET.sub("ticket=…", value) if isinstance(value, str) else value
