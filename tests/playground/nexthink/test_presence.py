"""Devices that are offline: how work on them rests, and when it is given up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.nexthink.presence import Absence, Finish, finish_of
from tests.playground.nexthink.bench import Bench, NewBench

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORK = timedelta(seconds=10)
PATIENCE = timedelta(seconds=60)


def at(seconds: float) -> datetime:
    """Tell the moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def away(*times: tuple[float, float | None]) -> list[Absence]:
    """List absences by their seconds."""
    return [Absence(at(since), None if until is None else at(until)) for since, until in times]


@pytest.mark.parametrize(
    ("absences", "seconds", "gave_up"),
    [
        ([], 10, False),
        ([(-9, -5)], 10, False),
        ([(-9, 0)], 10, False),
        ([(-9, 5)], 15, False),
        ([(4, 5)], 11, False),
        ([(4, 5), (6, 8)], 13, False),
        ([(10, None)], 10, False),
        ([(9, None)], 69, True),
        ([(-9, None)], 60, True),
        ([(4, 64)], 70, False),
        ([(4, 65)], 64, True),
    ],
)
def test_work_rests_while_the_device_is_away(
    absences: list[tuple[float, float | None]], seconds: float, *, gave_up: bool
) -> None:
    """Time away counts only while there is work, and the patience is for each absence anew."""
    assert finish_of(START, WORK, away(*absences), PATIENCE) == Finish(at(seconds), gave_up)


@given(st.lists(st.floats(0.1, 50), min_size=2, max_size=8))
def test_work_takes_as_long_as_it_is_and_the_absences_are(gaps: list[float]) -> None:
    """Whatever the absences are, what is left of the time when they are taken away is the work."""
    marks = [at(sum(gaps[: index + 1])) for index in range(len(gaps))]
    absences = [Absence(since, until) for since, until in zip(marks[::2], marks[1::2], strict=False)]
    finish = finish_of(START, WORK, absences, PATIENCE)
    rested = sum(((a.until or a.since) - a.since for a in absences if a.since < finish.at), timedelta(0))

    assert not finish.gave_up
    assert finish.at == START + WORK + rested


async def start_on_grace(bench: Bench, workflow_id: str = "#clear_teams_cache") -> dict[str, Any]:
    """Start a workflow on Grace's one device."""
    return await bench.start(workflow_id, "grace@example.com")


async def test_a_run_goes_on_when_its_device_comes_back(bench: Bench) -> None:
    """Until then it is in progress; another device's run is not held up."""
    bench.sim.take_offline("LT-GRACE-0018")
    bench.sim.take_offline("LT-GRACE-0018")
    held, other = await start_on_grace(bench), await bench.start("#clear_teams_cache")
    bench.clock.move(minutes=10)
    assert [await bench.status(run["requestUuid"]) for run in (held, other)] == ["in_progress", "success"]
    assert bench.sim.offline_devices == ["LT-GRACE-0018"]

    bench.sim.bring_online("LT-GRACE-0018")
    bench.sim.bring_online("LT-GRACE-0018")
    seen = []
    for seconds in (5, 1):
        bench.clock.move(seconds=seconds)
        seen.append(await bench.status(held["requestUuid"]))

    assert (seen, bench.sim.offline_devices) == (["in_progress", "success"], [])


@pytest.mark.parametrize(("seconds", "status"), [(300, "success"), (301, "expired")])
async def test_a_run_whose_device_stays_away_expires(new_bench: NewBench, seconds: float, status: str) -> None:
    """It stays expired when the device comes back too late."""
    bench = await new_bench(offline_timeout=timedelta(minutes=5))
    started = await start_on_grace(bench)
    bench.clock.move(seconds=2)
    bench.sim.take_offline("LT-GRACE-0018")
    bench.clock.move(seconds=seconds)
    bench.sim.bring_online("LT-GRACE-0018")
    bench.clock.move(minutes=1)

    assert await bench.status(started["requestUuid"]) == status


async def test_a_waiting_run_takes_its_event_while_the_device_is_away(new_bench: NewBench) -> None:
    """The listener is the platform's; only what follows needs the device, and may expire."""
    bench = await new_bench(offline_timeout=timedelta(minutes=5))
    started = await start_on_grace(bench, "#windows_11_migration")
    (uuid,) = started["executionsUuids"]
    bench.clock.move(seconds=4)
    bench.sim.take_offline("LT-GRACE-0018")
    bench.clock.move(minutes=9)
    states = [bench.sim.state(uuid).name]
    assert (await bench.trigger("#windows_11_migration", uuid, decision="approved")).status_code == 200
    for minutes in (4, 1):
        bench.clock.move(minutes=minutes)
        states.append(bench.sim.state(uuid).name)
    ending = bench.sim.state(uuid).ending

    assert states == ["waiting", "in_progress", "expired"]
    assert ending is not None
    assert ending.details == "The device was offline for too long"


async def test_a_run_that_needs_no_device_does_not_care(bench: Bench) -> None:
    """A user's account is unlocked whether or not the laptop is on."""
    bench.sim.take_offline("LT-GRACE-0018")
    started = await start_on_grace(bench, "#unlock_account")
    bench.clock.move(minutes=1)

    assert await bench.status(started["requestUuid"]) == "success"


async def test_a_device_that_is_away_was_last_seen_before(bench: Bench) -> None:
    """NQL shows the time at which it left, less what it had been idle."""
    bench.sim.take_offline("LT-GRACE-0018")
    bench.clock.move(minutes=10)
    (row,) = (await bench.nql("#fixdesk_user_devices", upn="grace@example.com")).json()["data"]

    assert row["device.last_seen"] == "2026-11-23 08:59:00"


async def test_an_unknown_device_cannot_leave(bench: Bench) -> None:
    """Its name is in the error."""
    with pytest.raises(KeyError, match="LT-NOBODY"):
        bench.sim.take_offline("LT-NOBODY")
