"""Due work: rows that say what is to be done and when. A worker claims them; it does not know what they do."""

import dataclasses
import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any


class WorkKind(enum.StrEnum):
    """What a row asks for; `app.py` joins each with its handler."""

    BEGIN = "run.begin"
    START = "run.start"
    RECONCILE = "run.reconcile"
    SETTLE = "run.settle"
    FOLLOW = "run.follow"
    SHOW = "card.show"
    DECIDE = "approval.decide"
    EXPLAIN = "decision.explain"
    WITHDRAW = "run.withdraw"
    REMIND = "approval.remind"
    ESCALATE = "approval.escalate"
    EXPIRE_APPROVAL = "approval.expire"
    ANSWER = "resume.answer"
    TRIGGER = "resume.trigger"
    SIGNAL = "resume.signal"
    EXPIRE_RESUME = "resume.expire"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewWork:
    """Work that is to be done at a time."""

    kind: WorkKind
    identity: str
    """At most one row of an identity exists, done or not."""
    subject: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """JSON for the handler."""
    due_at: datetime
    is_repeatable: bool = False
    """False: a second row of the identity is dropped, even after the first was done (a press delivered twice). True: it
    pulls the row's time forward and makes it go once more, even while it is being done (an edit of a card)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A claimed row of work."""

    id: int
    kind: WorkKind
    identity: str
    subject: Mapping[str, Any]
    due_at: datetime
    attempts: int
    """How often it was claimed, this time included."""
    wanted: int
    """Rises whenever a repeatable row is asked for again."""
