"""`make chaos SEEDS=200`: plays schedules, counts what did not hold, and says how to play one of them alone."""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from tests.chaos.bots import Launcher
from tests.chaos.databases import POSTGRES, SQLITE, databases
from tests.chaos.play import Ground, Played, play
from tests.chaos.schedule import Schedule, from_seed, read_schedule, systematic
from tests.chaos.stories import STORIES

AT_ONCE = 4
TOLD_EVERY = 25
LOG_LINES = 12
"""How much of the bot's log is shown of what did not hold."""


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - what it prints is the point


class Count:
    """Counts what did not hold, and tells it."""

    def __init__(self) -> None:
        self.schedules = 0
        self.kills = 0
        self.failures: Counter[str] = Counter()
        self._began = time.monotonic()

    def take(self, played: Played) -> None:
        """Count a schedule."""
        self.schedules += 1
        self.kills += played.kills
        for name, sentences in played.verdict.by_name().items():
            self.failures[name] += len(sentences)
            for sentence in sentences:
                say(f"✗ {name}: {sentence}\n    {played.schedule}\n    alone: {alone(played.schedule)}")
        if not played.verdict.is_clean:
            say("\n".join(played.log.splitlines()[-LOG_LINES:]))
        if self.schedules % TOLD_EVERY == 0:
            say(self.summary())

    def summary(self) -> str:
        """Return the numbers so far."""
        counts = ", ".join(f"{self.failures[name]} {name}" for name in self.failures)
        seconds = time.monotonic() - self._began
        return f"{self.schedules} schedules, {self.kills} kills, {seconds:.0f} s: {counts}"


def alone(schedule: Schedule) -> str:
    """Say how a schedule is played alone."""
    if schedule.name.startswith("seed"):
        return f"make chaos SEEDS=1 FIRST={schedule.name.split()[1]}"
    return f"make chaos ONLY='{str(schedule).partition(' ')[2]}'"


async def play_all(schedules: Sequence[Schedule], ground: Ground, count: Count, *, at_once: int) -> None:
    """Play several at once."""
    waiting: Iterator[Schedule] = iter(schedules)

    async def play_some() -> None:
        for schedule in waiting:
            count.take(await play(schedule, ground))

    await asyncio.gather(*(play_some() for _ in range(at_once)))


async def every_point(names: Sequence[str], transport: str, ground: Ground) -> list[Schedule]:
    """List every point at which the stories can be killed."""
    listed: list[Schedule] = []
    for name in names:
        played = await play(Schedule(name="plain", story=STORIES[name], transport=transport), ground)
        listed += systematic(STORIES[name], transport, played.seen, played.commits)
    return listed


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many random schedules")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--list", nargs="*", choices=[*STORIES, "all"], help="kill these stories at every point")
    parser.add_argument("--only", help="play one schedule, as a violation names it")
    parser.add_argument("--transport", choices=["socket", "http"], default="socket", help="of the list")
    parser.add_argument("--database", choices=[SQLITE, POSTGRES], default=SQLITE)
    parser.add_argument("--processes", type=int, default=1, help="how many replicas share a PostgreSQL")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="how many schedules are played beside each other")
    return parser.parse_args()


async def chosen(asked: argparse.Namespace, ground: Ground) -> list[Schedule]:
    """Return the schedules that were asked for."""
    if asked.only:
        return [read_schedule(asked.only)]
    if asked.list:
        return await every_point([*STORIES] if "all" in asked.list else asked.list, asked.transport, ground)
    return [from_seed(seed) for seed in range(asked.first, asked.first + asked.seeds)]


async def main() -> int:
    """Play what was asked for; return the exit status."""
    asked, count = arguments(), Count()
    with databases(asked.database) as fresh:
        async with Launcher.running() as launcher:
            ground = Ground(launcher=launcher, databases=fresh, processes=asked.processes)
            await play_all(await chosen(asked, ground), ground, count, at_once=asked.at_once)
    say(count.summary())
    return 1 if count.failures.total() else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
