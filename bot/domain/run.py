"""Runs and executions: their states, the allowed moves, and the values that make them up.

One run is what one person asked for once, and one request to Nexthink; an execution is one target's part of it. A run
changes only through `move` and `follow`, and every change raises its revision, by which the store compares and sets.
"""

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NewType, Self

from bot.domain.decision import Approval, DecisionState, Resume
from bot.domain.workflow import WorkflowId

RunId = NewType("RunId", str)
ExecutionId = NewType("ExecutionId", str)


class RunState(enum.StrEnum):
    """Where a run stands."""

    REQUESTED = "requested"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    """The start was sent and its result is unknown; it is never sent again."""
    UNTRACKED = "untracked"
    """Started, and its progress cannot be seen."""


class ExecutionState(enum.StrEnum):
    """Where one target's part stands."""

    STARTED = "started"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in EXECUTION_ENDS


EXECUTION_ENDS = frozenset(
    {ExecutionState.SUCCEEDED, ExecutionState.FAILED, ExecutionState.CANCELLED, ExecutionState.EXPIRED}
)

_S = RunState
_ENDS_BY_NEXTHINK = frozenset({_S.SUCCEEDED, _S.FAILED, _S.CANCELLED, _S.EXPIRED})

MOVES: Mapping[RunState, frozenset[RunState]] = {
    _S.REQUESTED: frozenset({_S.AWAITING_APPROVAL, _S.STARTING, _S.REFUSED, _S.FAILED, _S.WITHDRAWN}),
    _S.AWAITING_APPROVAL: frozenset({_S.APPROVED, _S.DENIED, _S.EXPIRED, _S.WITHDRAWN, _S.REFUSED}),
    _S.APPROVED: frozenset({_S.STARTING, _S.REFUSED, _S.FAILED, _S.EXPIRED}),
    # Back to requested or approved: the call surely did not arrive and may be sent again.
    _S.STARTING: frozenset({_S.RUNNING, _S.UNCERTAIN, _S.FAILED, _S.REQUESTED, _S.APPROVED}),
    _S.RUNNING: _ENDS_BY_NEXTHINK | {_S.UNTRACKED},
    _S.UNTRACKED: _ENDS_BY_NEXTHINK | {_S.RUNNING},
    # Found by Nexthink's records; surely not there after all; or a person starts it again, or leaves it.
    _S.UNCERTAIN: frozenset({_S.RUNNING, _S.FAILED, _S.REQUESTED, _S.UNTRACKED}),
}
"""From → to; what is not listed is refused. A state without an entry is an end."""


class Send(enum.StrEnum):
    """Which lists of the request are filled."""

    USER = "user"
    DEVICE = "device"
    BOTH = "both"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device that somebody used."""

    name: str
    collector_uid: str
    platform: str = ""
    last_seen: datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a run is sent for."""

    upn: str
    send: Send
    device: Device | None = None
    """None = Nexthink takes the person's most recently used one."""
    note: str = ""
    """Why it is not the device that fixdesk would have named."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asked, as they were known then."""

    slack_id: str
    name: str
    upn: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRef:
    """The workflow as it was when the run was asked for."""

    id: WorkflowId
    uuid: str
    name: str
    version: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One target's part of a run."""

    id: ExecutionId
    state: ExecutionState = ExecutionState.STARTED
    details: str = ""
    device_name: str = ""
    resume: Resume | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What Nexthink's records say of one execution."""

    request_id: str
    execution_id: ExecutionId
    state: ExecutionState
    status: str = ""
    """The tenant's own word for the state."""
    details: str = ""
    device_name: str = ""
    workflow_id: str = ""
    """This and the following are empty where the query does not list them."""
    upn: str = ""
    collector_uid: str = ""
    requested_at: datetime | None = None
    inputs: str = ""
    """The parameters, as the tenant writes them."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Nexthink's answer to a start: the ids by which its records name it."""

    request_id: str
    execution_ids: tuple[ExecutionId, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """As much of a running run as is needed to decide when to ask for it: there may be thousands."""

    id: RunId
    request_id: str
    workflow_id: WorkflowId
    started_at: datetime
    stepped_at: datetime
    """When a person or fixdesk last did something about it: its start, or an answer to a pause."""
    executions: int
    """How many are known."""


class IllegalMoveError(Exception):
    """A change of state that the table does not allow: a fault of the program, never a person's."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one person asked for once."""

    id: RunId
    view_id: str
    """The modal it was asked in: one modal starts at most one run."""
    requester: Requester
    workflow: WorkflowRef
    target: Target
    parameters: Mapping[str, str]
    created_at: datetime
    channel_id: str = ""
    """Where the person asked, empty where Slack did not say."""
    state: RunState = RunState.REQUESTED
    revision: int = 0
    request_id: str = ""
    """Nexthink's `requestUuid`."""
    sent_at: datetime | None = None
    """When the start went out last; what Nexthink recorded before is none of this run."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    note: str = ""
    """A sentence for the card: why it was refused, failed or is late."""
    approval: Approval | None = None
    executions: tuple[Execution, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in MOVES

    @property
    def ready_at(self) -> datetime:
        """When it was clear that it should start: on approval, else on request."""
        verdict = self.approval.verdict if self.approval else None
        return verdict.at if verdict else self.created_at

    def changed(self, **changes: Any) -> Self:
        """Return the next revision of this run, its state untouched."""
        if "state" in changes:
            raise IllegalMoveError("a state changes only through move()")
        return dataclasses.replace(self, revision=self.revision + 1, **changes)

    def move(self, to: RunState, **changes: Any) -> Self:
        """Return the next revision in another state; raise `IllegalMoveError` where the table has no such move."""
        if to not in MOVES.get(self.state, frozenset()):
            raise IllegalMoveError(f"run {self.id}: {self.state} → {to}")
        return dataclasses.replace(self, state=to, revision=self.revision + 1, **changes)

    @property
    def start_mark(self) -> int:
        """A number that tells one start of this run from another: a run may be started again."""
        return int(self.sent_at.timestamp() * 1000) if self.sent_at else 0

    def execution(self, ordinal: int) -> Execution | None:
        """Return the execution at a place, None where there is none."""
        return self.executions[ordinal] if 0 <= ordinal < len(self.executions) else None

    def with_execution(self, ordinal: int, execution: Execution) -> Self:
        """Return the next revision with one execution replaced."""
        executions = (*self.executions[:ordinal], execution, *self.executions[ordinal + 1 :])
        return self.changed(executions=executions)

    def follow(self, executions: Iterable[Execution], at: datetime) -> Self:
        """Return the run as its executions now stand: ended when all have, questions of ended ones closed."""
        seen = tuple(_closed(execution) for execution in executions)
        if seen == self.executions:
            return self
        if not seen or not all(execution.state.has_ended for execution in seen):
            return self.changed(executions=seen)
        return self.move(_outcome(seen), executions=seen, ended_at=at)


def _closed(execution: Execution) -> Execution:
    """Close the question of an execution that has ended."""
    resume = execution.resume
    if resume is None or not execution.state.has_ended or resume.state is not DecisionState.OPEN:
        return execution
    return dataclasses.replace(execution, resume=dataclasses.replace(resume, state=DecisionState.CLOSED))


def _outcome(executions: tuple[Execution, ...]) -> RunState:
    """Name the run's end: all alike, else failed where one of them did not succeed."""
    states = {execution.state for execution in executions}
    if len(states) == 1:
        return RunState(next(iter(states)).value)
    return RunState.FAILED
