"""Lists in pages: a limit, and a cursor to the next page.

https://docs.slack.dev/apis/web-api/pagination
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.playground.slack.methods.calls import Call, Json
from bot.playground.slack.refusal import RefusedError

T = TypeVar("T")
DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
"""https://docs.slack.dev/reference/methods/conversations.list"""
_PREFIX = "next:"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the items, and how to ask for those that follow."""

    items: Sequence[T]
    next_cursor: str = ""

    @property
    def metadata(self) -> Json:
        """Return the part of the answer that leads on."""
        return {"response_metadata": {"next_cursor": self.next_cursor}}


def page_of(call: Call, items: Sequence[T], key: Callable[[T], str], default: int = DEFAULT_LIMIT) -> Page[T]:
    """Return the page that the call's `limit` and `cursor` ask for; a key names an item for good."""
    limit, start = _limit(call, default), _start(call, [key(item) for item in items])
    rest = items[start + limit :]
    cursor = base64.b64encode(f"{_PREFIX}{key(rest[0])}".encode()).decode() if rest else ""
    return Page(items[start : start + limit], cursor)


def _limit(call: Call, default: int) -> int:
    try:
        limit = int(call.args.get("limit") or default)
    except (TypeError, ValueError):
        limit = 0
    if limit < 1:
        raise RefusedError("invalid_limit")
    return min(limit, MAX_LIMIT)


def _start(call: Call, keys: Sequence[str]) -> int:
    cursor = str(call.args.get("cursor") or "")
    if not cursor:
        return 0
    try:
        name = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, ValueError):
        name = ""
    wanted = name.removeprefix(_PREFIX)
    if not name.startswith(_PREFIX) or wanted not in keys:
        raise RefusedError("invalid_cursor")
    return keys.index(wanted)
