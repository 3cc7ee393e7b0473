"""Which open runs are asked for next, and by which question, so that all questions together stay within NQL's rate.

It asks nothing itself. What it remembers goes with the process: after a restart every open run is asked for anew.
"""

import dataclasses
import heapq
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.run import Followed, RunId

TICK = timedelta(seconds=5)
"""How often due runs are looked for."""
QUESTIONS_AT_ONCE = 2
"""Questions in a tick: a little less than the half a question a second that NQL is good for, for people ask too."""
PACES = ((timedelta(minutes=2), timedelta(seconds=4)), (timedelta(minutes=10), timedelta(seconds=20)))
"""Up to an age since the last step of a run: how often it is asked for; at first a little less than a tick."""
SLOW_PACE = timedelta(seconds=40)
RECENT_EVERY = timedelta(seconds=20)
"""How often the one question about everything recent is asked while there are runs that it does not show."""
RECENT_AGAIN = timedelta(minutes=10)
"""How soon it is tried again where it cannot be asked at all."""


def pace_of(run: Followed, now: datetime) -> timedelta:
    """Return how often a run is asked for: people watch it after its start, and after each answer to a pause."""
    age = now - run.stepped_at
    return next((pace for up_to, pace in PACES if age <= up_to), SLOW_PACE)


@dataclasses.dataclass(slots=True)
class _Look:
    """When a run is asked for next."""

    stepped_at: datetime
    due_at: datetime
    pace: timedelta
    is_missing: bool = False
    """Whether the last answer about everything recent did not show it."""


class Pace:
    """Remembers what was asked when."""

    def __init__(self) -> None:
        self._looks: dict[RunId, _Look] = {}
        self._recent_at: datetime | None = None
        """When the question about everything recent is worth asking again; None = at any time."""

    def due(self, runs: Iterable[Followed], now: datetime) -> list[Followed]:
        """Return the runs that are due, of all that are open; those that are not open any more are forgotten."""
        looks, due = {}, []
        for run in runs:
            look = self._looks.get(run.id)
            if look is None or look.stepped_at != run.stepped_at:
                look = _Look(run.stepped_at, now, pace_of(run, now))
            looks[run.id] = look
            # One that is due later than its pace was asked for by a clock that has been put back since.
            if not timedelta(0) < look.due_at - now <= look.pace:
                due.append(run)
        self._looks = looks
        return due

    def asked(self, run: Followed, now: datetime) -> None:
        """Note that a run was asked for."""
        look = self._looks[run.id]
        look.pace = pace_of(run, now)
        look.due_at = now + look.pace

    def is_recent_due(self, due: Sequence[Followed], now: datetime) -> bool:
        """Tell whether the one question about everything recent should be asked for these runs."""
        if len(due) <= QUESTIONS_AT_ONCE:
            return False
        return self._recent_at is None or not timedelta(0) < self._recent_at - now <= RECENT_AGAIN

    def recent_answered(self, due: Iterable[Followed], shown: Collection[RunId], now: datetime) -> None:
        """Note which of the due runs it showed; while it does not show all, the others need the questions more."""
        missing = False
        for run in due:
            is_missing = self._looks[run.id].is_missing = run.id not in shown
            missing = missing or is_missing
        self._recent_at = now + RECENT_EVERY if missing else None

    def recent_failed(self, due: Iterable[Followed], now: datetime, *, may_pass: bool) -> None:
        """Note that it brought nothing: each run needs a question of its own until it is worth another try."""
        self.recent_answered(due, (), now)
        self._recent_at = now + (RECENT_EVERY if may_pass else RECENT_AGAIN)

    def next_alone(self, due: Sequence[Followed], now: datetime, questions: int) -> list[Followed]:
        """Return the runs to ask for one by one: the latest first, measured by how often each should be asked for.

        Where there are more than questions, one that the next question about everything recent may show can wait.
        """

        def lateness(run: Followed) -> float:
            look = self._looks[run.id]
            return (now - look.due_at) / look.pace

        if len(due) > QUESTIONS_AT_ONCE:
            due = [run for run in due if self._looks[run.id].is_missing]
        return heapq.nlargest(questions, due, key=lateness)
