"""Status: what is asked how often, and what the answers make of the runs."""

import asyncio
import dataclasses
import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.decision import DecisionState
from bot.domain.errors import NexthinkFault
from bot.domain.run import Execution, ExecutionId, ExecutionState, Run, RunId, RunState, Sighting
from bot.domain.work import WorkKind
from bot.usecases.pace import QUESTIONS_AT_ONCE, TICK
from bot.usecases.status import AWAY, NOT_SET_UP, SILENT, Follower, updated
from tests.domain.values import NOON, a_resume, a_verdict, an_execution
from tests.usecases.fakes import Bench

STARTED = (an_execution(ExecutionState.STARTED),)


def saw(bench: Bench, state: ExecutionState, number: int = 1, execution: str = "e-1", **more: Any) -> None:
    """Let Nexthink record one execution of a request, and nothing else of it."""
    request = f"q-{number}"
    bench.nexthink.sightings[request] = [
        Sighting(request_id=request, execution_id=ExecutionId(execution), state=state, **more)
    ]


async def ticks(bench: Bench, follower: Follower, seconds: int) -> list[float]:
    """Come whenever the follower wants to for a while; return the seconds at which it asked Nexthink."""
    asked: list[float] = []
    until = bench.clock.now + timedelta(seconds=seconds)
    while bench.clock.now <= until:
        before = len(bench.nexthink.asked_for)
        again_at = await follower.follow_runs()
        asked += [(bench.clock.now - NOON).total_seconds()] * (len(bench.nexthink.asked_for) - before)
        assert again_at is not None
        bench.clock.now = again_at
    return asked


async def test_follower_comes_again_while_a_run_is_open(bench: Bench) -> None:
    """Every few seconds; never without an open run."""
    assert await Follower(bench.desk).follow_runs() is None

    await bench.keep_running(executions=STARTED)

    assert await Follower(bench.desk).follow_runs() == NOON + TICK


async def test_run_ends_as_nexthink_says(bench: Bench) -> None:
    """One question, and the card's facts come from its answer."""
    saw(bench, ExecutionState.FAILED, details="no licence", device_name="LT-9")
    await bench.keep_running(executions=STARTED)

    await Follower(bench.desk).follow_runs()

    run = await bench.run()
    assert (run.state, run.ended_at) == (RunState.FAILED, NOON)
    assert run.executions == (an_execution(ExecutionState.FAILED, details="no licence", device_name="LT-9"),)
    assert await Follower(bench.desk).follow_runs() is None


async def test_nothing_recorded_yet_changes_nothing(bench: Bench) -> None:
    """No row is no failure."""
    before = await bench.keep_running(executions=STARTED)

    await Follower(bench.desk).follow_runs()

    assert await bench.run() == before


@pytest.mark.parametrize(("age", "longest"), [(0, 5), (60, 5), (180, 20), (570, 20), (700, 40), (7200, 40)], ids=str)
async def test_pace_slows_down_with_the_age_of_a_run(bench: Bench, age: int, longest: int) -> None:
    """Often at first and rarely later, counted from the start."""
    await bench.keep_running(executions=STARTED, started_at=NOON - timedelta(seconds=age))

    asked = await ticks(bench, Follower(bench.desk), 130 if longest > 20 else 42)

    assert {second - first for first, second in itertools.pairwise(asked)} == {longest}


async def test_end_is_seen_in_time_while_a_run_is_young_or_was_just_answered(bench: Bench) -> None:
    """Polls are at most 30 s apart for ten minutes after the start, and after the answer to a pause."""
    answered = an_execution(
        ExecutionState.WAITING, "e-2", resume=a_resume(state=DecisionState.DECIDED, verdict=a_verdict())
    )
    await bench.keep_running(executions=STARTED)
    await bench.keep_running(2, executions=(answered,), started_at=NOON - timedelta(hours=9))

    follower = Follower(bench.desk)
    await ticks(bench, follower, 600)

    for request in ("q-1", "q-2"):
        assert bench.nexthink.asked_for.count(request) >= 600 / 30
    asked = [position for position, request in enumerate(bench.nexthink.asked_for) if request == "q-2"]
    assert len(asked) == bench.nexthink.asked_for.count("q-1")


