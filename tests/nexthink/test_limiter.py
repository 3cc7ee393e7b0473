"""Turns for NQL: how many, how soon, and who comes first."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.nexthink.limiter import BURST, RATE, Limiter
from tests.nexthink.loopback import Clock


class SharedClock(Clock):
    """A clock for several who sleep at once: it is put forward from outside, sleeper by sleeper."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        """Sleep until the clock has been put forward far enough."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now.timestamp() + seconds, woken))
        await woken

    async def pass_by(self, seconds: float) -> None:
        """Put the clock forward, waking each sleeper in time."""
        end = self.now.timestamp() + seconds
        await settle()
        while due := [sleeper for sleeper in self._sleepers if sleeper[0] <= end]:
            first = min(due, key=lambda sleeper: sleeper[0])
            self._sleepers.remove(first)
            self.advance(max(first[0] - self.now.timestamp(), 0))
            if not first[1].done():
                first[1].set_result(None)
            await settle()
        self.advance(end - self.now.timestamp())


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Asking:
    """Callers of a limiter, and the order in which they had their turns."""

    def __init__(self) -> None:
        self.clock = SharedClock()
        self.limiter = Limiter(clock=self.clock, sleep=self.clock.sleep)
        self.served: list[str] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def ask(self, name: str, *, for_person: bool = False) -> None:
        """Let somebody ask for a turn."""
        self._tasks[name] = asyncio.create_task(self._ask(name, for_person=for_person))

    async def leave(self, name: str) -> None:
        """Let somebody give up."""
        self._tasks[name].cancel()
        await settle()

    async def _ask(self, name: str, *, for_person: bool) -> None:
        await self.limiter.turn("asking", for_person=for_person)
        self.served.append(name)


@pytest.fixture
def asking() -> Asking:
    """Nobody yet, and a limiter that is fresh."""
    return Asking()


async def use_up(asking: Asking) -> None:
    """Take the turns of the burst."""
    for number in range(BURST):
        asking.ask(f"burst {number}")
    await asking.clock.pass_by(0)
    asking.served.clear()


async def test_burst_goes_through_at_once_and_the_rest_at_the_rate(asking: Asking) -> None:
    """Five at once, then one each two seconds, in the order in which they came."""
    for number in range(8):
        asking.ask(str(number))
    await asking.clock.pass_by(1.9)
    at_once = list(asking.served)
    await asking.clock.pass_by(0.2)
    soon = list(asking.served)
    await asking.clock.pass_by(4)

    assert at_once == ["0", "1", "2", "3", "4"]
    assert soon == [*at_once, "5"]
    assert asking.served == [*soon, "6", "7"]


async def test_people_come_before_polling(asking: Asking) -> None:
    """Whoever waits for a person has the next turn, however many polls came earlier."""
    await use_up(asking)
    asking.ask("poll 1")
    asking.ask("poll 2")
    await settle()
    asking.ask("Ada", for_person=True)
    asking.ask("Grace", for_person=True)
    await asking.clock.pass_by(9)

    assert asking.served == ["Ada", "Grace", "poll 1", "poll 2"]


async def test_turn_of_somebody_who_left_is_free(asking: Asking) -> None:
    """A person who gave up costs nothing."""
    await use_up(asking)
    asking.ask("Ada", for_person=True)
    asking.ask("Grace", for_person=True)
    await settle()
    await asking.leave("Ada")
    await asking.clock.pass_by(4.1)

    assert asking.served == ["Grace"]


async def test_people_do_not_starve_a_poll(asking: Asking) -> None:
    """With somebody new each second, only those who came in the 20 s after a poll are ahead of it."""
    await use_up(asking)
    asking.ask("poll")
    await asking.clock.pass_by(0)
    for second in range(50):
        asking.ask(f"person {second}", for_person=True)
        await asking.clock.pass_by(1)

    assert asking.served[19:22] == ["person 19", "poll", "person 20"]
    assert len(asking.served) == 25


async def test_poll_does_not_oversleep(asking: Asking) -> None:
    """When the crowd ahead has left, the next turn is the poll's."""
    await use_up(asking)
    for number in range(40):
        asking.ask(str(number), for_person=True)
    asking.ask("poll")
    await asking.clock.pass_by(1)
    for number in range(40):
        await asking.leave(str(number))
    await asking.clock.pass_by(3)

    assert asking.served == ["poll"]


async def test_short_patience_is_waited_out(asking: Asking) -> None:
    """While Nexthink asks for patience nobody goes, a person neither; a shorter wish does not undo a longer one."""
    asking.limiter.close_for(5)
    asking.limiter.close_for(1)
    asking.ask("Ada", for_person=True)
    await asking.clock.pass_by(4.9)
    early = list(asking.served)
    await asking.clock.pass_by(2)

    assert early == []
    assert asking.served == ["Ada"]


async def test_long_patience_is_told_at_once(asking: Asking) -> None:
    """Who would have to wait for long hears it, and when to come again; those who wait already hear it too."""
    await use_up(asking)
    waiting = asyncio.create_task(asking.limiter.turn("asking", for_person=True))
    await settle()
    asking.limiter.close_for(600)
    with pytest.raises(NexthinkError) as caught:
        await asking.limiter.turn("asking for devices", for_person=True)
    await asking.clock.pass_by(2)

    assert (caught.value.fault, caught.value.retry_after) == (NexthinkFault.BUSY, 600.0)
    assert isinstance(waiting.exception(), NexthinkError)


async def test_clock_that_is_put_back_starves_nobody(asking: Asking) -> None:
    """The turns are counted on from the new time."""
    await use_up(asking)
    asking.clock.advance(-3600)
    asking.ask("poll")
    await asking.clock.pass_by(2.1)

    assert asking.served == ["poll"]


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), min_size=1, max_size=40))
def test_rate_is_kept_whatever_comes(arrivals: list[tuple[float, bool]]) -> None:
    """In any time there are no more turns than the burst and what the rate adds."""

    async def serve() -> None:
        asking = Asking()
        began = asking.clock.now
        for number, (pause, for_person) in enumerate(arrivals):
            await asking.clock.pass_by(pause)
            asking.ask(str(number), for_person=for_person)
            await settle()
            passed = (asking.clock.now - began).total_seconds()
            assert len(asking.served) <= BURST + passed * RATE + 1e-6
        await asking.clock.pass_by(len(arrivals) / RATE + 1)
        assert len(asking.served) == len(arrivals)

    asyncio.run(serve())
