"""What the simulated Nexthink was asked, without secrets."""

import asyncio
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

KEPT_REQUESTS = 10_000
"""A playground may stay open for days, so the oldest requests are forgotten."""

_SECRET_HEADERS = frozenset({"authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request that arrived, whatever became of it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case names; of Authorization only the scheme is kept."""
    body: Any
    """The JSON, or the text if it is none; None without a body."""


class RequestLog:
    """The requests in the order of their arrival."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=KEPT_REQUESTS)
        self.arrived = 0
        self._arrival = asyncio.Event()

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(self._entries)

    def to(self, path_end: str) -> list[LoggedRequest]:
        """List the requests whose path ends so, such as `/execute` or `/trigger`."""
        return [entry for entry in self._entries if entry.path.endswith(path_end)]

    async def wait_for(self, path_end: str, count: int = 1) -> list[LoggedRequest]:
        """Wait until so many requests have arrived at such a path, and list them."""
        while len(self.to(path_end)) < count:
            await self._arrival.wait()
        return self.to(path_end)

    def clear(self) -> None:
        """Forget the requests, but not how many have arrived."""
        self._entries.clear()

    async def add(self, request: web.Request) -> None:
        """Write a request down; its body stays readable."""
        self._entries.append(
            LoggedRequest(
                method=request.method,
                path=request.path,
                query=dict(request.query),
                headers={name.lower(): _shown(name.lower(), value) for name, value in request.headers.items()},
                body=_readable(await request.read()),
            )
        )
        self.arrived += 1
        self._arrival.set()
        self._arrival = asyncio.Event()


def _shown(name: str, value: str) -> str:
    return f"{value.partition(' ')[0]} …" if name in _SECRET_HEADERS else value


def _readable(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