@pytest.mark.parametrize(("runs", "recent", "single"), [(1, 0, 1), (2, 0, 2), (3, 1, 0), (30, 1, 0)])
async def test_many_runs_cost_one_question(bench: Bench, runs: int, recent: int, single: int) -> None:
    """A few are asked for one by one, many through everything recent."""
    for number in range(1, runs + 1):
        saw(bench, ExecutionState.SUCCEEDED, number)
        await bench.keep_running(number, executions=STARTED)

    await Follower(bench.desk).follow_runs()

    assert (bench.nexthink.calls["recent_executions"], len(bench.nexthink.asked_for)) == (recent, single)
    for number in range(1, runs + 1):
        assert (await bench.run(f"r-{number}")).state is RunState.SUCCEEDED


async def test_one_answer_serves_every_open_run(bench: Bench) -> None:
    """What the recent executions show of a run that is not due yet is taken all the same."""
    await bench.keep_running(1, executions=STARTED, started_at=NOON - timedelta(hours=1))
    follower = Follower(bench.desk)
    await follower.follow_runs()
    for number in (2, 3, 4):
        await bench.keep_running(number, executions=STARTED)
    saw(bench, ExecutionState.SUCCEEDED)
    bench.clock.now += TICK

    await follower.follow_runs()

    assert (await bench.run()).state is RunState.SUCCEEDED
    assert bench.nexthink.asked_for == ["q-1", "q-2"]


@pytest.mark.parametrize("is_refused", [True, False])
async def test_runs_that_are_not_recent_take_turns(bench: Bench, *, is_refused: bool) -> None:
    """What the one question does not answer is asked for bit by bit, the longest unasked first, within the pace."""
    if is_refused:
        bench.nexthink.fail("recent_executions", *[NexthinkFault.NOT_FOUND] * 9)
    for number in range(1, 6):
        await bench.keep_running(number, executions=STARTED)
    follower = Follower(bench.desk)

    for tick in range(1, 6):
        await follower.follow_runs()
        assert bench.nexthink.calls["recent_executions"] + len(bench.nexthink.asked_for) <= tick * QUESTIONS_AT_ONCE
        bench.clock.now += TICK

    assert set(bench.nexthink.asked_for) == {f"q-{number}" for number in range(1, 6)}


async def test_run_is_not_tracked_without_its_query(bench: Bench) -> None:
    """Where no query is set up the card says so at once, and nobody asks any more."""
    bench.nexthink.fail("executions_of", NexthinkFault.NOT_FOUND)
    await bench.keep_running(executions=STARTED)

    await Follower(bench.desk).follow_runs()

    run = await bench.run()
    assert (run.state, run.note) == (RunState.UNTRACKED, NOT_SET_UP)
    assert await Follower(bench.desk).follow_runs() is None


async def test_query_that_nexthink_does_not_know_is_believed_after_a_while(bench: Bench) -> None:
    """One 404 may come from anywhere; only when it stays so is the run followed no more."""
    bench.nexthink.fail("executions_of", NexthinkFault.NOT_FOUND, status=404)
    await bench.keep_running(executions=STARTED)
    follower = Follower(bench.desk)
    await ticks(bench, follower, 40)
    assert (await bench.run()).state is RunState.RUNNING
    assert (await bench.run()).note == ""

    bench.nexthink.fail("executions_of", *[NexthinkFault.NOT_FOUND] * 7, status=404)
    for _ in range(7):
        assert (await bench.run()).state is RunState.RUNNING
        await follower.follow_runs()
        bench.clock.now += TICK

    assert ((await bench.run()).state, (await bench.run()).note) == (RunState.UNTRACKED, NOT_SET_UP)


