"""What is delivered, how a delivery ended, and what every transport offers."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

Json = dict[str, Any]


class Kind(StrEnum):
    """The envelope types of Socket Mode, which serve for HTTP too.

    https://docs.slack.dev/apis/events-api/using-socket-mode
    """

    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One payload on its way to the app."""

    kind: Kind
    payload: Mapping[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempt: int = 0
    """0 for the first, 1 to 3 for retries; only events are sent again."""
    reason: str = ""
    """Why the attempt before failed, in Slack's words."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the app took it: acked, or not."""

    ok: bool
    error: str = ""
    """What the person's client shows, such as `operation_timeout`."""
    payload: Json | None = None
    ms: float = 0.0


class UndeliveredError(Exception):
    """The app did not ack."""

    def __init__(
        self, error: str, reason: str, *, may_retry: bool = True, facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(error)
        self.error = error
        self.reason = reason
        """What a retry of an event gives as its reason."""
        self.may_retry = may_retry
        self.facts = dict(facts or {})
        """What the wire log adds, such as the HTTP status."""


class Transport(Protocol):
    """A way to the app."""

    @property
    def name(self) -> str:
        """Name it as the environment of the app does: socket or http."""
        ...

    @property
    def retries(self) -> tuple[timedelta, ...]:
        """Return how long Slack waits before each retry of an event."""
        ...

    @property
    def timeout_reason(self) -> str:
        """Return what a retry of an event gives as its reason where no ack came in time."""
        ...

    @property
    def connections(self) -> int:
        """Count the ways that are open now; 0 means that nothing arrives."""
        ...

    async def send(self, envelope: Envelope) -> Json:
        """Deliver and return what the ack carries; raise `UndeliveredError` where there is none in time."""
        ...
