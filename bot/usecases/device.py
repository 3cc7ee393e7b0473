"""Which device a run is for: the person's own, most recently used first, found from their UPN."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import Device
from bot.policy.rules import Devices
from bot.usecases.ports import Clock, Nexthink

PATIENCE = timedelta(seconds=3)
"""A person waits for this answer: beyond it the UPN alone is sent."""
REMEMBERED_FOR = timedelta(minutes=5)
RECALLED_FOR = timedelta(hours=8)
"""How long it is known that a device was somebody's: a form may be open for long."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FoundDevices:
    """A person's devices, newest first, and what a person should know about them."""

    devices: tuple[Device, ...] = ()
    trouble: str = ""
    """Why there is no list, as a clause; empty where Nexthink answered."""
    must_ask: bool = False
    """Two were used at nearly the same time: the person chooses."""
    is_stale: bool = False
    """The newest has not been seen for long."""

    def by_uid(self, collector_uid: str) -> Device | None:
        """Return the device of an id, None where it is not one of them."""
        return next((device for device in self.devices if device.collector_uid == collector_uid), None)

    @property
    def newest(self) -> Device | None:
        """The most recently used one."""
        return self.devices[0] if self.devices else None


class DeviceFinder:
    """Asks Nexthink for a person's devices, and remembers the answer for a while."""

    def __init__(self, *, nexthink: Nexthink, rules: Devices, clock: Clock) -> None:
        self._nexthink = nexthink
        self.rules = rules
        self._clock = clock
        self._remembered: dict[str, tuple[datetime, tuple[Device, ...]]] = {}

    async def find(self, upn: str) -> FoundDevices:
        """Return somebody's devices; every failure becomes a `trouble`, never an error."""
        remembered = self.remembered(upn)
        if remembered is not None:
            return remembered
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                devices = await self._nexthink.devices_of(upn)
        except TimeoutError:
            return FoundDevices(trouble="Nexthink took too long to name your devices")
        except NexthinkError as error:
            is_missing = error.fault is NexthinkFault.NOT_FOUND
            return FoundDevices(
                trouble="The query for devices is not set up" if is_missing else "Nexthink could not name your devices"
            )
        self._forget_old()
        self._remembered[upn] = (self._clock(), _newest_first(devices))
        return self._judged(self._remembered[upn][1])

    def remembered(self, upn: str) -> FoundDevices | None:
        """Return what was found within the last minutes, without asking."""
        found_at, devices = self._remembered.get(upn, (None, ()))
        if found_at is None or self._clock() - found_at > REMEMBERED_FOR:
            return None
        return self._judged(devices)

    def recalled(self, upn: str, collector_uid: str) -> Device | None:
        """Return a device that was found to be somebody's within the last hours, None where it was not."""
        found_at, devices = self._remembered.get(upn, (None, ()))
        if found_at is None or self._clock() - found_at > RECALLED_FOR:
            return None
        return FoundDevices(devices=devices).by_uid(collector_uid)

    def _forget_old(self) -> None:
        oldest = self._clock() - RECALLED_FOR
        self._remembered = {upn: found for upn, found in self._remembered.items() if found[0] >= oldest}

    def _judged(self, devices: tuple[Device, ...]) -> FoundDevices:
        if not devices:
            return FoundDevices(trouble="Nexthink names no device of yours")
        now, oldest = self._clock(), datetime.min.replace(tzinfo=UTC)
        seen = [device.last_seen or oldest for device in devices]
        return FoundDevices(
            devices=devices,
            must_ask=any(seen[0] - second <= self.rules.ask_within for second in seen[1:2]),
            is_stale=seen[0] != oldest and now - seen[0] > self.rules.stale_after,
        )


def _newest_first(devices: list[Device]) -> tuple[Device, ...]:
    """Sort by the last sighting, one row a device; one that was never seen comes last."""
    newest: dict[str, Device] = {}
    for device in sorted(devices, key=_seen, reverse=True):
        newest.setdefault(device.collector_uid, device)
    return tuple(newest.values())


def _seen(device: Device) -> float:
    return device.last_seen.timestamp() if device.last_seen else 0.0
