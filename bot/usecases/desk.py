"""What every use case works with, as one value that `app.py` fills."""

import asyncio
import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotFoundError
from bot.domain.person import Person
from bot.domain.run import Run, RunId, RunState
from bot.domain.run_audit import FIXDESK, entries_of
from bot.domain.work import NewWork
from bot.policy.decide import identify, usergroups_of
from bot.policy.rules import Policy
from bot.usecases.catalog import WorkflowCatalog
from bot.usecases.device import DeviceFinder
from bot.usecases.due import show
from bot.usecases.ports import Clock, Nexthink, People, Store
from bot.usecases.usage import UsageLog


@dataclasses.dataclass(slots=True, kw_only=True)
class Desk:
    """The ports, the catalog and the policy, which is the one thing in it that changes."""

    nexthink: Nexthink
    store: Store
    people: People
    catalog: WorkflowCatalog
    devices: DeviceFinder
    usage: UsageLog
    policy: Policy | None
    """None = nothing is allowed yet. Each decision looks at the one of its moment."""
    clock: Clock
    new_id: Callable[[], str]
    """Gives a fresh, unguessable id."""

    async def change(self, run_id: RunId, step: Callable[[Run], Run], *work: NewWork, actor: str = FIXDESK) -> Run:
        """Apply a step to a run as `change_run` does."""
        return await change_run(run_id, step, *work, store=self.store, clock=self.clock, actor=actor)

    async def record_refusal(self, slack_id: str, action: str, subject: Mapping[str, Any], reason: str) -> None:
        """Record that somebody was refused, by the id that Slack gives of them; nothing else changes."""
        facts = {**subject, "reason": reason}
        await self.store.add_audit(AuditEntry(at=self.clock(), actor=slack_id, action=action, subject=facts))

    async def follow_policy(self, policy: Policy) -> None:
        """Decide by another policy from now on, and find workflows by its aliases."""
        self.policy = policy
        self.devices.rules = policy.devices
        await self.catalog.follow_policy(policy)

    async def person(self, slack_id: str, *, fresh: bool = False, groups: Iterable[str] | None = None) -> Person:
        """Return who somebody is to the policy; raise `NotAllowedError` with the reason.

        Whether they are in a Slack user group is asked for the groups that are named, without a choice for all.
        """
        usergroups = sorted(usergroups_of(self.policy, groups))
        profile, members = await asyncio.gather(
            self.people.profile(slack_id, fresh=fresh),
            asyncio.gather(*(self.people.members_of(usergroup, fresh=fresh) for usergroup in usergroups)),
        )
        own = [usergroup for usergroup, inside in zip(usergroups, members, strict=True) if slack_id in inside]
        return identify(self.policy, profile, own)

    def known_person(self, slack_id: str) -> Person | None:
        """Return the same from memory, for an answer that is waited for; None where nobody was asked yet."""
        profile = self.people.known(slack_id)
        if profile is None:
            return None
        usergroups = usergroups_of(self.policy)
        return identify(self.policy, profile, (one for one in usergroups if slack_id in self.people.known_members(one)))


async def change_run(
    run_id: RunId, step: Callable[[Run], Run], *work: NewWork, store: Store, clock: Clock, actor: str = FIXDESK
) -> Run:
    """Apply a step to a run as it is now, once more whenever somebody was quicker, and bring its cards up to date.

    What it changes is recorded with it. A step that returns the run itself changes nothing, and no work is stored. What
    the step raises goes through.
    """
    while True:
        run = await store.run(run_id)
        if run is None:
            raise NotFoundError("This run is not known any more.")
        changed = step(run)
        if changed is run:
            return run
        now = clock()
        if await store.replace_run(run, changed, [show(run_id, now), *work], entries_of(run, changed, now, actor)):
            return changed


def move_from(states: RunState | Collection[RunState], to: RunState, **changes: Any) -> Callable[[Run], Run]:
    """Make a step for `Desk.change` that moves a run on, unless it has left the states from which that makes sense."""
    return _only_in(states, lambda run: run.move(to, **changes))


def change_in(states: RunState | Collection[RunState], **changes: Any) -> Callable[[Run], Run]:
    """Make a step that changes a run's values without moving it, under the same condition."""
    return _only_in(states, lambda run: run.changed(**changes))


def _only_in(states: RunState | Collection[RunState], step: Callable[[Run], Run]) -> Callable[[Run], Run]:
    allowed = {states} if isinstance(states, RunState) else set(states)
    return lambda run: step(run) if run.state in allowed else run
