"""A short run of the schedules: one story killed at every so many of its points, and a few seeds."""

from collections.abc import AsyncIterator, Sequence

import pytest

from tests.chaos.__main__ import Count, every_point, play_all
from tests.chaos.bots import Launcher
from tests.chaos.databases import Databases
from tests.chaos.play import Ground
from tests.chaos.schedule import Schedule, from_seed, read_schedule
from tests.chaos.stories import APPROVAL

pytestmark = pytest.mark.timeout(240)

EVERY = 20
SEEDS = range(1, 11)
CRUCIAL = (
    "start socket nexthink:execute/lost/1",
    "start http nexthink:execute/arrived/1",
    "start socket slack:chat.postMessage/arrived/1",
    "approval socket slack:delivery/answered/4",
    "resume http slack:delivery/answered/3",
    "resume socket nexthink:trigger/arrived/1",
    "resume socket slack:chat.postEphemeral=page503@1",
)
"""A start, a post, a press and a trigger, each cut where it hurts most."""


@pytest.fixture
async def ground() -> AsyncIterator[Ground]:
    """Where schedules are played, on SQLite."""
    async with Launcher.running() as launcher:
        yield Ground(launcher=launcher, databases=Databases())


async def failures(schedules: Sequence[Schedule], ground: Ground) -> tuple[int, dict[str, int]]:
    """Play schedules; return how many kills there were, and what did not hold."""
    count = Count()
    await play_all(schedules, ground, count, at_once=3)
    return count.kills, {name: number for name, number in count.failures.items() if number}


async def test_what_is_accepted_survives_a_kill_at_any_point(ground: Ground) -> None:
    """An approval is asked for, given and started once, with every copy true, wherever the process is killed."""
    points = (await every_point([APPROVAL.name], "socket", ground))[::EVERY]

    kills, failed = await failures([*map(read_schedule, CRUCIAL), *points], ground)

    assert (kills > len(points) // 2, failed) == (True, {})


async def test_what_is_accepted_survives_random_trouble(ground: Ground) -> None:
    """Kills, lost and late answers, lost sockets and jumps of the clock leave no promise broken."""
    _, failed = await failures([from_seed(seed) for seed in SEEDS], ground)

    assert failed == {}


@pytest.mark.parametrize("seed", range(20))
def test_schedule_is_reproduced_by_its_line(seed: int) -> None:
    """What is printed of a kill or a trouble is what is read again."""
    schedule = from_seed(seed)
    line = f"{schedule.story.name} {schedule.transport} {' '.join(map(str, (*schedule.kills, *schedule.troubles)))}"

    read = read_schedule(line)

    assert (read.kills, read.troubles, read.transport) == (schedule.kills, schedule.troubles, schedule.transport)
    assert from_seed(seed) == schedule
