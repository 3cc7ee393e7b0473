"""Plays one schedule: two stand-ins, the bot as processes, people; and time that passes where nothing happens."""

import asyncio
import contextlib
import dataclasses
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from bot.playground.clock import Clock
from bot.playground.slack.delivery.envelope import UndeliveredError
from bot.playground.slack.installation import Settings
from bot.playground.stand import Stand
from bot.slack.request_url import PATH
from tests.chaos.bots import KILLED, Bot, Launcher
from tests.chaos.databases import Databases
from tests.chaos.judge import Verdict, judge
from tests.chaos.launcher import CLOCK
from tests.chaos.ledger import Due, Ledger, opened_ledger
from tests.chaos.people import Act, Person
from tests.chaos.scene import Scene
from tests.chaos.schedule import Schedule
from tests.chaos.setting import SharedTime, environment_of, free_port, port_of
from tests.chaos.trouble import OUT_OF_SIGHT, Troublemaker
from tests.chaos.wire import Wire, running_stand

LOOK = 0.02
"""Seconds between two looks whether anything goes on."""
STILL, STILL_WHILE_TYPING = 2, 60
"""So many looks without a change, and time passes; a modal must be opened within three seconds of it."""
STEP, LONG_STEP = timedelta(seconds=6), timedelta(minutes=8)
JUST_AFTER = timedelta(milliseconds=50)
EARLY = timedelta(minutes=3)
"""After so much time that has passed in vain it passes in long steps."""
IN_VAIN = 12
"""So many times with nothing left to do, and people give up waiting."""
STILL_WITH_CLAIMS = 45
"""Looks after which it passes although something is claimed: whoever claimed it may have been killed."""
LONGEST = 60.0
"""Seconds of real time for one schedule."""
AGAIN = 0.03


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a schedule ended."""

    schedule: Schedule
    verdict: Verdict
    seen: Mapping[str, int]
    kills: int
    commits: int
    """Of the last life."""
    seconds: float = 0.0
    log: str = ""
    """What the bot logged, where something did not hold."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where schedules are played."""

    launcher: Launcher
    databases: Databases
    processes: int = 1
    """Replicas that share the database."""


class Play:
    """One schedule while it is played."""

    def __init__(
        self, schedule: Schedule, stand: Stand, wire: Wire, clock: Clock, ledger: Ledger, bots: list[Bot]
    ) -> None:
        self.schedule = schedule
        self.acts: list[Act] = []
        self.is_told = False
        """Whether people could do all that they wanted to."""
        self._stand = stand
        self._wire = wire
        self._clock = clock
        self._ledger = ledger
        self._bots = bots
        self._kills = list(schedule.kills)
        self._url = ""

    async def run(self, url: str) -> list[str]:
        """Play until all is quiet; return what kept it from that, nothing where all went well."""
        self._url = url
        keeping = [asyncio.create_task(self._keep(number, bot)) for number, bot in enumerate(self._bots)]
        story = asyncio.create_task(self._tell())
        try:
            async with asyncio.timeout(LONGEST):
                await self._until_quiet(story)
        except TimeoutError:
            return ["it did not come to rest"]
        finally:
            for task in (story, *keeping):
                task.cancel()
            ended = await asyncio.gather(story, *keeping, return_exceptions=True)
        return [f"{type(end).__name__}: {end}" for end in ended if isinstance(end, Exception)]

    async def _tell(self) -> None:
        await self.up()
        if self._url:
            delivery = await self._stand.slack.deliveries.use_http(self._url)
            while not delivery.ok:
                await asyncio.sleep(LOOK)
                delivery = await self._stand.slack.deliveries.use_http(self._url)
        await self.schedule.story.tell(self._person)

    def _person(self, name: str) -> Person:
        slack = self._stand.slack
        return Person(slack.client_of(name), self.acts, self.up, slack._install.mint.ts)

    @property
    def typing(self) -> bool:
        """Whether somebody is at a form."""
        return not any(act.what == "submit" and act.is_acked for act in self.acts)

    async def up(self) -> None:
        """Wait until what people do reaches a bot."""
        while not await self._is_up():  # noqa: ASYNC110 - no event tells that a port of another process listens
            await asyncio.sleep(LOOK)

    async def _is_up(self) -> bool:
        if not self._url:
            return self._stand.slack.deliveries.connections > 0
        port = int(self._url.rpartition(":")[2].partition("/")[0])
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return False

    async def _keep(self, number: int, bot: Bot) -> None:
        """Start a replica again whenever it has ended."""
        while True:
            kill = self._kills.pop(0) if self._kills else None
            if kill is not None and not kill.at_commit:
                self._wire.counted.arm(kill, number)
            await bot.live(kill.at_commit if kill else "")
            if not any(one.is_alive for one in self._bots):
                await self._end_of_waiting()
            await asyncio.sleep(AGAIN)

    async def _end_of_waiting(self) -> None:
        """Let people who wait for an ack know that none comes, when what was sent before the end has been read."""
        sockets = self._stand.slack.deliveries.sockets
        changes = self._stand.slack.workspace.changes
        await changes.until(lambda: None if sockets.connections else True, LONGEST, lambda: "a dead socket stays open")
        for waiting in list(sockets._unacked.values()):
            for future in waiting:
                if not future.done():
                    future.set_exception(UndeliveredError("operation_timeout", "timeout"))

    async def _until_quiet(self, story: "asyncio.Task[None]") -> None:
        """Let time pass whenever nothing happens, until there is nothing left to happen."""
        in_vain, passed = 0, timedelta()
        while True:
            due = await self._still()
            if due.next_at is not None:
                in_vain = 0
                passed += self._pass(due.next_at, is_long=passed > EARLY)
                continue
            in_vain += 1
            if story.done() or in_vain > IN_VAIN:
                self.is_told = story.done()
                return
            self._clock.jump(STEP)

    def _pass(self, until: datetime, *, is_long: bool) -> timedelta:
        """Let time pass until the next thing is due, or for a long while; return how much."""
        left = max(until - self._clock(), timedelta()) + JUST_AFTER
        step = LONG_STEP if is_long else min(left, STEP)
        self._clock.jump(step)
        return step

    async def _still(self) -> Due:
        """Wait until nothing goes on, at the stand-ins or in the bot; return what comes next."""
        looks, last = 0, -1
        while True:
            await asyncio.sleep(LOOK)
            stamp = self._stand.slack.workspace.changes.count + len(self._wire.log)
            is_still = stamp == last and not self._wire.open and all(bot.is_alive for bot in self._bots)
            looks, last = looks + 1 if is_still else 0, stamp
            if looks < (STILL_WHILE_TYPING if self.typing else STILL) or not await self._is_up():
                continue
            due = await self._ledger.due(self._clock())
            if due is not None and not due.now:
                return due
            if due is not None and looks > STILL_WITH_CLAIMS:
                return dataclasses.replace(due, next_at=self._clock() + STEP)


