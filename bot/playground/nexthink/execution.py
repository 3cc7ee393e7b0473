"""Executions, whose state follows from the clock alone: nothing runs in the background."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.playground.nexthink.directory import Device, User
from bot.playground.nexthink.workflow import Ending, Workflow

STARTED, IN_PROGRESS, WAITING = "started", "in_progress", "waiting"
"""States before the end; after it the state is the status of the ending."""

STARTING_TIME = timedelta(seconds=1)
"""How long an execution is called started before it is in progress; part of its first step."""

EXPIRED = Ending("expired", "No event arrived in time", "no_action_taken")
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
    params: Mapping[str, str] = field(default_factory=dict)
    trigger_method: str = "api"
    resumption: Resumption | None = None
    cancelled_at: datetime | None = None

    def state_at(self, now: datetime) -> State:
        """Tell the state at a moment, from the script and from what happened to the execution."""
        if self.cancelled_at is not None and now >= self.cancelled_at:
            return _ended(CANCELLED)
        waits_from = self.started_at + self.workflow.script.before_wait
        if now < waits_from:
            return State(STARTED if now < self.started_at + STARTING_TIME else IN_PROGRESS)
        if self.workflow.script.wait is None:
            return _ended(self.workflow.script.end)
        if self.resumption is None or now < self.resumption.at:
            return State(WAITING) if now < waits_from + self.wait_timeout else _ended(EXPIRED)
        return self._resumed_state(self.resumption, now)

    def _resumed_state(self, resumption: Resumption, now: datetime) -> State:
        script = self.workflow.script
        stopped = script.wait.ending_of(resumption.parameters) if script.wait else None
        if stopped is not None:
            return _ended(stopped)
        return _ended(script.end) if now >= resumption.at + script.after_wait else State(IN_PROGRESS)


def _ended(ending: Ending) -> State:
    return State(ending.status, ending)
