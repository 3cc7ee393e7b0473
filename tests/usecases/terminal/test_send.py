"""The parts of a batch on their way: what is sent again and what never, what is stored, what a stop leaves behind."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.batch import Batch, BatchId, Part, PartState
from bot.domain.errors import NexthinkFault, StoreError
from bot.domain.targets import Identifier
from bot.domain.workflow import WorkflowId
from bot.policy.decide import Actor
from bot.usecases.terminal import send
from bot.usecases.terminal.send import INTERRUPTED, STOPPING, TAKEN, Sender
from bot.usecases.terminal.session import Terminal
from tests.usecases.fakes import POLICY, FakeNexthink, HeldStore, SettableClock

F, S = NexthinkFault, PartState


class Stage:
    """A batch of some parts, stored, and a sender for it."""

    def __init__(self, store: HeldStore) -> None:
        self.nexthink, self.clock, self.store = FakeNexthink(), SettableClock(), store
        self.pauses: list[float] = []
        self.terminal = Terminal(
            nexthink=self.nexthink,
            store=store,
            policy=POLICY,
            actor=Actor(),
            clock=self.clock,
            new_id=lambda: "b-1",
            sleep=self._sleep,
        )
        self.changes: list[tuple[int, PartState]] = []
        self.said: list[str] = []

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(seconds=seconds)

    async def keep(self, count: int) -> Sender:
        """Store a batch of so many parts."""
        parts = tuple(
            Part(ordinal=place, targets=({Identifier.UPN: f"user{place}@example.com"},), changed_at=self.clock.now)
            for place in range(count)
        )
        batch = Batch(
            id=BatchId("b-1"),
            key="key",
            workflow_id=WorkflowId("#reset_vpn"),
            workflow_uuid="w-1",
            workflow_name="Reset VPN",
            parameters={"a": "1"},
            actor="operator",
            rule="#reset_vpn",
            created_at=self.clock.now,
            parts=parts,
        )
        await self.store.add_batch(batch, self.terminal.entry("batch.stored"), is_once=False)
        return self.sender(batch)

    def sender(self, batch: Batch) -> Sender:
        """Return a sender that notes what changes."""
        return Sender(
            batch, self.terminal, lambda part: self.changes.append((part.ordinal, part.state)), self.said.append
        )

    async def stored(self) -> Batch:
        """Return the batch as it is stored."""
        batch = await self.store.newest_batch("key")
        assert batch is not None
        return batch

    async def states(self) -> list[PartState]:
        """Return the stored states."""
        return [part.state for part in (await self.stored()).parts]

    async def recorded(self) -> list[str]:
        """Return what was recorded of parts."""
        return [row.entry.action for row in await self.store.audit_rows() if row.entry.action.startswith("part.")]


@pytest.fixture
def stage(store: HeldStore) -> Stage:
    """A stage with nothing on it yet."""
    return Stage(store)


async def test_parts_are_started_with_their_ids_kept(stage: Stage) -> None:
    """Each was stored as on its way before its call."""
    sender = await stage.keep(3)
    seen: list[list[PartState]] = []
    stage.nexthink.during["start_many"] = lambda: _note(stage, seen)

    await sender.send()

    batch = await stage.stored()
    assert batch == sender.batch
    assert batch.is_started
    assert sorted(part.request_id for part in batch.parts) == ["q-1", "q-2", "q-3"]
    assert all(len(part.execution_ids) == 1 for part in batch.parts)
    assert all(S.SENDING in states for states in seen)
    assert sorted(await stage.recorded()) == ["part.sending"] * 3 + ["part.started"] * 3
    assert {workflow for workflow, _, _ in stage.nexthink.bulk} == {"#reset_vpn"}


async def _note(stage: Stage, seen: list[list[PartState]]) -> None:
    seen.append(await stage.states())


async def test_two_parts_are_on_their_way_together(stage: Stage) -> None:
    """Not more: Nexthink is not overrun."""
    sender = await stage.keep(4)
    pair = asyncio.Barrier(2)
    under_way, most = 0, 0

    async def wait() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await pair.wait()
        under_way -= 1

    stage.nexthink.during["start_many"] = wait

    await sender.send()

    assert most == 2


@pytest.mark.parametrize(
    ("faults", "facts", "state", "calls"),
    [
        ([F.UNREACHABLE, F.UNREACHABLE], {}, S.STARTED, 3),
        ([F.BUSY], {"status": 429, "retry_after": 20.0}, S.STARTED, 2),
        ([F.AWAY], {"retry_after": 5.0}, S.STARTED, 2),
        ([F.BUSY], {"status": 429, "retry_after": 40.0}, S.NOT_STARTED, 1),
        ([F.UNREACHABLE] * 20, {}, S.NOT_STARTED, 6),
        ([F.UNCLEAR], {}, S.UNKNOWN, 1),
        ([F.UNCLEAR], {"status": 503}, S.UNKNOWN, 1),
        ([F.REFUSED], {"status": 400}, S.REFUSED, 1),
        ([F.FORBIDDEN], {"status": 403}, S.REFUSED, 1),
        ([F.UNREACHABLE, F.UNCLEAR], {}, S.UNKNOWN, 2),
    ],
)
async def test_only_what_surely_did_not_arrive_is_sent_again(
    stage: Stage, faults: list[NexthinkFault], facts: dict[str, float], state: PartState, calls: int
) -> None:
    """With growing pauses, for about half a minute, and never sooner than Nexthink asks."""
    sender = await stage.keep(1)
    stage.nexthink.fail("start_many", *faults, **facts)

    await sender.send()

    assert await stage.states() == [state]
    assert len(stage.nexthink.bulk) == calls
    assert stage.pauses == sorted(stage.pauses)
    assert sum(stage.pauses) <= 30
    assert all(pause >= facts.get("retry_after", 0) for pause in stage.pauses)


async def test_refused_part_does_not_keep_the_others(stage: Stage) -> None:
    """Its targets are at fault, not theirs; the reason is kept."""
    sender = await stage.keep(3)
    stage.nexthink.fail("start_many", F.REFUSED, status=400, details="No user fits.")

    await sender.send()

    assert sorted(await stage.states()) == [S.REFUSED, S.STARTED, S.STARTED]
    assert "No user fits." in next(part.note for part in sender.batch.parts if part.state is S.REFUSED)


@pytest.mark.parametrize("fault", [F.UNREACHABLE, F.UNAUTHORIZED, F.FORBIDDEN])
async def test_parts_are_not_tried_where_nexthink_takes_nothing(stage: Stage, fault: NexthinkFault) -> None:
    """Nobody waits half a minute for each of a hundred parts."""
    sender = await stage.keep(10)
    stage.nexthink.fail("start_many", *[fault] * 50)

    await sender.send()

    states = await stage.states()
    assert states[2:] == [S.PENDING] * 8
    assert S.STARTED not in states


async def test_what_was_not_started_is_sent_later(stage: Stage) -> None:
    """And what was, or may have been, is left alone."""
    sender = await stage.keep(4)
    stage.nexthink.fail("start_many", F.UNCLEAR, F.REFUSED)
    await sender.send()
    before = await stage.stored()

    later = stage.sender(before)
    await later.send()

    assert sorted(await stage.states()) == [S.STARTED, S.STARTED, S.STARTED, S.UNKNOWN]
    assert len(stage.nexthink.bulk) == 5


async def test_part_that_another_call_took_is_not_sent(stage: Stage) -> None:
    """Of two calls at once, one sends each part; the other says that it does not know."""
    first = await stage.keep(6)
    second = stage.sender(first.batch)

    await asyncio.gather(first.send(), second.send())

    assert len(stage.nexthink.bulk) == 6
    assert await stage.states() == [S.STARTED] * 6
    told = [part for sender in (first, second) for part in sender.batch.parts]
    assert sorted(part.state for part in told) == [S.STARTED] * 6 + [S.UNKNOWN] * 6
    assert {part.note for part in told} == {"", TAKEN}


async def test_answer_is_stored_though_it_was_given_up_for_lost(stage: Stage) -> None:
    """Whoever gave it up was wrong, and the truth wins."""
    sender = await stage.keep(1)

    async def give_up() -> None:
        (part,) = (await stage.stored()).parts
        lost = part.move(S.UNKNOWN, stage.clock.now)
        assert await stage.store.replace_part(BatchId("b-1"), part, lost, stage.terminal.entry("test"))

    stage.nexthink.during["start_many"] = give_up

    await sender.send()

    assert await stage.states() == [S.STARTED]


async def test_stop_waits_for_answers_that_come(stage: Stage) -> None:
    """What is on its way is finished, and nothing more goes out."""
    sender = await stage.keep(5)
    arrived, answered = asyncio.Event(), asyncio.Event()
    stage.nexthink.during["start_many"] = _held(arrived, answered)
    work = asyncio.create_task(sender.send())
    await arrived.wait()

    work.cancel()
    answered.set()
    with pytest.raises(asyncio.CancelledError):
        await work

    states = await stage.states()
    assert set(states) == {S.STARTED, S.PENDING}
    assert len(stage.nexthink.bulk) == states.count(S.STARTED) <= 2
    assert stage.said == [STOPPING]


async def test_stop_leaves_what_is_not_answered_as_unknown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have started."""
    monkeypatch.setattr(send, "STOP_PATIENCE", 0.01)
    sender = await stage.keep(3)
    arrived = asyncio.Event()
    stage.nexthink.during["start_many"] = _held(arrived, asyncio.Event())
    work = asyncio.create_task(sender.send())
    await arrived.wait()

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    lost = [part.note for part in (await stage.stored()).parts if part.state is S.UNKNOWN]
    assert lost == [INTERRUPTED] * len(stage.nexthink.bulk)
    assert set(await stage.states()) <= {S.UNKNOWN, S.NOT_STARTED, S.PENDING}


