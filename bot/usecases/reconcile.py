"""Starts whose answer was lost: looked for in Nexthink's records, else settled by whoever asked.

Nothing here sends a start again by itself.
"""

import enum
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.domain.adoption import Finding, find_request
from bot.domain.errors import NexthinkError, NexthinkFault, NotAllowedError, NotFoundError, TooLateError
from bot.domain.run import Run, RunId, RunState, Sighting
from bot.domain.work import WorkKind
from bot.policy.decide import may_run, runners_of
from bot.usecases.desk import Desk
from bot.usecases.due import occasion_of, work_on
from bot.usecases.start import note_started

LOOKED_BACK = timedelta(hours=1)
"""How much the query for recent executions shows."""
PACES = ((timedelta(minutes=2), timedelta(seconds=10)), (timedelta(minutes=10), timedelta(seconds=30)))
"""So long after the start it is looked for so often."""
SLOW_PACE = timedelta(minutes=2)
CALL_AT_MOST = timedelta(minutes=5)
"""No call is on its way for so long: one that went out before may still be what is recorded later."""

NOT_THERE_YET = "Not found in Nexthink's records so far. fixdesk goes on looking for an hour."
NEVER_THERE = "It was not found in Nexthink's records within an hour."
SEVERAL = "Nexthink recorded more than one that could be it, so fixdesk takes none of them for it."
AWAY = "Nexthink does not show its records at the moment; it is asked again."
NOT_SET_UP = "fixdesk cannot look for it: the query for recent executions is not set up."
STARTED_AFTER_ALL = "Nexthink's records show that it was started, so it was not started again."


class Settlement(enum.StrEnum):
    """What a person may choose while the result of a start is unknown."""

    CHECK = "check"
    AGAIN = "again"
    LEAVE = "leave"


async def reconcile_runs(*, desk: Desk) -> datetime | None:
    """Look for every start without an answer, also for those that were left at that.

    Returns when to look again, None where there is nothing to look for.
    """
    unanswered = await desk.store.unanswered_runs(desk.clock() - LOOKED_BACK)
    given_up = [run for run in unanswered if run.state is not RunState.STARTING]
    wanted = [run for run in given_up if _is_in_sight(run, desk.clock())]
    for run in given_up:
        if run not in wanted and run.note != NEVER_THERE:
            await _note(run, NEVER_THERE, desk)
    if not wanted:
        return None
    try:
        recorded = await desk.nexthink.recent_executions()
    except NexthinkError as error:
        await _note_trouble(wanted, error, desk)
    else:
        await _look(wanted, recorded, unanswered, desk)
    now = desk.clock()
    return min(now + _pace(run, now) for run in wanted)


def _is_in_sight(run: Run, now: datetime) -> bool:
    return run.sent_at is not None and now - run.sent_at < LOOKED_BACK


def _pace(run: Run, now: datetime) -> timedelta:
    age = now - (run.sent_at or now)
    return next((pace for until, pace in PACES if age < until), SLOW_PACE)


async def _note_trouble(wanted: Iterable[Run], error: NexthinkError, desk: Desk) -> None:
    note = NOT_SET_UP if error.fault is NexthinkFault.NOT_FOUND else AWAY
    for run in wanted:
        await _note(run, note, desk)


async def _look(wanted: Iterable[Run], recorded: Collection[Sighting], unanswered: Collection[Run], desk: Desk) -> None:
    requests = {row.request_id.casefold() for row in recorded}
    for run in wanted:
        taken = await desk.store.requests_taken(requests)
        finding = find_request(run, recorded, taken=taken, rivals=unanswered)
        if finding.adopted is not None and (finding.is_named or not await _is_contested_by_terminal(run, desk)):
            await note_started(run, finding.adopted, desk)
        else:
            await _note(run, _said_of(finding), desk)


async def _is_contested_by_terminal(run: Run, desk: Desk) -> bool:
    """Tell whether somebody also started the workflow from a terminal, with an unknown result."""
    since = (run.sent_at or run.created_at) - CALL_AT_MOST
    return bool(await desk.store.possibly_started(run.workflow.id, since))


def _said_of(finding: Finding) -> str:
    return SEVERAL if finding.candidates else NOT_THERE_YET


async def _note(run: Run, note: str, desk: Desk) -> None:
    def step(now: Run) -> Run:
        return now.changed(note=note) if now.state is RunState.UNCERTAIN and now.note != note else now

    await desk.change(run.id, step)


async def settle_run(run_id: RunId, mark: int, slack_id: str, choice: Settlement, *, desk: Desk) -> str:
    """Do what whoever asked chose for one start of their run; return a sentence for them, "" where the card says all.

    The mark is that of the start that was asked about: a press that is worked off twice, because a process died over
    it, must not settle the next start as well.

    Raises `NotAllowedError`, or `TooLateError` where its result is known meanwhile.
    """
    run = await _uncertain(run_id, mark, desk)
    if run.requester.slack_id != slack_id:
        raise NotAllowedError(f"Only {run.requester.name or 'whoever asked for it'} may decide this.")
    await reconcile_runs(desk=desk)
    now = await desk.store.run(run_id)
    if now is not None and now.request_id:
        return STARTED_AFTER_ALL if choice is Settlement.AGAIN else ""
    if choice is Settlement.CHECK:
        return now.note if now else ""
    await (_leave if choice is Settlement.LEAVE else _start_again)(run, desk)
    return ""


async def _uncertain(run_id: RunId, mark: int, desk: Desk) -> Run:
    run = await desk.store.run(run_id)
    if run is None:
        raise NotFoundError("This run is not known any more.")
    _require_uncertain(run, mark)
    return run


def _require_uncertain(run: Run, mark: int) -> None:
    if run.state is not RunState.UNCERTAIN or run.start_mark != mark:
        raise TooLateError("This cannot be decided any more: it was decided, or what came of the start is known.")


def _settled(mark: int, to: RunState, **changes: Any) -> Callable[[Run], Run]:
    """Make a step that settles one start, once."""

    def step(run: Run) -> Run:
        _require_uncertain(run, mark)
        return run.move(to, **changes)

    return step


async def _leave(run: Run, desk: Desk) -> None:
    note = "Left as it is: whether it was started is not known."
    left = _settled(run.start_mark, RunState.UNTRACKED, note=note, ended_at=desk.clock())
    await desk.change(run.id, left, actor=run.requester.upn)


async def _start_again(run: Run, desk: Desk) -> None:
    """Ask for it once more, from the first check on: an approval holds for one start."""
    person = await desk.person(run.requester.slack_id, fresh=True, groups=runners_of(desk.policy, run.workflow.id))
    workflow = desk.catalog.get(run.workflow.id)
    if workflow is None:
        raise NotFoundError("This workflow is not in the catalog any more, so it cannot be started again.")
    may_run(desk.policy, person, workflow, run.channel_id).require()
    now = desk.clock()
    again = _settled(run.start_mark, RunState.REQUESTED, note="", approval=None)
    await desk.change(run.id, again, work_on(run.id, WorkKind.BEGIN, now, occasion_of(run)), actor=person.upn)
