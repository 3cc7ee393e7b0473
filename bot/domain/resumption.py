"""Resumptions: who sends the one trigger of an execution from a terminal, and what came of it.

One is claimed before the trigger is sent. A claim that is found in `sending` is never taken over: another call is
sending it now, or one that died may have sent it.
"""

import dataclasses
import enum
from datetime import datetime
from typing import Self

from bot.domain.run import ExecutionId


class ResumptionState(enum.StrEnum):
    """Where the trigger of an execution stands."""

    SENDING = "sending"
    """On its way; found so by another call, its result is unknown."""
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    """It may have reached Nexthink; it is never sent again."""
    REFUSED = "refused"
    """Nexthink surely did not take it."""


FREE = frozenset({ResumptionState.REFUSED})
"""What a new claim may follow: nothing was taken."""
FREE_AGAIN = FREE | {ResumptionState.ACCEPTED}
"""The same where somebody says that the execution waits once more."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """The claim on the trigger of one execution."""

    execution_id: ExecutionId
    """In lower case, so that one execution is one claim."""
    state: ResumptionState
    actor: str
    """An address, or `operator`."""
    changed_at: datetime

    @classmethod
    def claim(cls, execution_id: ExecutionId, actor: str, at: datetime) -> Self:
        """Return a claim on an execution, however its id is written."""
        lowered = ExecutionId(execution_id.lower())
        return cls(execution_id=lowered, state=ResumptionState.SENDING, actor=actor, changed_at=at)

    def settled(self, state: ResumptionState, at: datetime) -> Self:
        """Return the claim with what came of it."""
        return dataclasses.replace(self, state=state, changed_at=at)