async def play(schedule: Schedule, ground: Ground) -> Played:
    """Play a schedule in a folder of its own, and judge it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fixdesk-chaos-") as name:
        folder = Path(name)
        async with ground.databases.fresh(folder) as url:
            played = await _played(schedule, ground, folder, url)
        log = folder / "bot.log"
        text = log.read_text("utf-8", "replace") if log.is_file() and not played.verdict.is_clean else ""
    return dataclasses.replace(played, seconds=time.monotonic() - began, log=text)


async def _played(schedule: Schedule, ground: Ground, folder: Path, database: str) -> Played:
    bots, shared = list[Bot](), SharedTime(folder / "clock")
    shared.tell(bots)
    wire = Wire(lambda victim: bots[victim].kill())
    async with contextlib.AsyncExitStack() as closing:
        stand = await closing.enter_async_context(running_stand(shared.clock, wire, Settings(messages_per_second=0)))

        def stop_first() -> None:
            bots[0].stop()

        maker = Troublemaker(stand, shared.clock, stop_first)
        closing.push_async_callback(maker.stop)
        maker.begin((*schedule.story.troubles, *schedule.troubles))
        wire.before = maker.before
        port = free_port()
        environment = environment_of(stand, folder, schedule.transport) | {
            "FIXDESK_DATABASE_URL": database,
            CLOCK: str(shared.path),
        }
        bots += (
            Bot(ground.launcher, environment | port_of(number, port), folder / "bot.log")
            for number in range(ground.processes)
        )
        ledger = await closing.enter_async_context(opened_ledger(database))
        one = Play(schedule, stand, wire, shared.clock, ledger, bots)
        unrest = await one.run(f"http://127.0.0.1:{port}{PATH}" if schedule.transport == "http" else "")
        scene = Scene(
            stand=stand,
            wire=wire,
            acts=one.acts,
            runs=await ledger.runs(),
            audit=await ledger.audit(),
            out_of_sight=any(trouble.kind in OUT_OF_SIGHT for trouble in schedule.troubles),
        )
        verdict = judge(scene)
        verdict.unrest.extend([*unrest, *(f"work {identity} was given up" for identity in await ledger.failures())])
    statuses = [status for bot in bots for status in bot.statuses]
    verdict.unrest.extend(f"a process ended with status {one}" for one in statuses if one not in {KILLED, 0})
    return Played(
        schedule=schedule,
        verdict=verdict,
        seen=dict(wire.counted.seen),
        kills=statuses.count(KILLED),
        commits=shared.commits,
    )
