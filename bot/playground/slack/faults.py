"""Faults on demand: the next calls of a method fail as networks and vendors fail."""

import asyncio
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """How one call fails."""

    error: str = ""
    """Slack's error string in an answer with `ok: false`."""
    status: int = 200
    retry_after: int | None = None
    """Seconds in a Retry-After header; the status is then 429."""
    is_html: bool = False
    """Answer with a page, as a gateway in between does."""
    hangs: bool = False
    """Never answer."""
    cuts: bool = False
    """Cut the connection without an answer."""
    takes_effect: bool = False
    """Do what was asked for all the same; only the answer goes wrong."""
    delay_seconds: float = 0
    """Wait first; with nothing else set the call then goes well."""

    @property
    def only_delays(self) -> bool:
        """Say whether the call goes well in the end."""
        return self == Fault(delay_seconds=self.delay_seconds)


class Faults:
    """The faults that wait for their call."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._released = asyncio.Event()

    def fail(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next calls of a method fail."""
        self._waiting.setdefault(method, deque()).extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """Return the fault for this call, if there is one."""
        waiting = self._waiting.get(method)
        return waiting.popleft() if waiting else None

    async def hang(self) -> None:
        """Wait until the hanging calls are let go."""
        await self._released.wait()

    def clear(self) -> None:
        """Forget every fault and let hanging calls go."""
        self._waiting.clear()
        self._released.set()
        self._released = asyncio.Event()