async def test_stop_breaks_a_pause_off_at_once(stage: Stage) -> None:
    """Nothing is on its way in it."""
    sender = await stage.keep(2)
    is_pausing = asyncio.Event()

    async def sleep(_: float) -> None:
        is_pausing.set()
        await asyncio.Event().wait()

    sender._terminal = dataclasses.replace(stage.terminal, sleep=sleep)
    stage.nexthink.fail("start_many", *[F.UNREACHABLE] * 9)
    work = asyncio.create_task(sender.send())
    await is_pausing.wait()

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert set(await stage.states()) <= {S.NOT_STARTED, S.PENDING}


def _held(arrived: asyncio.Event, answered: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def hold() -> None:
        arrived.set()
        await answered.wait()

    return hold


async def test_nothing_is_sent_that_cannot_be_stored(stage: Stage) -> None:
    """No record, no action."""
    sender = await stage.keep(3)
    async with stage.store._writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")

    with pytest.raises(StoreError):
        await sender.send()

    assert stage.nexthink.bulk == []
    assert await stage.states() == [S.PENDING] * 3


async def test_store_that_fails_for_one_part_waits_for_the_others(stage: Stage) -> None:
    """What is on its way is answered and stored; a pause is broken off, and nothing more goes out."""
    sender = await stage.keep(6)
    both = asyncio.Barrier(2)

    async def lose_one() -> None:
        await both.wait()
        stage.nexthink.during.clear()
        async with stage.store._writer.begin() as connection:
            await connection.exec_driver_sql(
                "CREATE TRIGGER IF NOT EXISTS full BEFORE INSERT ON audit "
                "WHEN json_extract(NEW.subject, '$.part') = 0 BEGIN SELECT RAISE(ABORT, 'it is full'); END"
            )

    stage.nexthink.during["start_many"] = lose_one

    with pytest.raises(StoreError, match="it is full"):
        await sender.send()

    assert (await stage.states())[:2] == [S.SENDING, S.STARTED]
    assert [part.state for part in sender.batch.parts][:2] == [S.STARTED, S.STARTED]


async def test_what_came_of_a_part_is_known_though_it_cannot_be_stored(stage: Stage) -> None:
    """The call says it; for a later one it was on its way."""
    sender = await stage.keep(1)

    async def lose_the_audit() -> None:
        async with stage.store._writer.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")

    stage.nexthink.during["start_many"] = lose_the_audit

    with pytest.raises(StoreError):
        await sender.send()

    assert sender.batch.is_started
    assert await stage.states() == [S.SENDING]
