"""How the open runs go: what Nexthink's records say of them is stored; `pace` says who is asked for when."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.decision import Resume
from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import Execution, ExecutionState, Followed, Run, RunId, RunState, Sighting
from bot.domain.work import WorkKind
from bot.policy.decide import rule_for
from bot.policy.rules import ResumeRule
from bot.usecases.desk import Desk
from bot.usecases.due import work_on
from bot.usecases.pace import QUESTIONS_AT_ONCE, SLOW_PACE, TICK, Pace, pace_of
from bot.usecases.resume import expiry_of, question, question_on_start

TRACKED_FOR = timedelta(days=7)
"""The status query looks no further back."""

AWAY = "Nexthink does not say at the moment how it goes; it is asked again."
REFUSED = "Nexthink does not say how it goes: "
NOT_SET_UP = "Its progress cannot be shown, because the query for the status is not set up."
SILENT = "Nexthink recorded no end within a week."
UNKNOWN_FOR = timedelta(seconds=30)
"""How long the status query must be unknown to Nexthink before that is believed."""

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
        self._unknown_since: datetime | None = None
        """Since when Nexthink has not known the status query."""

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
        questions, failure = QUESTIONS_AT_ONCE, None
        if self._pace.is_recent_due(due, self._desk.clock()):
            failure = await self._ask_for_recent(due, runs)
            questions -= 1
        alone = self._pace.next_alone(due, self._desk.clock(), questions)
        failures = await asyncio.gather(*map(self._ask_for_one, alone))
        if failure is not None and failure.may_pass and all(failures):
            await self._tell_watchers(due, failure)

    async def _ask_for_recent(self, due: list[Followed], runs: Iterable[Followed]) -> NexthinkError | None:
        """Store what the recent executions say of all open runs; return what went wrong."""
        try:
            recent = await self._desk.nexthink.recent_executions()
        except NexthinkError as error:
            self._pace.recent_failed(due, self._desk.clock(), may_pass=error.may_pass)
            return error
        seen = _by_request(recent)
        shown = [run for run in runs if _is_shown(run, seen)]
        self._pace.recent_answered(due, {run.id for run in shown}, self._desk.clock())
        for run in shown:
            await self._note(run, seen[run.request_id.casefold()])
        return None

    async def _tell_watchers(self, due: Iterable[Followed], error: NexthinkError) -> None:
        """Say that nothing is known on the cards that people look at; nobody waits for the other ones now."""
        now = self._desk.clock()
        for run in due:
            if pace_of(run, now) < SLOW_PACE:
                await self._note_trouble(run, error)

    async def _ask_for_one(self, run: Followed) -> NexthinkError | None:
        """Store what Nexthink says of one run; return what went wrong."""
        try:
            seen = await self._desk.nexthink.executions_of(run.request_id)
        except NexthinkError as error:
            await self._note_trouble(run, error)
            return error
        self._unknown_since = None
        await self._note(run, seen)
        return None

    async def _note(self, run: Followed, seen: Iterable[Sighting]) -> None:
        """Store what was seen; nothing seen yet is no failure."""
        now = self._desk.clock()
        self._pace.asked(run, now)
        sightings = tuple(seen)
        is_given_up = not sightings and _is_out_of_sight(run, now)
        if self._known.get(run.id) == sightings and not is_given_up:
            return
        rule = rule_for(self._desk.policy, run.workflow_id)
        asked = rule.resume if rule else None
        resume = question_on_start(asked, self._desk)
        on_status = _question_on_status(asked, sightings, self._desk)

        def step(current: Run) -> Run:
            if current.state is not RunState.RUNNING:
                return current
            if is_given_up:
                return current.move(RunState.UNTRACKED, note=SILENT)
            note = "" if _is_ours(current.note) else current.note
            executions = updated(current.executions, sightings, resume)
            if asked is not None and on_status is not None:
                executions = _asked_where_waiting(executions, _waiting(asked, sightings), on_status)
            followed = current.follow(executions, now)
            if followed is not current:
                return dataclasses.replace(followed, note=note)
            return current.changed(note=note) if current.note != note else current

        # One row for whatever else is found later: it comes again as long as a question is open.
        more = [work_on(run.id, WorkKind.EXPIRE_RESUME, resume.expires_at, "more")] if resume else []
        expiries = [*more, expiry_of(run.id, on_status)] if on_status else more
        await self._desk.change(run.id, step, *expiries)
        self._known[run.id] = sightings

    async def _note_trouble(self, run: Followed, error: NexthinkError) -> None:
        """Say that nothing is known; what can never be known ends the following."""
        now = self._desk.clock()
        self._pace.asked(run, now)
        end = self._end_of_following(run, error, now)
        note = end or (AWAY if error.may_pass else f"{REFUSED}{error.fault.value}. It is asked again.")
        if self._known.get(run.id) == note and not end:
            return

        def step(current: Run) -> Run:
            if current.state is not RunState.RUNNING:
                return current
            if end:
                return current.move(RunState.UNTRACKED, note=end)
            return current if current.note == note else current.changed(note=note)

        await self._desk.change(run.id, step)
        self._known[run.id] = note

    def _end_of_following(self, run: Followed, error: NexthinkError, now: datetime) -> str:
        """Say why a run is not asked for any more, nothing while it is worth asking for.

        A 404 may come from whatever stands in between, so that it is believed only after a while.
        """
        if _is_out_of_sight(run, now):
            return SILENT
        if error.fault is not NexthinkFault.NOT_FOUND:
            return ""
        self._unknown_since = self._unknown_since or now
        is_sure = error.status is None or now - self._unknown_since >= UNKNOWN_FOR
        return NOT_SET_UP if is_sure else ""


def _is_out_of_sight(run: Followed, now: datetime) -> bool:
    return now - run.started_at > TRACKED_FOR


def _is_ours(note: str) -> bool:
    """Tell whether a note is one about the following; what others noted is theirs to take back."""
    return note == AWAY or note.startswith(REFUSED)


def _is_shown(run: Followed, seen: Mapping[str, Sequence[Sighting]]) -> bool:
    """Tell whether an answer shows all of a run: its rows may be cut off between two executions."""
    rows = seen.get(run.request_id.casefold(), ())
    return bool(rows) and len({row.execution_id.casefold() for row in rows}) >= run.executions


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


def _question_on_status(rule: ResumeRule | None, sightings: Iterable[Sighting], desk: Desk) -> Resume | None:
    """Return the question about the executions that are seen to wait, None where none is."""
    is_meant = rule is not None and rule.ask == "on_status" and bool(_waiting(rule, sightings))
    return question(rule, desk) if rule is not None and is_meant else None


def _waiting(rule: ResumeRule, sightings: Iterable[Sighting]) -> set[str]:
    """Return the executions, in lower case, that stand at the status by which a rule knows that they wait."""
    status = (rule.waiting_status or "").strip().casefold()
    return {one.execution_id.casefold() for one in sightings if one.status.casefold() == status}


def _asked_where_waiting(
    executions: Iterable[Execution], waiting: Collection[str], resume: Resume
) -> tuple[Execution, ...]:
    """Ask about the executions that wait, once each."""
    return tuple(
        dataclasses.replace(one, resume=resume) if one.id.casefold() in waiting and one.resume is None else one
        for one in executions
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
