"""What the commands of a terminal work with, as one value; Slack's people are no part of it."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.audit import AuditEntry
from bot.domain.errors import NexthinkError, NexthinkFault, NotFoundError
from bot.domain.workflow import Workflow, WorkflowId
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


async def read_named(workflow_id: WorkflowId, nexthink: Nexthink) -> Workflow:
    """Read a workflow that somebody named; raise `NotFoundError` where Nexthink does not know it."""
    try:
        return await nexthink.read_workflow(workflow_id)
    except NexthinkError as error:
        if error.fault is NexthinkFault.NOT_FOUND:
            raise NotFoundError(f"Nexthink knows no workflow {workflow_id}; `fixdesk catalog` lists them") from error
        raise
