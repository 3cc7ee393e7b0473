"""The playground's clock jumps, and wakes whoever sleeps by it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.playground.clock import Clock

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    """A clock whose real time stands still."""
    return Clock(lambda: NOW)


async def asleep(clock: Clock, *lengths: timedelta) -> list["asyncio.Task[None]"]:
    """Let some sleep by the clock, and return when they do."""
    tasks = [asyncio.create_task(clock.sleep(length)) for length in lengths]
    await asyncio.sleep(0)
    return tasks


def test_a_jump_adds_up(clock: Clock) -> None:
    """Time is what is real and all that was added."""
    clock.jump(MINUTE)
    clock.jump(timedelta())
    clock.jump(8 * 60 * MINUTE)

    assert (clock.ahead, clock()) == (481 * MINUTE, NOW + 481 * MINUTE)


def test_time_never_goes_back(clock: Clock) -> None:
    """A step back is refused, and nothing changes."""
    with pytest.raises(ValueError, match="time only goes forward"):
        clock.jump(-MINUTE)

    assert clock() == NOW


async def test_a_jump_wakes_those_whose_time_has_come(clock: Clock) -> None:
    """Who sleeps longer sleeps on, for the rest."""
    short, long = await asleep(clock, MINUTE, 2 * MINUTE)

    clock.jump(MINUTE)
    await short
    assert not long.done()
    clock.jump(MINUTE)
    await long


async def test_real_time_counts_too() -> None:
    """Without a jump it is an ordinary sleep; no time at all is none."""
    clock = Clock(lambda: datetime.now(UTC))  # noqa: TID251 - what is tested is real time

    await clock.sleep(timedelta())
    await clock.sleep(timedelta(milliseconds=20))


async def test_a_sleeper_can_be_cancelled(clock: Clock) -> None:
    """Nothing of it is left, and the next jump finds nobody."""
    [task] = await asleep(clock, MINUTE)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    clock.jump(MINUTE)

    assert clock._sleeping == set()


def test_a_jump_is_told(clock: Clock) -> None:
    """Those who keep time in another way hear of each jump, when the new time holds."""
    told: list[datetime] = []
    clock.on_jump.append(lambda: told.append(clock()))

    clock.jump(MINUTE)

    assert told == [NOW + MINUTE]
