"""Decisions that people make: an approval (may a run start?) and a resume (how does a paused execution go on?).

Both are values inside a run. Who may decide is the policy's business; firing the trigger is the use case's.
"""

import dataclasses
import enum
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Self

_BLANK = re.compile(r"\{(approver_upn|comment|reason)\}")
"""What is filled in where the policy writes it: in one pass, so that nobody's words are filled in again."""
_WORDS = ("{comment}", "{reason}")


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
    reason: str = ""
    """What they wrote beside it."""

    def is_of(self, slack_id: str, upn: str) -> bool:
        """Tell whether somebody gave it, under any of the names by which they are known."""
        return self.slack_id == slack_id or self.upn.casefold() == upn.casefold()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who is asked as well where nobody decides in time."""

    to: tuple[str, ...]
    """Groups of the policy."""
    at: datetime
    is_done: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A question to people before a run starts."""

    deciders: tuple[str, ...]
    """The groups of the policy who may decide."""
    channel_id: str
    expires_at: datetime
    fingerprint: str = ""
    """What they decide on: the hash of workflow, version, parameters and target."""
    quorum: int = 1
    """How many different people have to agree."""
    votes: tuple[Verdict, ...] = ()
    """Who has agreed so far."""
    escalation: Escalation | None = None
    state: DecisionState = DecisionState.OPEN
    verdict: Verdict | None = None
    """The one that decided: the agreement that was still missing, or a denial."""

    @property
    def missing(self) -> int:
        """How many agreements are still needed."""
        return max(self.quorum - len(self.votes), 0)

    def with_vote(self, vote: Verdict) -> Self:
        """Return it with one more agreement, decided where no other is missing."""
        votes = (*self.votes, vote)
        if len(votes) < self.quorum:
            return dataclasses.replace(self, votes=votes)
        return dataclasses.replace(self, votes=votes, state=DecisionState.DECIDED, verdict=vote)

    def escalated(self) -> Self:
        """Return it with those asked as well whom the escalation names."""
        if self.escalation is None or self.escalation.is_done:
            return self
        deciders = tuple(dict.fromkeys((*self.deciders, *self.escalation.to)))
        return dataclasses.replace(
            self, deciders=deciders, escalation=dataclasses.replace(self.escalation, is_done=True)
        )


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
    title: str = ""
    text: str = ""
    """What the workflow itself says of its question."""

    def trigger_parameters(self) -> dict[str, str]:
        """Return the parameters to fire for the verdict; blank ones are left out, for Nexthink refuses them."""
        if self.verdict is None:
            return {}
        said = {"approver_upn": self.verdict.upn, "comment": self.verdict.reason, "reason": self.verdict.reason}
        written = self.parameters[self.verdict.choice]
        filled = {key: _BLANK.sub(lambda found: said[found[1]], value) for key, value in written.items()}
        return {key: value for key, value in filled.items() if value.strip()}

    def needs_words(self, choice: Choice) -> bool:
        """Tell whether what the trigger carries for a choice holds words of whoever decides."""
        return any(blank in value for value in self.parameters[choice].values() for blank in _WORDS)
