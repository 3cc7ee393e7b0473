"""How the open runs go: one question to Nexthink for many runs, asked often at first and rarely later."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Awaitable, Iterable
from datetime import datetime, timedelta

from bot.domain.decision import Resume
from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import Execution, ExecutionState, Run, RunId, RunState, Sighting
from bot.domain.work import WorkKind
from bot.policy.decide import rule_for
from bot.usecases.desk import Desk
from bot.usecases.due import work_on
from bot.usecases.resume import question

TICK = timedelta(seconds=5)
"""How often due runs are looked for."""
PACES = ((timedelta(minutes=2), timedelta(seconds=4)), (timedelta(minutes=10), timedelta(seconds=20)))
"""Up to an age since the last step of a run: how often it is asked for; at first a little less than a tick."""
SLOW_PACE = timedelta(minutes=1)
QUESTIONS_AT_ONCE = 2
"""Questions in a tick, so that all of them together stay within NQL's half a question a second."""
PATIENCE = timedelta(seconds=5)
"""How long one question is waited for."""
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
        questions = QUESTIONS_AT_ONCE
        if len(due) > questions:
            due, questions = await self._ask_for_many(due)
        await asyncio.gather(*(self._ask_for_one(run) for run in due[:questions]))

    async def _ask_for_many(self, due: list[Run]) -> tuple[list[Run], int]:
        """Store what the recent executions say; return the runs still to ask for, and how many questions are left."""
        try:
            recent = await _patiently(self._desk.nexthink.recent_executions())
        except NexthinkError as error:
            if not error.may_pass:
                return due, QUESTIONS_AT_ONCE - 1
            for run in due:
                await self._note_trouble(run, error)
            return [], 0
        seen = _by_request(recent)
        for run in due:
            if run.request_id.casefold() in seen:
                await self._note(run, seen[run.request_id.casefold()])
        return [run for run in due if run.request_id.casefold() not in seen], QUESTIONS_AT_ONCE - 1

    async def _ask_for_one(self, run: Run) -> None:
        try:
            seen = await _patiently(self._desk.nexthink.executions_of(run.request_id))
        except NexthinkError as error:
            await self._note_trouble(run, error)
        else:
            await self._note(run, seen)

    async def _note(self, run: Run, seen: Iterable[Sighting]) -> None:
        """Store what was seen; nothing seen yet is no failure."""
        now = self._desk.clock()
        self._asked_at[run.id] = now
        sightings = list(seen)
        rule = rule_for(self._desk.policy, run.workflow.id)
        resume = question(rule.resume, self._desk) if rule and rule.resume else None

        def step(current: Run) -> Run:
            if current.state is not RunState.RUNNING:
                return current
            if not sightings and _is_out_of_sight(current, now):
                return current.move(RunState.UNTRACKED, note=SILENT)
            followed = current.follow(updated(current.executions, sightings, resume), now)
            if followed is not current:
                return dataclasses.replace(followed, note="")
            return current.changed(note="") if current.note else current

        expiry = [work_on(run.id, WorkKind.EXPIRE_RESUME, resume.expires_at)] if resume else []
        await self._desk.change(run.id, step, *expiry)

    async def _note_trouble(self, run: Run, error: NexthinkError) -> None:
        """Say that nothing is known; what can never be known ends the following."""
        now = self._desk.clock()
        self._asked_at[run.id] = now
        note = AWAY if error.may_pass else f"Nexthink does not say how it goes: {error.fault.value}. It is asked again."

        def step(current: Run) -> Run:
            if current.state is not RunState.RUNNING:
                return current
            if error.fault is NexthinkFault.NOT_FOUND:
                return current.move(RunState.UNTRACKED, note=NOT_SET_UP)
            if _is_out_of_sight(current, now):
                return current.move(RunState.UNTRACKED, note=SILENT)
            return current if current.note == note else current.changed(note=note)

        await self._desk.change(run.id, step)


async def _patiently(answer: Awaitable[list[Sighting]]) -> list[Sighting]:
    """Wait for an answer as long as a person would; a hanging Nexthink is as good as one that is away."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await answer
    except TimeoutError:
        raise NexthinkError(NexthinkFault.UNCLEAR, "asking how runs go") from None


def _is_out_of_sight(run: Run, now: datetime) -> bool:
    return now - (run.started_at or now) > TRACKED_FOR


def updated(
    executions: tuple[Execution, ...], sightings: Iterable[Sighting], resume: Resume | None = None
) -> tuple[Execution, ...]:
    """Return the executions as they were seen; an end stays an end.

    Ones that the start's answer did not name are added, with the same question as the others. Ids are compared without
    regard to case.
    """
    seen = {sighting.execution_id.casefold(): sighting for sighting in sightings}
    known = {execution.id.casefold() for execution in executions}
    unexpected = (Execution(id=seen[one].execution_id, resume=resume) for one in seen if one not in known)
    return tuple(
        _as_seen(execution, seen[execution.id.casefold()]) if execution.id.casefold() in seen else execution
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
        grouped[sighting.request_id.casefold()].append(sighting)
    return grouped


def _last_step_at(run: Run) -> datetime:
    """Return when a person or fixdesk last did something about a run: its start, or an answer to a pause."""
    answered = [
        execution.resume.verdict.at for execution in run.executions if execution.resume and execution.resume.verdict
    ]
    return max([run.started_at or run.created_at, *answered])