def _named(fault: str) -> str:
    return f"Nexthink does not say how it goes: {fault}. It is asked again."


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        (NexthinkFault.UNREACHABLE, AWAY),
        (NexthinkFault.BUSY, AWAY),
        (NexthinkFault.UNCLEAR, AWAY),
        (NexthinkFault.FORBIDDEN, _named("the credential lacks a permission (403)")),
        (NexthinkFault.UNAUTHORIZED, _named("the credential was not accepted (401)")),
        (NexthinkFault.REFUSED, _named("Nexthink refused the request")),
    ],
)
@pytest.mark.parametrize("seen", [None, ExecutionState.RUNNING, ExecutionState.SUCCEEDED])
async def test_trouble_is_told_once_and_taken_back(
    bench: Bench, fault: NexthinkFault, note: str, seen: ExecutionState | None
) -> None:
    """What does not pass by itself is named; the word of trouble goes with the next answer, whatever that says."""
    bench.nexthink.fail("executions_of", fault, fault)
    await bench.keep_running(executions=STARTED)
    follower = Follower(bench.desk)

    await follower.follow_runs()
    told = await bench.run()
    assert (told.state, told.note) == (RunState.RUNNING, note)

    bench.clock.now += TICK
    await follower.follow_runs()
    assert await bench.run() == told

    if seen is not None:
        saw(bench, seen)
    bench.clock.now += TICK
    await follower.follow_runs()
    assert (await bench.run()).note == ""


@pytest.mark.parametrize("fault", [NexthinkFault.UNREACHABLE, NexthinkFault.BUSY, NexthinkFault.UNCLEAR])
async def test_trouble_with_all_questions_is_told_on_every_run(bench: Bench, fault: NexthinkFault) -> None:
    """Nobody waits for a turn to hear of it."""
    for call in ("recent_executions", "executions_of"):
        bench.nexthink.fail(call, fault)
    for number in range(1, 6):
        await bench.keep_running(number, executions=STARTED)

    await Follower(bench.desk).follow_runs()

    assert {(await bench.run(f"r-{number}")).note for number in range(1, 6)} == {AWAY}
    assert len(bench.nexthink.asked_for) == 1


async def test_trouble_is_told_only_where_people_watch(bench: Bench) -> None:
    """With the one question for many, the cards of runs that go on for long are left as they are."""
    for call in ("recent_executions", "executions_of"):
        bench.nexthink.fail(call, NexthinkFault.UNREACHABLE)
    for number, minutes in enumerate((0, 9, 11, 90), 1):
        await bench.keep_running(number, executions=STARTED, started_at=NOON - timedelta(minutes=minutes))

    await Follower(bench.desk).follow_runs()

    assert [(await bench.run(f"r-{number}")).note for number in range(1, 5)] == [AWAY, AWAY, "", ""]


async def test_one_question_that_always_fails_stops_no_run(bench: Bench) -> None:
    """While only the question about everything recent fails, every run is asked for by its own."""
    bench.nexthink.fail("recent_executions", *[NexthinkFault.UNCLEAR] * 99)
    for number in range(1, 4):
        saw(bench, ExecutionState.SUCCEEDED, number)
        await bench.keep_running(number, executions=STARTED)
    follower = Follower(bench.desk)

    for _ in range(3):
        await follower.follow_runs()
        bench.clock.now += TICK

    for number in range(1, 4):
        run = await bench.run(f"r-{number}")
        assert (run.state, run.note) == (RunState.SUCCEEDED, "")


async def test_run_of_which_only_a_part_is_shown_is_asked_for_alone(bench: Bench) -> None:
    """The answer about everything recent may end between two executions of one request."""
    saw(bench, ExecutionState.SUCCEEDED)
    await bench.keep_running(1, executions=(*STARTED, an_execution(ExecutionState.STARTED, "e-2")))
    for number in (2, 3):
        saw(bench, ExecutionState.RUNNING, number)
        await bench.keep_running(number, executions=STARTED)

    await Follower(bench.desk).follow_runs()

    assert bench.nexthink.calls["recent_executions"] == 1
    assert bench.nexthink.asked_for == ["q-1"]


async def test_note_of_somebody_else_stays(bench: Bench) -> None:
    """What the cards had to say of a run is not taken back by an answer of Nexthink's."""
    saw(bench, ExecutionState.RUNNING)
    await bench.keep_running(executions=STARTED, note="Please ask them yourself.")

    await Follower(bench.desk).follow_runs()

    assert (await bench.run()).note == "Please ask them yourself."


