"""Following a batch to its end: pauses, trouble, silence, and what was seen."""

import pytest

from bot.domain.batch import Part, PartState
from bot.domain.errors import NexthinkFault
from bot.domain.run import ExecutionId, ExecutionState, Sighting
from bot.domain.targets import Identifier
from bot.policy.decide import Actor
from bot.usecases.status import AWAY
from bot.usecases.terminal.follow import NOT_SET_UP, SILENT, Follower, Outcome
from bot.usecases.terminal.session import Terminal
from tests.domain.values import NOON
from tests.usecases.fakes import POLICY, FakeNexthink, HeldStore, SettableClock

E = ExecutionState


class Stage:
    """A started part, and a tenant whose records change while it is slept."""

    def __init__(self, store: HeldStore) -> None:
        self.nexthink, self.clock = FakeNexthink(), SettableClock()
        self.plan: list[dict[str, ExecutionState]] = []
        """What the records say, one pause after another; the last holds on."""
        self.pauses: list[float] = []
        self.said: list[str] = []
        self.terminal = Terminal(
            nexthink=self.nexthink,
            store=store,
            policy=POLICY,
            actor=Actor(),
            clock=self.clock,
            new_id=lambda: "b-1",
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(seconds=seconds)
        self._show()

    def _show(self) -> None:
        if self.plan:
            shown = self.plan.pop(0)
            self.nexthink.sightings["q-1"] = [
                Sighting(request_id="q-1", execution_id=ExecutionId(name), state=state) for name, state in shown.items()
            ]

    async def follow(self, *ids: str, targets: int = 2) -> Outcome:
        """Follow a part whose start was answered with some ids."""
        part = Part(
            ordinal=0,
            targets=tuple({Identifier.UPN: f"user{place}@example.com"} for place in range(targets)),
            changed_at=NOON,
            state=PartState.STARTED,
            request_id="q-1",
            execution_ids=tuple(map(ExecutionId, ids)),
        )
        self._show()
        return await Follower([part], self.terminal).follow(lambda _: None, self.said.append)


@pytest.fixture
def stage(store: HeldStore) -> Stage:
    """A stage with nothing recorded yet."""
    return Stage(store)


async def test_it_is_asked_until_all_have_ended(stage: Stage) -> None:
    """Nothing shown yet is no failure, and ids are compared without regard to case."""
    stage.plan = [{}, {"E-1": E.RUNNING}, {"E-1": E.SUCCEEDED}, {"E-1": E.SUCCEEDED, "e-2": E.FAILED}]

    outcome = await stage.follow("e-1", "e-2")

    assert (outcome.trouble, outcome.expected) == ("", 2)
    assert outcome.ended == {E.SUCCEEDED: 1, E.FAILED: 1}
    assert stage.pauses == [5.0] * 3


async def test_pauses_grow(stage: Stage) -> None:
    """Two minutes of five seconds, then twenty."""
    stage.plan = [{"e-1": E.RUNNING}] * 30 + [{"e-1": E.SUCCEEDED}]

    await stage.follow("e-1")

    assert stage.pauses == [5.0] * 24 + [20.0] * 6


async def test_more_executions_than_expected_are_followed(stage: Stage) -> None:
    """Whatever belongs to the request."""
    stage.plan = [{"e-1": E.SUCCEEDED, "e-9": E.RUNNING}, {"e-1": E.SUCCEEDED, "e-9": E.CANCELLED}]

    outcome = await stage.follow("e-1")

    assert (outcome.expected, outcome.ended) == (2, {E.SUCCEEDED: 1, E.CANCELLED: 1})


async def test_answer_without_ids_waits_for_one_execution_a_target(stage: Stage) -> None:
    """The first that ends is not all of them."""
    stage.plan = [{"e-1": E.SUCCEEDED}, {"e-1": E.SUCCEEDED, "e-2": E.SUCCEEDED}]

    outcome = await stage.follow(targets=2)

    assert outcome.ended == {E.SUCCEEDED: 2}


async def test_end_stays_an_end(stage: Stage) -> None:
    """Records that contradict themselves are not believed."""
    stage.plan = [{"e-1": E.FAILED, "e-2": E.RUNNING}, {"e-1": E.RUNNING, "e-2": E.SUCCEEDED}]

    assert (await stage.follow("e-1", "e-2")).ended == {E.FAILED: 1, E.SUCCEEDED: 1}


async def test_nexthink_away_is_said_once_and_waited_out(stage: Stage) -> None:
    """However long it lasts; it counts as no silence."""
    stage.nexthink.fail("executions_of", *[NexthinkFault.UNREACHABLE] * 60)
    stage.plan = [{}] * 60 + [{"e-1": E.SUCCEEDED}]

    outcome = await stage.follow("e-1")

    assert (stage.said, outcome.trouble, outcome.ended) == ([AWAY], "", {E.SUCCEEDED: 1})


@pytest.mark.parametrize(
    ("fault", "said"), [(NexthinkFault.NOT_FOUND, NOT_SET_UP), (NexthinkFault.FORBIDDEN, "lacks a permission")]
)
async def test_what_can_never_be_seen_ends_it(stage: Stage, fault: NexthinkFault, said: str) -> None:
    """At once, with the reason."""
    stage.nexthink.fail("executions_of", fault)

    outcome = await stage.follow("e-1")

    assert said in outcome.trouble
    assert stage.pauses == []


@pytest.mark.parametrize("shown", [{}, {"e-1": E.SUCCEEDED}])
async def test_silence_ends_it_after_ten_minutes(stage: Stage, shown: dict[str, ExecutionState]) -> None:
    """Where an execution is never shown; what was seen is kept."""
    stage.plan = [shown]

    outcome = await stage.follow("e-1", "e-2")

    assert outcome.trouble == SILENT
    assert len(outcome.sightings) == len(shown)
    assert 600 <= sum(stage.pauses) < 640


async def test_long_run_is_no_silence(stage: Stage) -> None:
    """What goes on is followed for hours."""
    stage.plan = [{"e-1": E.WAITING}] * 400 + [{"e-1": E.EXPIRED}]

    outcome = await stage.follow("e-1", targets=1)

    assert (outcome.trouble, outcome.ended) == ("", {E.EXPIRED: 1})
