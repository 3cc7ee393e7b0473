"""Rows of due work: what makes two of them the same, and how long to wait before the next attempt."""

from datetime import timedelta

import pytest

from bot.domain.decision import Choice
from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import RunId
from bot.domain.work import WorkKind
from bot.usecases.due import Presser, follow_now, pause_before, press, show, trigger, work_on
from tests.domain.values import NOON, a_run

LATER = NOON + timedelta(minutes=1)
GRACE = Presser(slack_id="UGRACE", channel_id="C1", ts="1.2", pressed="3.4")


def test_step_of_a_run_is_one_row() -> None:
    """At whatever time it is asked for; another step or another run is another row."""
    assert work_on(a_run().id, WorkKind.START, NOON).identity == work_on(a_run().id, WorkKind.START, LATER).identity
    assert work_on(a_run().id, WorkKind.START, NOON).identity != work_on(a_run().id, WorkKind.BEGIN, NOON).identity
    assert work_on(a_run().id, WorkKind.START, NOON).identity != work_on(RunId("r-2"), WorkKind.START, NOON).identity


def test_edits_and_questions_may_be_asked_for_again() -> None:
    """They go once more with the newest state; steps, triggers and presses do not."""
    assert show(a_run().id, NOON).is_repeatable
    assert follow_now(NOON).is_repeatable
    assert not work_on(a_run().id, WorkKind.START, NOON).is_repeatable
    assert not trigger(a_run().id, 0, NOON).is_repeatable


def test_decision_has_one_trigger() -> None:
    """A new decision on the same question has another, and so has another execution."""
    assert len({trigger(a_run().id, 0, NOON).identity, trigger(a_run().id, 0, LATER).identity}) == 2
    assert len({trigger(a_run().id, 0, NOON).identity, trigger(a_run().id, 1, NOON).identity}) == 2
    assert trigger(a_run().id, 0, NOON) == trigger(a_run().id, 0, NOON)


def test_press_is_known_by_who_and_when() -> None:
    """Delivered twice it is one row, which says everything about it."""
    row = press(WorkKind.DECIDE, GRACE, Choice.DENY, {"run_id": "r-1"}, NOON)

    assert row.identity == press(WorkKind.DECIDE, GRACE, Choice.DENY, {"run_id": "r-1"}, LATER).identity
    assert not row.is_repeatable
    assert row.subject == {
        "choice": "deny",
        "run_id": "r-1",
        "slack_id": "UGRACE",
        "channel_id": "C1",
        "ts": "1.2",
        "pressed": "3.4",
    }


@pytest.mark.parametrize(
    ("attempts", "retry_after", "seconds"),
    [
        (1, None, 2),
        (2, None, 4),
        (3, None, 8),
        (4, None, 15),
        (1000, None, 15),
        (1, 1.0, 2),
        (1, 40.0, 40),
        (9, 3.0, 15),
    ],
)
def test_pause_doubles_up_to_a_bound(attempts: int, retry_after: float | None, seconds: float) -> None:
    """It is never shorter than Nexthink asked for, and a person's run goes on soon after Nexthink is back."""
    error = NexthinkError(NexthinkFault.BUSY, "starting", retry_after=retry_after)

    assert pause_before(attempts, error) == timedelta(seconds=seconds)
    assert pause_before(attempts) <= timedelta(seconds=15)
