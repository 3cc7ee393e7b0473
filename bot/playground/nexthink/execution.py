"""Executions, whose state follows from the clock alone: nothing runs in the background."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.playground.nexthink.directory import Device, User
from bot.playground.nexthink.presence import Absence, Finish, finish_of
from bot.playground.nexthink.workflow import Ending, Workflow

STARTED, IN_PROGRESS, WAITING = "started", "in_progress", "waiting"
"""States before the end; after it the state is the status of the ending."""

STARTING_TIME = timedelta(seconds=1)
"""How long an execution is called started before it is in progress; part of its first step."""

EXPIRED = Ending("expired", "No event arrived in time", "no_action_taken")
UNREACHED = Ending("expired", "The device was offline for too long", "no_action_taken")
CANCELLED = Ending("cancelled", "Cancelled in the console", "no_action_taken")


@dataclass(frozen=True, slots=True)
class State:
    """Where an execution stands at a moment."""

    name: str
    ending: Ending | None = None
    """How it ended, or None while it goes on."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """The event that a waiting execution received."""

    at: datetime
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Execution:
    """One target's part of a request."""

    uuid: str
    request_uuid: str
    workflow: Workflow
    user: User | None
    device: Device | None
    started_at: datetime
    wait_timeout: timedelta
    offline_timeout: timedelta = timedelta(hours=24)
    absences: Sequence[Absence] = ()
    """When the device is offline; none matter to a run that needs no device."""
    params: Mapping[str, str] = field(default_factory=dict)
    trigger_method: str = "api"
    resumption: Resumption | None = None
    cancelled_at: datetime | None = None

    def state_at(self, now: datetime) -> State:
        """Tell the state at a moment, from the script and from what happened to the execution."""
        if self.cancelled_at is not None and now >= self.cancelled_at:
            return _ended(CANCELLED)
        script, reached = self.workflow.script, self._finish(self.started_at, self.workflow.script.before_wait)
        if now < reached.at:
            return State(STARTED if now < self.started_at + STARTING_TIME else IN_PROGRESS)
        if reached.gave_up or script.wait is None:
            return _ended(UNREACHED if reached.gave_up else script.end)
        if self.resumption is None or now < self.resumption.at:
            return State(WAITING) if now < reached.at + self.wait_timeout else _ended(EXPIRED)
        return self._resumed_state(self.resumption, now)

    def _resumed_state(self, resumption: Resumption, now: datetime) -> State:
        script = self.workflow.script
        stopped = script.wait.ending_of(resumption.parameters) if script.wait else None
        if stopped is not None:
            return _ended(stopped)
        reached = self._finish(resumption.at, script.after_wait)
        if now < reached.at:
            return State(IN_PROGRESS)
        return _ended(UNREACHED if reached.gave_up else script.end)

    def _finish(self, begun: datetime, work: timedelta) -> Finish:
        return finish_of(begun, work, self.absences, self.offline_timeout)


def _ended(ending: Ending) -> State:
    return State(ending.status, ending)
