"""Runs: the allowed moves, revisions, and how executions end a run."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.decision import DecisionState
from bot.domain.run import MOVES, ExecutionState, IllegalMoveError, RunState
from tests.domain.values import NOON, a_resume, a_run, a_verdict, an_approval, an_execution

ENDS = {"succeeded", "failed", "cancelled", "expired", "denied", "withdrawn", "refused"}


@pytest.mark.parametrize(("before", "to"), list(itertools.product(RunState, RunState)))
def test_move_follows_the_table_and_nothing_else(before: RunState, to: RunState) -> None:
    """A listed move gives the next revision in the new state; every other raises."""
    run = a_run(state=before, revision=4)

    if to in MOVES.get(before, frozenset()):
        assert run.move(to, note="why") == a_run(state=to, revision=5, note="why")
    else:
        with pytest.raises(IllegalMoveError, match=f"{before} → {to}"):
            run.move(to)


@given(st.lists(st.sampled_from(RunState), max_size=30))
@settings(deadline=None)
def test_any_series_of_moves_raises_the_revision_once_a_move(series: list[RunState]) -> None:
    """Whatever is tried, the revision counts the moves that were allowed, and an end is never left."""
    run = a_run()
    taken = 0
    for to in series:
        has_ended = run.has_ended
        try:
            run = run.move(to)
        except IllegalMoveError:
            continue
        taken += 1
        assert not has_ended

    assert run.revision == taken


def test_only_ends_cannot_be_left() -> None:
    """A run has ended in exactly the states from which nothing more happens."""
    assert {state.value for state in RunState if a_run(state=state).has_ended} == ENDS


def test_start_of_unknown_result_is_sent_again_only_from_the_beginning() -> None:
    """From `uncertain` no move leads to a start: a person who wants one asks anew, and every check is made again."""
    assert MOVES[RunState.UNCERTAIN].isdisjoint({RunState.APPROVED, RunState.STARTING})
    assert RunState.REQUESTED in MOVES[RunState.UNCERTAIN]


def test_state_changes_only_through_a_move() -> None:
    """`changed` gives the next revision, and refuses a state."""
    assert a_run().changed(note="late") == a_run(note="late", revision=1)
    with pytest.raises(IllegalMoveError):
        a_run().changed(state=RunState.RUNNING)


def test_execution_is_found_by_its_place() -> None:
    """A place beyond the executions, or before them, is none."""
    one, two = an_execution(name="e-1"), an_execution(name="e-2")
    run = a_run(executions=(one, two))

    assert [run.execution(place) for place in (-1, 0, 1, 2)] == [None, one, two, None]


def test_one_execution_is_replaced_among_others() -> None:
    """The others stay where they are."""
    one, two, three = (an_execution(name=name) for name in ("e-1", "e-2", "e-3"))
    other = an_execution(name="e-9")

    replaced = a_run(executions=(one, two, three)).with_execution(1, other)

    assert (replaced.executions, replaced.revision) == ((one, other, three), 1)


def test_run_is_ready_when_it_was_approved_else_when_it_was_asked_for() -> None:
    """The patience with a start counts from the verdict."""
    approved = an_approval(verdict=a_verdict(at=NOON + timedelta(hours=3)))

    assert a_run().ready_at == NOON
    assert a_run(approval=an_approval()).ready_at == NOON
    assert a_run(approval=approved).ready_at == NOON + timedelta(hours=3)


_E = ExecutionState


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ((_E.SUCCEEDED,), RunState.SUCCEEDED),
        ((_E.FAILED,), RunState.FAILED),
        ((_E.CANCELLED, _E.CANCELLED), RunState.CANCELLED),
        ((_E.EXPIRED,), RunState.EXPIRED),
        ((_E.SUCCEEDED, _E.FAILED), RunState.FAILED),
        ((_E.SUCCEEDED, _E.CANCELLED), RunState.FAILED),
        ((_E.CANCELLED, _E.EXPIRED), RunState.FAILED),
        ((_E.SUCCEEDED, _E.RUNNING), RunState.RUNNING),
        ((_E.FAILED, _E.WAITING), RunState.RUNNING),
        ((_E.STARTED,), RunState.RUNNING),
        ((), RunState.RUNNING),
    ],
)
def test_run_ends_when_all_of_its_executions_have(seen: tuple[ExecutionState, ...], state: RunState) -> None:
    """All alike give the run's end its name; otherwise one that did not succeed makes it failed."""
    run = a_run(state=RunState.RUNNING, executions=(an_execution(_E.RUNNING, "before"),))

    followed = run.follow([an_execution(one, f"e-{place}") for place, one in enumerate(seen)], NOON)

    assert (followed.state, followed.revision) == (state, 1)
    assert followed.ended_at == (NOON if state is not RunState.RUNNING else None)


def test_run_that_is_seen_unchanged_stays_itself() -> None:
    """Nothing new is no new revision."""
    run = a_run(state=RunState.RUNNING, executions=(an_execution(),))

    assert run.follow((an_execution(),), NOON) is run


@pytest.mark.parametrize("state", DecisionState)
@pytest.mark.parametrize("execution_state", ExecutionState)
def test_open_question_closes_with_its_execution(state: DecisionState, execution_state: ExecutionState) -> None:
    """Only an open question is closed, and only by the end of its own execution."""
    asked = an_execution(execution_state, resume=a_resume(state=state))
    run = a_run(state=RunState.RUNNING, executions=(an_execution(name="old"),))

    resume = run.follow((asked, an_execution(name="e-2")), NOON).executions[0].resume

    closes = execution_state.has_ended and state is DecisionState.OPEN
    assert resume is not None
    assert resume.state is (DecisionState.CLOSED if closes else state)
