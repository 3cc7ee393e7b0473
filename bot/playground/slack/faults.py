"""Faults on demand: the next calls of a method fail as networks and vendors fail."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count

ANY_METHOD = "*"
"""Stands for every method."""


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
    is_garbled: bool = False
    """Answer with what is called JSON and is none."""
    hangs: bool = False
    """Never answer."""
    cuts: bool = False
    """Cut the connection without an answer."""
    takes_effect: bool = False
    """Do what was asked for all the same; only the answer goes wrong."""
    delay_seconds: float = 0
    """Wait first; with nothing else set the call then goes well."""

    @property
    def answers_json(self) -> bool:
        """Say whether the answer is one of Slack's own, if only a refusal."""
        return not (self.hangs or self.cuts or self.is_html or self.is_garbled)

    @property
    def only_delays(self) -> bool:
        """Say whether the call goes well in the end."""
        return self == Fault(delay_seconds=self.delay_seconds)


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault that waits for its calls."""

    id: str
    method: str
    """`*` for any."""
    fault: Fault
    times: int | None
    """How many calls it will hit; None for one that lasts until it is taken away."""

    def hits(self, method: str) -> bool:
        """Tell whether it waits for a call of this method."""
        return self.method in {method, ANY_METHOD}


class Faults:
    """The faults that wait for their calls: those that are counted first, in order, then the lasting ones."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []
        self._ids = count(1)
        self._released = asyncio.Event()

    @property
    def planned(self) -> list[Planned]:
        """List what waits, in the order in which it hits."""
        return sorted(self._planned, key=lambda planned: planned.times is None)

    def fail(self, method: str, fault: Fault, *, times: int | None = 1) -> Planned:
        """Let the next calls of a method fail; None lasts until it is taken away, and ends another that lasts."""
        if times is None:
            self._planned = [each for each in self._planned if (each.method, each.times) != (method, None)]
        planned = Planned(f"F{next(self._ids)}", method, fault, times)
        self._planned.append(planned)
        return planned

    def take(self, method: str) -> Fault | None:
        """Return the fault for this call, if there is one."""
        hit = next((planned for planned in self.planned if planned.hits(method)), None)
        if hit is None:
            return None
        if hit.times is not None:
            left = [replace(hit, times=hit.times - 1)] if hit.times > 1 else []
            at = self._planned.index(hit)
            self._planned[at : at + 1] = left
        return hit.fault

    def forget(self, planned_id: str) -> None:
        """Take one back; raise `LookupError` where it is not there, or no longer."""
        if planned_id not in {planned.id for planned in self._planned}:
            raise LookupError(f"no fault {planned_id} is planned")
        self._planned = [planned for planned in self._planned if planned.id != planned_id]

    async def wait(self, seconds: float | None) -> None:
        """Wait that long, for ever where it is None; clearing the faults ends every wait."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._released.wait()

    def clear(self) -> None:
        """Forget every fault, and let go of the calls that wait."""
        self._planned.clear()
        self._released.set()
        self._released = asyncio.Event()
