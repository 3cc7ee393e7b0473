"""Who and what the simulated tenant knows: users and their devices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.playground.nexthink.workflow import uuid_of
from bot.playground.seed import SeedDevice, SeedPerson


@dataclass(frozen=True, slots=True)
class Device:
    """A device, with the identifiers that the API takes."""

    name: str
    uid: str
    collector_uid: str
    platform: str
    seen_ago: timedelta
    last_upn: str
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
    devices: tuple[Device, ...]
    """The most recently used one first."""

    @property
    def identifiers(self) -> dict[str, str]:
        """The identifiers by their names in the V2 start request."""
        return {"upn": self.upn, "uid": self.uid, "sid": self.sid}


class Directory:
    """The users and devices of a tenant; letter case does not matter in what is looked for."""

    def __init__(self, people: Iterable[SeedPerson]) -> None:
        self.users = tuple(_user(person) for person in people)
        devices = (device for user in self.users for device in user.devices)
        self.devices = tuple(sorted(devices, key=lambda device: device.seen_ago))

    def user(self, identifiers: Mapping[str, str]) -> User | None:
        """Find the user whom all the identifiers fit."""
        return next((user for user in self.users if _fits(user.identifiers, identifiers)), None)

    def device(self, identifiers: Mapping[str, str]) -> Device | None:
        """Find the device that all the identifiers fit; of several, the one seen last."""
        return next((device for device in self.devices if _fits(device.identifiers, identifiers)), None)


def _fits(known: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(known[name].casefold() == value.casefold() for name, value in wanted.items())


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
