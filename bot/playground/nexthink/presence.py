"""Which devices are offline, and what that does to the work on them; all of it follows from the clock."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.playground.nexthink.directory import Device


@dataclass(frozen=True, slots=True)
class Absence:
    """A time without a connection to a device."""

    since: datetime
    until: datetime | None = None
    """None while it lasts."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a piece of work."""

    at: datetime
    gave_up: bool = False
    """Whether the device was away for too long."""


class Presence:
    """The absences of all devices."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._absences: defaultdict[Device, list[Absence]] = defaultdict(list)

    @property
    def offline(self) -> list[Device]:
        """The devices that are offline now."""
        return [device for device in self._absences if self.offline_since(device) is not None]

    def absences_of(self, device: Device) -> Sequence[Absence]:
        """Give a device's absences in their order; the sequence goes on with what happens later."""
        return self._absences[device]

    def offline_since(self, device: Device) -> datetime | None:
        """Tell since when a device has been offline, or None if it is online."""
        absences = self._absences.get(device)
        return absences[-1].since if absences and absences[-1].until is None else None

    def take_offline(self, device: Device) -> None:
        """Take a device offline; one that is offline stays so."""
        if self.offline_since(device) is None:
            self._absences[device].append(Absence(self._clock()))

    def bring_online(self, device: Device) -> None:
        """Bring a device back; one that is online stays so."""
        if self.offline_since(device) is not None:
            absences = self._absences[device]
            absences[-1] = replace(absences[-1], until=self._clock())


def finish_of(begun: datetime, work: timedelta, absences: Iterable[Absence], patience: timedelta) -> Finish:
    """Tell when work on a device ends: it rests while the device is away, and is given up if that lasts too long."""
    at, left = begun, work
    for absence in absences:
        if absence.until is not None and absence.until <= at:
            continue
        if at + left <= absence.since:
            break
        left -= max(absence.since - at, timedelta(0))
        rests_from = max(absence.since, at)
        if absence.until is None or absence.until > rests_from + patience:
            return Finish(rests_from + patience, gave_up=True)
        at = absence.until
    return Finish(at + left)
