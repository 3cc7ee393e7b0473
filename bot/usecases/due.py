"""Rows of due work, as the use cases write them: one place that knows their identities."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.errors import NexthinkError
from bot.domain.run import Run, RunId
from bot.domain.work import NewWork, WorkKind

START_PATIENCE = timedelta(minutes=10)
"""How long a run that surely was not started is tried again."""
SHORTEST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=15)
"""So that a person's run goes on soon after Nexthink is back."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Presser:
    """Who pressed, and where."""

    slack_id: str
    channel_id: str
    ts: str
    """The message whose button it was."""
    pressed: str
    """Slack's name of this one press: its `action_ts`."""


def show(run_id: RunId, at: datetime) -> NewWork:
    """Bring every copy of a run's card up to date; asked for twice it is done once more, with the newest state."""
    return NewWork(
        kind=WorkKind.SHOW,
        identity=f"{WorkKind.SHOW}:{run_id}",
        subject={"run_id": run_id},
        due_at=at,
        is_repeatable=True,
    )


def work_on(run_id: RunId, kind: WorkKind, at: datetime, occasion: str = "") -> NewWork:
    """Take a run's next step at a time: once for each occasion, for a person may have it started again."""
    identity = f"{kind}:{run_id}:{occasion}" if occasion else f"{kind}:{run_id}"
    return NewWork(kind=kind, identity=identity, subject={"run_id": run_id}, due_at=at)


def occasion_of(run: Run) -> str:
    """Name the occasion for which a run takes its steps: nothing the first time, then the start before."""
    return run.sent_at.isoformat() if run.sent_at else ""


def remind_every(run: Run, every: timedelta, now: datetime) -> NewWork:
    """Remind those who are to decide, again and again, each time after twice as long."""
    row = work_on(run.id, WorkKind.REMIND, now + every, occasion_of(run))
    return dataclasses.replace(row, subject={**row.subject, "every": every.total_seconds()})


def reconcile_now(at: datetime) -> NewWork:
    """Look in Nexthink's records for the starts that were never answered."""
    return NewWork(kind=WorkKind.RECONCILE, identity=WorkKind.RECONCILE, due_at=at, is_repeatable=True)


def follow_now(at: datetime) -> NewWork:
    """Ask Nexthink how the open runs go."""
    return NewWork(kind=WorkKind.FOLLOW, identity=WorkKind.FOLLOW, due_at=at, is_repeatable=True)


def trigger(run_id: RunId, ordinal: int, at: datetime) -> NewWork:
    """Fire the trigger for a decision that was taken at a time."""
    return NewWork(
        kind=WorkKind.TRIGGER,
        identity=f"{WorkKind.TRIGGER}:{run_id}:{ordinal}:{at.isoformat()}",
        subject={"run_id": run_id, "ordinal": ordinal},
        due_at=at,
    )


def press(kind: WorkKind, presser: Presser, choice: StrEnum | None, about: Mapping[str, Any], at: datetime) -> NewWork:
    """Work off a press on a card; the same press, delivered twice, is one row."""
    subject = {"choice": choice and choice.value, **about, **dataclasses.asdict(presser)}
    return NewWork(kind=kind, identity=f"press:{presser.slack_id}:{presser.pressed}", subject=subject, due_at=at)


def pause_before(attempts: int, error: NexthinkError | None = None) -> timedelta:
    """Return how long to wait after so many attempts: doubling, and never shorter than Nexthink asked for."""
    asked = timedelta(seconds=(error and error.retry_after) or 0)
    doubled: timedelta = SHORTEST_PAUSE * 2 ** min(attempts - 1, 8)
    return max(min(doubled, LONGEST_PAUSE), asked)
