"""What the commands of a terminal work with, as one value; Slack's people are no part of it."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.audit import AuditEntry
from bot.policy.decide import Actor
from bot.policy.rules import Policy
from bot.usecases.ports import Clock, Nexthink, Store


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """The ports, the policy, and who acts."""

    nexthink: Nexthink
    store: Store
    policy: Policy | None
    actor: Actor
    clock: Clock
    new_id: Callable[[], str]
    """Gives a fresh, unguessable id."""
    sleep: Callable[[float], Awaitable[object]]

    def entry(self, action: str, **subject: Any) -> AuditEntry:
        """Return the record of something that the actor does now."""
        return AuditEntry(at=self.clock(), actor=self.actor.name, action=action, subject=subject)
