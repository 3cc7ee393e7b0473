"""Which run is asked for next: pure, with any number of open runs."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.run import Followed, RunId
from bot.domain.workflow import WorkflowId
from bot.usecases.pace import QUESTIONS_AT_ONCE, RECENT_AGAIN, RECENT_EVERY, TICK, Pace, pace_of
from tests.domain.values import NOON


def a_followed(number: int, minutes: float = 0) -> Followed:
    """Return a running run, some minutes after its last step."""
    return Followed(
        id=RunId(f"r-{number}"),
        request_id=f"q-{number}",
        workflow_id=WorkflowId("#reset_vpn"),
        started_at=NOON - timedelta(minutes=minutes),
        stepped_at=NOON - timedelta(minutes=minutes),
        executions=1,
    )


def followed(numbers: Iterable[int], minutes: float = 0) -> list[Followed]:
    """Return several of one age."""
    return [a_followed(number, minutes) for number in numbers]


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(0, 4), (2, 4), (2.1, 20), (10, 20), (10.1, 40), (60 * 24 * 6, 40)], ids=str
)
def test_pace_follows_the_age(minutes: float, seconds: int) -> None:
    """Often while people watch, at most 20 s apart for ten minutes, then each 40 s."""
    assert pace_of(a_followed(1, minutes), NOON) == timedelta(seconds=seconds)


def test_new_step_makes_a_run_due_at_once() -> None:
    """After an answer to a pause nobody waits for the slow pace."""
    pace, before, after = Pace(), a_followed(1, 60), a_followed(1, 0)
    (run,) = pace.due([before], NOON)
    pace.asked(run, NOON)

    assert pace.due([before], NOON + TICK) == []
    assert pace.due([after], NOON + TICK) == [after]


def test_few_are_asked_for_alone() -> None:
    """As many as there are questions need no other one."""
    pace = Pace()
    due = pace.due(followed(range(QUESTIONS_AT_ONCE)), NOON)

    assert not pace.is_recent_due(due, NOON)
    assert pace.next_alone(due, NOON, QUESTIONS_AT_ONCE) == due


def test_many_wait_for_the_one_question() -> None:
    """A run is asked for alone only after the question about everything recent did not show it."""
    pace = Pace()
    due = pace.due(followed(range(5)), NOON)

    assert pace.is_recent_due(due, NOON)
    assert pace.next_alone(due, NOON, 2) == []
    pace.recent_answered(due, {due[0].id, due[1].id, due[2].id, due[3].id}, NOON)
    assert pace.next_alone(due, NOON, 2) == [due[4]]


@pytest.mark.parametrize(
    ("shown", "again"), [(range(5), timedelta(0)), (range(4), RECENT_EVERY), (range(0), RECENT_EVERY)], ids=str
)
def test_one_question_gives_way_to_what_it_does_not_show(shown: range, again: timedelta) -> None:
    """While it shows all it is asked whenever something is due, otherwise only now and then."""
    pace = Pace()
    due = pace.due(followed(range(5)), NOON)
    pace.recent_answered(due, {RunId(f"r-{number}") for number in shown}, NOON)

    assert pace.is_recent_due(due, NOON + again)
    if again:
        assert not pace.is_recent_due(due, NOON + again - timedelta(seconds=1))
    assert pace.is_recent_due(due, NOON - timedelta(hours=1)), "a clock that was put back stops nothing"


@pytest.mark.parametrize(("may_pass", "again"), [(True, RECENT_EVERY), (False, RECENT_AGAIN)])
def test_question_that_fails_is_left_for_a_while(*, may_pass: bool, again: timedelta) -> None:
    """Then each run gets a question of its own."""
    pace = Pace()
    due = pace.due(followed(range(5)), NOON)
    pace.recent_failed(due, NOON, may_pass=may_pass)

    assert pace.next_alone(due, NOON, 2) == due[:2]
    assert not pace.is_recent_due(due, NOON + again - timedelta(seconds=1))
    assert pace.is_recent_due(due, NOON + again)


def test_clock_that_is_put_back_stops_no_run() -> None:
    """A run that seems to be due later than its pace is due."""
    pace = Pace()
    (run,) = pace.due([a_followed(1)], NOON)
    pace.asked(run, NOON)

    assert pace.due([run], NOON - timedelta(hours=1)) == [run]


def test_latest_is_asked_for_first() -> None:
    """Twelve seconds are three times too late for a young run, and little for an old one."""
    pace, young, old = Pace(), a_followed(1, 0), a_followed(2, 60)
    others = followed((3, 4), 60)
    due = pace.due([old, young, *others], NOON)
    pace.recent_answered(due, (), NOON)
    later = NOON + timedelta(seconds=12)

    assert pace.next_alone(due, later, 1) == [young]
    pace.asked(young, later)
    assert pace.next_alone(pace.due([old, *others], later), later, 1) == [old]


def test_run_that_ended_is_forgotten() -> None:
    """Nothing is remembered of runs that are not open any more."""
    pace = Pace()
    (run,) = pace.due([a_followed(1)], NOON)
    pace.asked(run, NOON)
    assert pace.due([], NOON) == []

    assert pace.due([run], NOON) == [run]


@given(st.lists(st.floats(0, 600), min_size=3, max_size=30))
def test_everybody_has_a_turn_within_the_budget(ages: list[float]) -> None:
    """However many runs are open and whatever their age: no tick has more questions, and no run is left out."""
    pace, now = Pace(), NOON
    runs = [a_followed(number, minutes) for number, minutes in enumerate(ages)]
    asked: set[RunId] = set()
    for _ in range(40 * len(runs)):
        due, questions = pace.due(runs, now), QUESTIONS_AT_ONCE
        if pace.is_recent_due(due, now):
            pace.recent_answered(due, (), now)
            questions -= 1
        alone = pace.next_alone(due, now, questions)
        assert len(alone) <= questions
        for run in alone:
            pace.asked(run, now)
            asked.add(run.id)
        now += TICK

    assert asked == {run.id for run in runs}
