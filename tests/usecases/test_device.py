"""Devices: the person's own, newest first, found in time or not at all."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import NexthinkFault
from bot.domain.run import Device
from bot.policy.rules import Devices
from bot.usecases import device
from bot.usecases.device import RECALLED_FOR, REMEMBERED_FOR, DeviceFinder
from tests.domain.values import NOON
from tests.usecases.fakes import FakeNexthink, SettableClock

UPN = "ada@example.com"


def seen(uid: str, at: datetime | None) -> Device:
    """Return a device that was last seen at a time."""
    return Device(name=uid.upper(), collector_uid=uid, last_seen=at)


def ago(**by: float) -> datetime:
    """Return a time before noon."""
    return NOON - timedelta(**by)


class Desk:
    """A finder with its Nexthink and its clock."""

    def __init__(self, *devices: Device) -> None:
        self.nexthink, self.clock = FakeNexthink(), SettableClock()
        self.nexthink.devices = list(devices)
        self.finder = DeviceFinder(nexthink=self.nexthink, rules=Devices(), clock=self.clock)


async def test_devices_come_newest_first() -> None:
    """One row a device, its newest; one that was never seen comes last."""
    old, new, never = seen("a", ago(days=2)), seen("b", ago(minutes=1)), seen("c", None)

    found = await Desk(never, old, seen("b", ago(days=1)), new).finder.find(UPN)

    assert found.devices == (new, old, never)
    assert found.newest == new
    assert (found.by_uid("a"), found.by_uid("z")) == (old, None)
    assert found.trouble == ""


@pytest.mark.parametrize(
    ("times", "must_ask", "is_stale"),
    [
        ((ago(minutes=5),), False, False),
        ((ago(minutes=5), ago(minutes=65)), True, False),
        ((ago(minutes=5), ago(minutes=66)), False, False),
        ((ago(minutes=66), ago(minutes=5)), False, False),
        ((ago(days=7),), False, False),
        ((ago(days=7, seconds=1),), False, True),
        ((ago(days=9), ago(days=9)), True, True),
        ((ago(days=9), ago(minutes=5)), False, False),
        ((None,), False, False),
        ((ago(minutes=5), None), False, False),
        ((None, None), True, False),
    ],
)
async def test_person_is_asked_or_warned_by_the_last_sightings(
    times: tuple[datetime | None, ...], *, must_ask: bool, is_stale: bool
) -> None:
    """Two seen within `ask_within` of each other: ask. The newest older than `stale_after`: warn."""
    found = await Desk(*(seen(f"d{place}", at) for place, at in enumerate(times))).finder.find(UPN)

    assert (found.must_ask, found.is_stale) == (must_ask, is_stale)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (NexthinkFault.NOT_FOUND, "The query for devices is not set up"),
        (NexthinkFault.UNREACHABLE, "Nexthink could not name your devices"),
        (NexthinkFault.FORBIDDEN, "Nexthink could not name your devices"),
        (NexthinkFault.UNCLEAR, "Nexthink could not name your devices"),
    ],
)
async def test_failure_becomes_a_clause(fault: NexthinkFault, trouble: str) -> None:
    """A person is told why no device is named; nothing is remembered of it, so the next one asks again."""
    desk = Desk(seen("a", NOON))
    desk.nexthink.fail("devices_of", fault)

    assert (await desk.finder.find(UPN)).trouble == trouble
    assert (await desk.finder.find(UPN)).trouble == ""


async def test_slow_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its patience the finder does without."""
    monkeypatch.setattr(device, "PATIENCE", timedelta(milliseconds=10))
    desk = Desk(seen("a", NOON))
    desk.nexthink.hanging.add("devices_of")

    found = await desk.finder.find(UPN)

    assert found.trouble == "Nexthink took too long to name your devices"
    assert found.newest is None


def test_patience_is_what_a_person_bears() -> None:
    """Three seconds."""
    assert timedelta(seconds=3) == device.PATIENCE


async def test_person_without_a_device_is_told_so() -> None:
    """No row is a trouble as well: the UPN alone is sent."""
    assert (await Desk().finder.find(UPN)).trouble == "Nexthink names no device of yours"


async def test_answer_is_remembered_for_a_while() -> None:
    """Within it nothing is asked; afterwards, and for somebody else, it is."""
    desk = Desk(seen("a", NOON))

    first = await desk.finder.find(UPN)
    desk.clock.now += REMEMBERED_FOR
    assert await desk.finder.find(UPN) == first == desk.finder.remembered(UPN)
    assert desk.nexthink.calls["devices_of"] == 1

    desk.clock.advance(seconds=1)
    assert desk.finder.remembered(UPN) is None
    await desk.finder.find(UPN)
    await desk.finder.find("grace@example.com")
    assert desk.nexthink.calls["devices_of"] == 3


async def test_old_answers_are_forgotten() -> None:
    """What nobody asks for any more takes no room."""
    desk = Desk(seen("a", NOON))
    await desk.finder.find("grace@example.com")

    desk.clock.now += RECALLED_FOR
    await desk.finder.find(UPN)
    assert set(desk.finder._remembered) == {UPN, "grace@example.com"}

    desk.clock.advance(seconds=1)
    await desk.finder.find("alan@example.com")
    assert set(desk.finder._remembered) == {UPN, "alan@example.com"}


async def test_device_is_recalled_for_hours() -> None:
    """A form may be open for long; whose device it was is known without asking, and only of its own person."""
    device = seen("a", NOON)
    desk = Desk(device)
    assert desk.finder.recalled(UPN, "a") is None

    await desk.finder.find(UPN)
    desk.clock.now += RECALLED_FOR
    assert desk.finder.recalled(UPN, "a") == device
    assert (desk.finder.recalled(UPN, "b"), desk.finder.recalled("grace@example.com", "a")) == (None, None)
    assert desk.nexthink.calls["devices_of"] == 1

    desk.clock.advance(seconds=1)
    assert desk.finder.recalled(UPN, "a") is None


async def test_failure_does_not_take_a_recalled_device_away() -> None:
    """What was found before still says whose a device was."""
    desk = Desk(seen("a", NOON))
    await desk.finder.find(UPN)
    desk.clock.advance(hours=1)
    desk.nexthink.fail("devices_of", NexthinkFault.UNREACHABLE)

    assert (await desk.finder.find(UPN)).trouble != ""

    assert desk.finder.recalled(UPN, "a") == seen("a", NOON)


TIMES = st.none() | st.integers(0, 100).map(lambda hours: ago(hours=hours))


@given(st.lists(st.tuples(st.sampled_from("abcd"), TIMES), min_size=1, max_size=8))
@settings(deadline=None)
async def test_newest_sighting_leads_in_any_order(rows: list[tuple[str, datetime | None]]) -> None:
    """Rows come in no promised order; every device is there once."""
    found = await Desk(*(seen(uid, at) for uid, at in rows)).finder.find(UPN)

    times = [device.last_seen or datetime.min.replace(tzinfo=NOON.tzinfo) for device in found.devices]
    assert times == sorted(times, reverse=True)
    assert {device.collector_uid for device in found.devices} == {uid for uid, _ in rows}
    assert len(found.devices) == len({uid for uid, _ in rows})
