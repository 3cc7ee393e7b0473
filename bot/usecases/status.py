"""How the open runs go: one question to Nexthink for many runs, asked often at first and rarely later."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import Execution, ExecutionState, Run, RunId, RunState, Sighting
from bot.usecases.desk import Desk

TICK = timedelta(seconds=5)
"""How often due runs are looked for."""
PACES = ((timedelta(minutes=2), timedelta(seconds=4)), (timedelta(minutes=10), timedelta(seconds=20)))
"""Up to an age since the last step of a run: how often it is asked for; at first a little less than a tick."""
SLOW_PACE = timedelta(minutes=1)
QUESTIONS_AT_ONCE = 2
"""Questions in a tick, so that all of them together stay within NQL's half a question a second."""
TRACKED_FOR = timedelta(days=7)
"""The status query looks no further back."""

AWAY = "Nexthink does not say at the moment how it goes; it is asked again."
NOT_SET_UP = "Its progress cannot be shown, because the query for the status is not set up."
SILENT = "Nexthink recorded no end within a week."


class Follower:
    """Remembers when each run was asked for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked_at: dict[RunId, datetime] = {}

    async def follow_runs(self) -> datetime | None:
        """Ask for the runs that are due and store what changed; return when to come again, None without open runs."""
        runs = await self._desk.store.followed_runs()
        self._asked_at = {run.id: self._asked_at[run.id] for run in runs if run.id in self._asked_at}
        now = self._desk.clock()
        due = sorted((run for run in runs if self._due_at(run, now) <= now), key=lambda run: self._due_at(run, now))
        if due:
            await self._ask(due)
        return now + TICK if runs else None

    def _due_at(self, run: Run, now: datetime) -> datetime:
        asked_at = self._asked_at.get(run.id)
        if asked_at is None:
            return datetime.min.replace(tzinfo=now.tzinfo)
        age = now - _last_step_at(run)
        return asked_at + next((pace for up_to, pace in PACES if age <= up_to), SLOW_PACE)

    async def _ask(self, due: list[Run]) -> None:
        """Ask one by one for a few runs, for many with the one question about everything recent first."""
        one_by_one = QUESTIONS_AT_ONCE
        if len(due) > QUESTIONS_AT_ONCE:
            due = await self._ask_for_many(due)
            one_by_one -= 1
        for run in due[:one_by_one]:
            await self._ask_for_one(run)

    async def _ask_for_many(self, due: list[Run]) -> list[Run]:
        """Store what the recent executions say; return the runs that they do not mention."""
        try:
            recent = await self._desk.nexthink.recent_executions()
        except NexthinkError:
            return due
        seen: Mapping[str, list[Sighting]] = _by_request(recent)
        for run in due:
            if run.request_id in seen:
                await self._note(run, seen[run.request_id])
        return [run for run in due if run.request_id not in seen]

    async def _ask_for_one(self, run: Run) -> None:
        self._asked_at[run.id] = self._desk.clock()
        try:
            seen = await self._desk.nexthink.executions_of(run.request_id)
        except NexthinkError as error:
            await self._note_trouble(run, error)
            return
        await self._note(run, seen)

    async def _note(self, run: Run, seen: Iterable[Sighting]) -> None:
        """Store what was seen; nothing seen yet is no failure."""
        now = self._desk.clock()
        self._asked_at[run.id] = now
        sightings = list(seen)

        def step(current: Run) -> Run:
            if current.state is not RunState.RUNNING:
                return current
            if not sightings and now - (current.started_at or now) > TRACKED_FOR:
                return current.move(RunState.UNTRACKED, note=SILENT)
            followed = current.follow(updated(current.executions, sightings), now)
            if followed is not current:
                return dataclasses.replace(followed, note="")
            return current.changed(note="") if current.note else current

        await self._desk.change(run.id, step)

    async def _note_trouble(self, run: Run, error: NexthinkError) -> None:
        def step(current: Run) -> Run:
            if current.state is not RunState.RUNNING:
                return current
            if error.fault is NexthinkFault.NOT_FOUND:
                return current.move(RunState.UNTRACKED, note=NOT_SET_UP)
            return current if current.note == AWAY else current.changed(note=AWAY)

        await self._desk.change(run.id, step)


def updated(executions: tuple[Execution, ...], sightings: Iterable[Sighting]) -> tuple[Execution, ...]:
    """Return the executions as they were seen; an end stays an end, and ones that were not expected are added."""
    seen = {sighting.execution_id: sighting for sighting in sightings}
    known = {execution.id for execution in executions}
    unexpected = (Execution(id=one) for one in seen if one not in known)
    return tuple(
        _as_seen(execution, seen[execution.id]) if execution.id in seen else execution
        for execution in (*executions, *unexpected)
    )


def _as_seen(execution: Execution, sighting: Sighting) -> Execution:
    if execution.state.has_ended:
        return execution
    state = ExecutionState.RUNNING if sighting.state is ExecutionState.STARTED else sighting.state
    name = sighting.device_name or execution.device_name
    return dataclasses.replace(execution, state=state, details=sighting.details, device_name=name)


def _by_request(sightings: Iterable[Sighting]) -> dict[str, list[Sighting]]:
    grouped: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        grouped[sighting.request_id].append(sighting)
    return grouped


def _last_step_at(run: Run) -> datetime:
    """Return when a person or fixdesk last did something about a run: its start, or an answer to a pause."""
    answered = [
        execution.resume.verdict.at for execution in run.executions if execution.resume and execution.resume.verdict
    ]
    return max([run.started_at or run.created_at, *answered])
