"""Trouble with one request, or for all at its time: lost, late, refused answers; sockets that go; time that jumps."""

import asyncio
import dataclasses
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any

from bot.playground.clock import Clock
from bot.playground.nexthink import fault as nexthink
from bot.playground.slack.delivery.mishaps import Mishap
from bot.playground.slack.faults import ANY_METHOD, Fault
from bot.playground.stand import Stand

HELD = 0.3
"""Seconds, at most, after which a request that hangs is let go of: its connection is cut."""
LATE = 0.15


@dataclasses.dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with the n-th request to a place; `*` counts all requests."""

    place: str
    number: int
    kind: str

    def __str__(self) -> str:
        """Write it as `read_trouble` reads it."""
        return f"{self.place}={self.kind}@{self.number}"


def read_trouble(text: str) -> Trouble:
    """Read what `str` has written."""
    place, _, rest = text.partition("=")
    kind, _, number = rest.partition("@")
    return Trouble(place, int(number), kind)


_NEXTHINK: Mapping[str, nexthink.Fault] = {
    "busy": nexthink.answer(429, "3"),
    "refused401": nexthink.answer(401),
    "away": nexthink.answer(503),
    "away_after": nexthink.answer(503, processed=True),
    "cut_before": nexthink.cut(processed=False),
    "cut_after": nexthink.cut(processed=True),
    "hang": nexthink.hang(processed=False),
    "hang_after": nexthink.hang(processed=True),
    "late": nexthink.slow(LATE),
    "half": nexthink.half(),
    "unreadable": nexthink.unreadable(),
}
_SLACK: Mapping[str, Fault] = {
    "busy": Fault(retry_after=3),
    "error500": Fault(status=500),
    "page503": Fault(status=503, is_html=True),
    "fatal": Fault(error="fatal_error", takes_effect=True),
    "internal": Fault(error="internal_error"),
    "cut_before": Fault(cuts=True),
    "cut_after": Fault(cuts=True, takes_effect=True),
    "hang": Fault(hangs=True),
    "hang_after": Fault(hangs=True, takes_effect=True),
    "garbled_after": Fault(is_garbled=True, takes_effect=True),
    "late": Fault(delay_seconds=LATE),
}
OF_NEXTHINK, OF_SLACK = tuple(_NEXTHINK), tuple(_SLACK)
AWAY_FOR = 0.4
"""Seconds."""
OF_ALL = (
    "slack_away",
    "nexthink_away",
    "twice",
    "twice",
    "lose_ack",
    "refresh",
    "cut",
    "drop",
    "refresh_all",
    "jump60",
    "jump600",
    "jump7200",
    "stop",
)
OUT_OF_SIGHT = frozenset({"jump7200"})
"""After more than an hour Nexthink's records of recent executions do not show a start any more."""


class Troublemaker:
    """Makes the trouble of a schedule, each when its request comes."""

    def __init__(self, stand: Stand, clock: Clock, stop_bot: Callable[[], None]) -> None:
        self._stand = stand
        self._clock = clock
        self._stop_bot = stop_bot
        self._planned: dict[tuple[str, int], list[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, troubles: tuple[Trouble, ...]) -> None:
        """Wait for the requests at which there will be trouble."""
        self._later(self._release())
        for one in troubles:
            self._planned.setdefault((one.place, one.number), []).append(one.kind)

    def before(self, place: str, number: int) -> None:
        """Make the trouble that is planned for this request."""
        for kind in self._planned.pop((place, number), ()):
            self._make(place, kind)

    def _make(self, place: str, kind: str) -> None:
        side, _, name = place.partition(":")
        if side == "nexthink":
            self._stand.nexthink.faults.add(nexthink.Endpoint(name), _NEXTHINK[kind])
        elif side == "slack":
            self._stand.slack.fail(name, _SLACK[kind])
        else:
            self._for_all(kind)

    def _for_all(self, kind: str) -> None:
        sockets, mishaps = self._stand.slack.deliveries.sockets, self._stand.slack.deliveries.mishaps
        if kind.startswith("jump"):
            self._later(self._jump(timedelta(seconds=int(kind.removeprefix("jump")))))
        elif kind in {"twice", "lose_ack"}:
            mishaps.plan(Mishap(kind))
        elif kind == "slack_away":
            self._later(self._slack_away())
        elif kind == "nexthink_away":
            self._later(self._nexthink_away())
        elif kind == "stop":
            self._stop_bot()
        elif kind == "cut":
            sockets.cut()
        elif kind == "refresh":
            self._later(sockets.refresh())
        else:
            self._later(sockets.disconnect("refresh_requested" if kind == "refresh_all" else None))

    async def _jump(self, by: timedelta) -> None:
        self._clock.jump(by)

    async def _slack_away(self) -> None:
        faults = self._stand.slack.faults
        away = faults.fail(ANY_METHOD, _SLACK["page503"], times=None)
        await asyncio.sleep(AWAY_FOR)
        faults.forget(away.id)

    async def _nexthink_away(self) -> None:
        await self._stand.nexthink.go_offline()
        await asyncio.sleep(AWAY_FOR)
        await self._stand.nexthink.go_online()

    async def _release(self) -> None:
        """Let go again and again of what hangs: its connection is cut."""
        while True:
            await asyncio.sleep(HELD)
            self._stand.nexthink.release()
            faults = self._stand.slack.faults
            faults._released.set()
            faults._released = asyncio.Event()

    def _later(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End what goes on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
