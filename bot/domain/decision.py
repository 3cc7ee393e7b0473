"""Decisions that people make: an approval (may a run start?) and a resume (how does a paused execution go on?).

Both are values inside a run. Who may decide is the policy's business; firing the trigger is the use case's.
"""

import dataclasses
import enum
from collections.abc import Mapping
from datetime import datetime


class Choice(enum.StrEnum):
    """What an approver pressed."""

    APPROVE = "approve"
    DENY = "deny"

    @property
    def past(self) -> str:
        """The word for a choice that was made: "approved"."""
        return {"approve": "approved", "deny": "denied"}[self.value]


class DecisionState(enum.StrEnum):
    """Where a decision stands."""

    OPEN = "open"
    """Buttons are shown."""
    SENDING = "sending"
    """Resume only: decided, the trigger is to be fired (again)."""
    FIRING = "firing"
    """Resume only: the trigger is on its way, and nobody knows yet whether it arrived."""
    DECIDED = "decided"
    """Taken, and, for a resume, accepted by Nexthink."""
    UNCLEAR = "unclear"
    """Resume only: the trigger was sent and its result is unknown; it is never sent again."""
    EXPIRED = "expired"
    CLOSED = "closed"
    """No longer needed: the execution ended, or the run did."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who chose what, and when."""

    choice: Choice
    slack_id: str
    name: str
    upn: str
    at: datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A question to people before a run starts."""

    deciders: tuple[str, ...]
    """The groups of the policy who may decide."""
    channel_id: str
    expires_at: datetime
    state: DecisionState = DecisionState.OPEN
    verdict: Verdict | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """A question to people while an execution waits for an event."""

    deciders: tuple[str, ...]
    channel_id: str
    expires_at: datetime
    parameters: Mapping[Choice, Mapping[str, str]]
    """What the trigger carries for each choice, as the policy wrote it when the question was asked."""
    state: DecisionState = DecisionState.OPEN
    verdict: Verdict | None = None
    note: str = ""
    """Why it is open again, or what is unknown."""

    def trigger_parameters(self) -> dict[str, str]:
        """Return the parameters to fire for the verdict; blank ones are left out, for Nexthink refuses them."""
        if self.verdict is None:
            return {}
        written = self.parameters[self.verdict.choice]
        filled = {key: value.replace("{approver_upn}", self.verdict.upn) for key, value in written.items()}
        return {key: value for key, value in filled.items() if value.strip()}
