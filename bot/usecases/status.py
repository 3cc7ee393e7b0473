"""How the open runs go: what Nexthink's records say of them is stored; `pace` says who is asked for when."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.decision import Resume
from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import Execution, ExecutionState, Followed, Run, RunId, RunState, Sighting
from bot.domain.work import WorkKind
from bot.policy.decide import rule_for
from bot.usecases.desk import Desk
from bot.usecases.due import work_on
from bot.usecases.pace import QUESTIONS_AT_ONCE, SLOW_PACE, TICK, Pace, pace_of
from bot.usecases.resume import question

TRACKED_FOR = timedelta(days=7)
"""The status query looks no further back."""

AWAY = "Nexthink does not say at the moment how it goes; it is asked again."
NOT_SET_UP = "Its progress cannot be shown, because the query for the status is not set up."
SILENT = "Nexthink recorded no end within a week."

Known = tuple[Sighting, ...] | str
"""What was stored of a run the last time: what Nexthink saw, or the trouble with asking it."""


class Follower:
    """Asks for the open runs that are due, and stores what changed.

    What it stored last of each run is remembered, so that an answer without news costs no question to the store.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pace = Pace()
        self._known: dict[RunId, Known] = {}

    async def follow_runs(self) -> datetime | None:
        """Ask for the runs that are due and store what changed; return when to come again, None without open runs."""
        runs = await self._desk.store.followed_runs()
        now = self._desk.clock()
        due = self._pace.due(runs, now)
        self._known = {run.id: self._known[run.id] for run in runs if run.id in self._known}
        if due:
            await self._ask(due, runs)
        return now + TICK if runs else None

    async def _ask(self, due: list[Followed], runs: list[Followed]) -> None:
        """Ask one by one for a few runs, for many with the one question about everything recent first."""
        questions = QUESTIONS_AT_ONCE
        if self._pace.is_recent_due(due, self._desk.clock()):
            due, questions = await self._ask_for_recent(due, runs)
        alone = self._pace.next_alone(due, self._desk.clock(), questions)
        await asyncio.gather(*(self._ask_for_one(run) for run in alone))

    async def _ask_for_recent(self, due: list[Followed], runs: Iterable[Followed]) -> tuple[list[Followed], int]:
        """Store what the recent executions say of all open runs.

        Returns the due ones that they do not show, and how many questions are left.
        """
        try:
            recent = await self._desk.nexthink.recent_executions()
        except NexthinkError as error:
            if not error.may_pass:
                self._pace.recent_refused(due, self._desk.clock())
                return due, QUESTIONS_AT_ONCE - 1
            await self._tell_watchers(due, error)
            return [], 0
        seen = _by_request(recent)
        shown = {run.id for run in due if run.request_id.casefold() in seen}
        self._pace.recent_answered(due, shown, self._desk.clock())
        for run in runs:
            if run.request_id.casefold() in seen:
                await self._note(run, seen[run.request_id.casefold()])
        return [run for run in due if run.id not in shown], QUESTIONS_AT_ONCE - 1

    async def _tell_watchers(self, due: Iterable[Followed], error: NexthinkError) -> None:
        """Say that nothing is known on the cards that people look at; nobody waits for the other ones now."""
        now = self._desk.clock()
        for run in due:
            if pace_of(run, now) < SLOW_PACE:
                await self._note_trouble(run, error)
            else:
                self._pace.asked(run, now)

    async def _ask_for_one(self, run: Followed) -> None:
        try:
            seen = await self._desk.nexthink.executions_of(run.request_id)
        except NexthinkError as error:
            await self._note_trouble(run, error)
        else:
            await self._note(run, seen)

    async def _note(self, run: Followed, seen: Iterable[Sighting]) -> None:
        """Store what was seen; nothing seen yet is no failure."""
        now = self._desk.clock()
        self._pace.asked(run, now)
        sightings = tuple(seen)
        is_out_of_sight = not sightings and now - run.stepped_at > TRACKED_FOR
        if self._known.get(run.id) == sightings and not is_out_of_sight:
            return
        rule = rule_for(self._desk.policy, run.workflow_id)
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
        self._known[run.id] = sightings

    async def _note_trouble(self, run: Followed, error: NexthinkError) -> None:
        """Say that nothing is known; what can never be known ends the following."""
        now = self._desk.clock()
        self._pace.asked(run, now)
        note = AWAY if error.may_pass else f"Nexthink does not say how it goes: {error.fault.value}. It is asked again."
        if self._known.get(run.id) == note and now - run.stepped_at <= TRACKED_FOR:
            return

        def step(current: Run) -> Run:
            if current.state is not RunState.RUNNING:
                return current
            if error.fault is NexthinkFault.NOT_FOUND:
                return current.move(RunState.UNTRACKED, note=NOT_SET_UP)
            if _is_out_of_sight(current, now):
                return current.move(RunState.UNTRACKED, note=SILENT)
            return current if current.note == note else current.changed(note=note)

        await self._desk.change(run.id, step)
        self._known[run.id] = note


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
