"""Batches: one start for many targets, sent as parts; one part is one request to Nexthink.

A part changes only through `move`. A batch is recognised again by its key: the same workflow, parameters and targets.
"""

import dataclasses
import enum
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NewType, Self

from bot.domain.run import ExecutionId, IllegalMoveError
from bot.domain.targets import MAX_TARGETS, NamedTarget, fits_v1
from bot.domain.workflow import CORRELATION_PARAMETER, WorkflowId

BatchId = NewType("BatchId", str)


class PartState(enum.StrEnum):
    """Where a part stands."""

    PENDING = "pending"
    """Never tried."""
    SENDING = "sending"
    """On its way; found so by a later call, it was sent by a process that died."""
    STARTED = "started"
    REFUSED = "refused"
    """Nexthink said no."""
    NOT_STARTED = "not_started"
    """It surely did not arrive, and may be taken a little later."""
    UNKNOWN = "unknown"
    """It may have started; it is never sent again."""


_S = PartState

MOVES: Mapping[PartState, frozenset[PartState]] = {
    _S.PENDING: frozenset({_S.SENDING}),
    _S.NOT_STARTED: frozenset({_S.SENDING}),
    _S.REFUSED: frozenset({_S.SENDING}),
    _S.SENDING: frozenset({_S.STARTED, _S.REFUSED, _S.NOT_STARTED, _S.UNKNOWN}),
    # Somebody may have given the call up for lost while it was on its way.
    _S.UNKNOWN: frozenset({_S.STARTED, _S.REFUSED, _S.NOT_STARTED}),
}
"""From → to; what is not listed is refused. A part that was started stays so."""

SENDABLE = frozenset({_S.PENDING, _S.NOT_STARTED, _S.REFUSED})
"""Surely not started, so that sending cannot start anything twice."""
PERHAPS_STARTED = frozenset({_S.SENDING, _S.UNKNOWN})
"""Nobody knows: on its way, or without an answer."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The targets of one request, and what became of it."""

    ordinal: int
    targets: tuple[NamedTarget, ...]
    changed_at: datetime
    state: PartState = PartState.PENDING
    request_id: str = ""
    execution_ids: tuple[ExecutionId, ...] = ()
    note: str = ""
    """Why it was not started, or why nothing is known."""

    def move(
        self,
        to: PartState,
        at: datetime,
        *,
        note: str = "",
        request_id: str = "",
        execution_ids: tuple[ExecutionId, ...] = (),
    ) -> Self:
        """Return the part in another state; raise `IllegalMoveError` where the table has no such move."""
        if to not in MOVES.get(self.state, frozenset()):
            raise IllegalMoveError(f"part {self.ordinal}: {self.state} → {to}")
        return dataclasses.replace(
            self, state=to, changed_at=at, note=note, request_id=request_id, execution_ids=execution_ids
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was asked for once for many targets."""

    id: BatchId
    key: str
    workflow_id: WorkflowId
    workflow_uuid: str
    workflow_name: str
    parameters: Mapping[str, str]
    actor: str
    """An address, or `operator`."""
    rule: str
    """The `match` of the rule that allowed it."""
    created_at: datetime
    parts: tuple[Part, ...]

    @property
    def is_started(self) -> bool:
        """Whether every part was started."""
        return all(part.state is PartState.STARTED for part in self.parts)

    @property
    def is_in_the_way(self) -> bool:
        """Whether the same content should not simply be sent once more, for some of it may have started, not all.

        One that Nexthink refused as a whole is in nobody's way; one that was never tried may be about to be.
        """
        return {part.state for part in self.parts} not in ({PartState.STARTED}, {PartState.REFUSED})

    def targets_in(self, *states: PartState) -> int:
        """Count the targets of the parts in some states."""
        return sum(len(part.targets) for part in self.parts if part.state in states)

    def with_part(self, changed: Part) -> Self:
        """Return the batch with one part replaced."""
        parts = tuple(changed if part.ordinal == changed.ordinal else part for part in self.parts)
        return dataclasses.replace(self, parts=parts)


def normalised(target: NamedTarget) -> tuple[tuple[str, str], ...]:
    """Return what makes a target the same as another: its identifiers, without regard to order and case."""
    return tuple(sorted((identifier, value.casefold()) for identifier, value in target.items()))


def key_of(workflow_id: WorkflowId, parameters: Mapping[str, str], targets: Iterable[NamedTarget]) -> str:
    """Return the hash by which a batch is found again, whatever the order of its targets.

    The correlation id is left out, for it differs with each batch.
    """
    given = {name: value for name, value in parameters.items() if name != CORRELATION_PARAMETER}
    content = [workflow_id, given, sorted(set(map(normalised, targets)))]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("ascii")).hexdigest()


def split(targets: Sequence[NamedTarget]) -> Iterator[tuple[NamedTarget, ...]]:
    """Yield the targets of each request: at most `MAX_TARGETS`, all through the same version of the endpoint."""
    for is_v1 in (True, False):
        of_version = (target for target in targets if fits_v1(target) is is_v1)
        while chunk := tuple(itertools.islice(of_version, MAX_TARGETS)):
            yield chunk