async def test_answer_without_news_costs_the_store_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is read again only when its records differ from what was stored last."""
    saw(bench, ExecutionState.RUNNING)
    await bench.keep_running(executions=STARTED)
    follower, reads = Follower(bench.desk), []
    read = bench.store.run

    async def counted(run_id: RunId) -> Run | None:
        reads.append(run_id)
        return await read(run_id)

    monkeypatch.setattr(bench.store, "run", counted)
    for state in (ExecutionState.RUNNING, ExecutionState.RUNNING, ExecutionState.SUCCEEDED):
        saw(bench, state)
        await follower.follow_runs()
        bench.clock.now += TICK

    assert len(bench.nexthink.asked_for) == 3
    assert len(reads) == 2


async def test_questions_are_asked_side_by_side(bench: Bench) -> None:
    """The second is under way before the first is answered."""
    both_asked = asyncio.Event()

    async def meet() -> None:
        if len(bench.nexthink.asked_for) == QUESTIONS_AT_ONCE:
            both_asked.set()
        async with asyncio.timeout(2):
            await both_asked.wait()

    bench.nexthink.during["executions_of"] = meet
    for number in (1, 2):
        saw(bench, ExecutionState.SUCCEEDED, number)
        await bench.keep_running(number, executions=STARTED)

    await Follower(bench.desk).follow_runs()

    for number in (1, 2):
        assert (await bench.run(f"r-{number}")).state is RunState.SUCCEEDED


@pytest.mark.parametrize("others", [0, 2])
async def test_ids_are_compared_without_regard_to_case(bench: Bench, others: int) -> None:
    """NQL may write a uuid in capitals, whether it is asked for one run or for everything recent."""
    for number in range(1, others + 2):
        await bench.keep_running(number, executions=STARTED)
    bench.nexthink.sightings["q-1"] = [
        Sighting(request_id="Q-1", execution_id=ExecutionId("E-1"), state=ExecutionState.SUCCEEDED)
    ]

    await Follower(bench.desk).follow_runs()

    run = await bench.run()
    assert run.state is RunState.SUCCEEDED
    assert [execution.id for execution in run.executions] == ["e-1"]


@pytest.mark.parametrize("named", [(), STARTED])
async def test_execution_that_the_start_did_not_name_is_asked_about(bench: Bench, named: tuple[Execution, ...]) -> None:
    """It gets the question of the rule as the others did, and the question expires."""
    saw(bench, ExecutionState.RUNNING, execution="e-9")
    await bench.keep_running(workflow="#paused", executions=named)

    await Follower(bench.desk).follow_runs()

    found = (await bench.run()).executions[-1]
    assert found.id == "e-9"
    assert found.resume is not None
    assert (found.resume.deciders, found.resume.channel_id) == (("helpdesk",), "CAPPR")
    assert (found.resume.state, found.resume.expires_at) == (DecisionState.OPEN, NOON + timedelta(hours=24))
    assert await bench.kinds_due(hours=23.9) == set()
    assert await bench.kinds_due(hours=24) == {WorkKind.EXPIRE_RESUME}


async def test_execution_is_asked_about_once(bench: Bench) -> None:
    """Seen again it keeps its question, and one that had ended before it was seen has nothing to decide."""
    saw(bench, ExecutionState.RUNNING, execution="e-9")
    await bench.keep_running(workflow="#paused")
    follower = Follower(bench.desk)
    await follower.follow_runs()
    asked = (await bench.run()).executions

    bench.clock.now += TICK
    await follower.follow_runs()
    assert (await bench.run()).executions == asked

    saw(bench, ExecutionState.SUCCEEDED, execution="e-10")
    bench.clock.now += TICK
    await follower.follow_runs()
    late = (await bench.run()).executions[1].resume
    assert late is not None
    assert late.state is DecisionState.CLOSED


async def test_executions_that_were_not_expected_are_followed(bench: Bench) -> None:
    """The run ends when all of them have."""
    await bench.keep_running(executions=STARTED)
    first = Sighting(request_id="q-1", execution_id=ExecutionId("e-1"), state=ExecutionState.SUCCEEDED)
    second = dataclasses.replace(first, execution_id=ExecutionId("e-2"), state=ExecutionState.RUNNING)
    bench.nexthink.sightings["q-1"] = [first, second]

    follower = Follower(bench.desk)
    await follower.follow_runs()
    assert (await bench.run()).state is RunState.RUNNING

    bench.nexthink.sightings["q-1"] = [dataclasses.replace(second, state=ExecutionState.FAILED)]
    bench.clock.now += TICK
    await follower.follow_runs()

    run = await bench.run()
    assert run.state is RunState.FAILED
    assert [execution.state.value for execution in run.executions] == ["succeeded", "failed"]


async def test_run_that_nexthink_never_recorded_is_given_up_after_a_week(bench: Bench) -> None:
    """The status query looks no further back; a run with a record is followed on."""
    await bench.keep_running(executions=STARTED)
    await bench.keep_running(2, executions=STARTED)
    saw(bench, ExecutionState.RUNNING, 2)
    bench.clock.advance(days=7, seconds=1)

    await Follower(bench.desk).follow_runs()

    given_up = await bench.run()
    assert (given_up.state, given_up.note) == (RunState.UNTRACKED, SILENT)
    assert (await bench.run("r-2")).state is RunState.RUNNING


@pytest.mark.parametrize("fault", [NexthinkFault.UNCLEAR, NexthinkFault.FORBIDDEN])
async def test_run_is_given_up_after_a_week_of_trouble_too(bench: Bench, fault: NexthinkFault) -> None:
    """Nobody is told for ever that it is asked again."""
    bench.nexthink.fail("executions_of", fault, fault)
    await bench.keep_running(executions=STARTED)
    follower = Follower(bench.desk)

    bench.clock.advance(days=7)
    await follower.follow_runs()
    assert (await bench.run()).state is RunState.RUNNING

    bench.clock.advance(minutes=1)
    await follower.follow_runs()
    given_up = await bench.run()
    assert (given_up.state, given_up.note) == (RunState.UNTRACKED, SILENT)


@pytest.mark.parametrize("fault", [None, NexthinkFault.NOT_FOUND, NexthinkFault.UNCLEAR])
async def test_run_that_ended_during_the_question_stays_ended(bench: Bench, fault: NexthinkFault | None) -> None:
    """An answer that comes late changes no end."""

    async def end() -> None:
        await bench.desk.change(RunId("r-1"), lambda run: run.move(RunState.CANCELLED))

    if fault is not None:
        bench.nexthink.fail("executions_of", fault)
    bench.nexthink.during["executions_of"] = end
    saw(bench, ExecutionState.SUCCEEDED)
    await bench.keep_running(executions=STARTED)

    await Follower(bench.desk).follow_runs()

    run = await bench.run()
    assert (run.state, run.note) == (RunState.CANCELLED, "")


def test_started_counts_as_running_once_it_was_seen() -> None:
    """A record is more than an id; a device's name is not lost where a row leaves it out."""
    execution = an_execution(ExecutionState.STARTED, device_name="LT-1")
    sighting = Sighting(request_id="q-1", execution_id=execution.id, state=ExecutionState.STARTED)

    assert updated((execution,), [sighting]) == (an_execution(ExecutionState.RUNNING, device_name="LT-1"),)


IDS = st.sampled_from("abcd").map(ExecutionId)
EXECUTIONS = st.lists(st.builds(Execution, id=IDS, state=st.sampled_from(ExecutionState)), unique_by=lambda one: one.id)
SIGHTINGS = st.lists(
    st.builds(Sighting, request_id=st.just("q-1"), execution_id=IDS, state=st.sampled_from(ExecutionState))
)


@given(EXECUTIONS, SIGHTINGS)
@settings(deadline=None)
def test_end_stays_an_end_and_nothing_is_lost(executions: list[Execution], sightings: Sequence[Sighting]) -> None:
    """Executions keep their place, ended ones their state; what is new comes after them, once."""
    seen = updated(tuple(executions), sightings)

    for before, after in zip(executions, seen, strict=False):
        assert before.id == after.id
        assert not before.state.has_ended or before == after
    ids = [execution.id for execution in seen]
    assert len(ids) == len(set(ids))
    assert set(ids) == {one.id for one in executions} | {one.execution_id for one in sightings}
