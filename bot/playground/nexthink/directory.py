"""Who and what the simulated tenant knows: users and their devices."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from bot.playground.nexthink.workflow import uuid_of
from bot.playground.seed import SeedDevice, SeedPerson


@dataclass(frozen=True, slots=True)
class Device:
    """A device, with the identifiers that the API takes."""

    name: str
    uid: str
    collector_uid: str
    platform: str = ""
    seen_ago: timedelta = timedelta(0)
    last_upn: str = ""
    """The user who logged in last."""

    @property
    def identifiers(self) -> dict[str, str]:
        """The identifiers by their names in the V2 start request."""
        return {"name": self.name, "uid": self.uid, "collectorUid": self.collector_uid}


@dataclass(frozen=True, slots=True)
class User:
    """A user, with the identifiers that the API takes."""

    upn: str
    uid: str
    sid: str
    devices: tuple[Device, ...] = ()
    """The most recently used one first."""
    is_known: bool = True
    """Whether the tenant can tell the user's devices, and that there are none."""

    @property
    def identifiers(self) -> dict[str, str]:
        """The identifiers by their names in the V2 start request."""
        return {"upn": self.upn, "uid": self.uid, "sid": self.sid}


Target = TypeVar("Target", User, Device)


class Directory:
    """The users and devices of a tenant; letter case does not matter in what is looked for."""

    def __init__(self, people: Iterable[SeedPerson]) -> None:
        self.users = tuple(_user(person) for person in people)
        devices = (device for user in self.users for device in user.devices)
        self.devices = tuple(sorted(devices, key=lambda device: device.seen_ago))
        self._users = _Index(self.users)
        self._devices = _Index(self.devices)

    def user(self, identifiers: Mapping[str, str]) -> User | None:
        """Find the user whom all the identifiers fit."""
        return self._users.find(identifiers)

    def device(self, identifiers: Mapping[str, str]) -> Device | None:
        """Find the device that all the identifiers fit; of several, the one seen last."""
        return self._devices.find(identifiers)


class _Index(Generic[Target]):
    """Users or devices by each of their identifiers, in the order in which they were given."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets: defaultdict[tuple[str, str], list[Target]] = defaultdict(list)
        for target in targets:
            for name, value in target.identifiers.items():
                self._targets[name, value.casefold()].append(target)

    def find(self, identifiers: Mapping[str, str]) -> Target | None:
        """Find the first that all the identifiers fit."""
        fitting = [self._targets.get((name, value.casefold()), []) for name, value in identifiers.items()]
        return next((target for target in fitting[0] if all(target in others for others in fitting[1:])), None)


def unknown_user(identifiers: Mapping[str, str]) -> User:
    """Make a user of whom nothing is known but these identifiers."""
    upn, uid, sid = (identifiers.get(name, "") for name in ("upn", "uid", "sid"))
    return User(upn, uid, sid, is_known=False)


def unknown_device(identifiers: Mapping[str, str]) -> Device:
    """Make a device of which nothing is known but these identifiers."""
    name, uid, collector_uid = (identifiers.get(name, "") for name in ("name", "uid", "collectorUid"))
    return Device(name, uid, collector_uid)


def _user(person: SeedPerson) -> User:
    devices = (_device(device, person.email) for device in person.devices)
    return User(
        upn=person.email,
        uid=str(uuid_of("user", person.email)),
        sid=_sid(person.email),
        devices=tuple(sorted(devices, key=lambda device: device.seen_ago)),
    )


def _device(device: SeedDevice, upn: str) -> Device:
    return Device(
        name=device.name,
        uid=str(uuid_of("device", upn, device.name)),
        collector_uid=str(uuid_of("collector", upn, device.name)),
        platform=device.platform,
        seen_ago=device.seen_ago,
        last_upn=upn,
    )


def _sid(upn: str) -> str:
    """Make a security identifier in the form of a domain account's."""
    return f"S-1-5-21-1004336348-1177238915-682003330-{1000 + uuid_of('sid', upn).int % 100_000}"
