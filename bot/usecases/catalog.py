"""The workflows that fixdesk knows: cached, searchable, refreshed; the last good copy outlives every failure."""

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.search import Index, build_index
from bot.domain.thesaurus import Thesaurus
from bot.domain.workflow import Catalog, Workflow, WorkflowId
from bot.policy.decide import rule_for
from bot.policy.rules import Policy
from bot.usecases.offloop import off_loop
from bot.usecases.ports import Clock, Nexthink, Store

REFRESH_EVERY = timedelta(minutes=15)
PATIENCE = timedelta(seconds=5)
"""A person waits for the details: beyond it the list's copy of the workflow serves."""
RETRY_WITHOUT = timedelta(seconds=5)
RETRY_WITH = timedelta(minutes=1)
"""How soon a failed refresh is tried again without, and with, a last good copy."""


class WorkflowCatalog:
    """The catalog in memory, with its index."""

    def __init__(
        self,
        *,
        nexthink: Nexthink,
        store: Store,
        policy: Policy | None,
        clock: Clock,
        thesaurus: Thesaurus | None = None,
    ) -> None:
        self._thesaurus = thesaurus or Thesaurus()
        self._nexthink = nexthink
        self._store = store
        self._policy = policy
        self._clock = clock
        self._listed: Mapping[WorkflowId, Workflow] = {}
        self._read: dict[WorkflowId, Workflow] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self._adopting = asyncio.Lock()
        """One index at a time: an older catalog must not replace a newer one."""
        self.index: Index | None = None
        """None until a first catalog came from Nexthink or the store."""
        self.fetched_at: datetime | None = None
        self.failure: NexthinkError | None = None
        """Why the last refresh failed, None after one that went well."""

    async def load(self) -> None:
        """Take the copy that the store kept, if there is one."""
        kept = await self._store.load_catalog()
        if kept is not None:
            await self._adopt(kept)

    async def follow_policy(self, policy: Policy) -> None:
        """Find the workflows by another policy's aliases from now on."""
        self._policy = policy
        async with self._adopting:
            if self.fetched_at is not None:
                await self._index(Catalog(workflows=self._listed, fetched_at=self.fetched_at))

    async def refresh(self) -> None:
        """Ask Nexthink anew; a failure keeps what there is, is remembered in `failure`, and is raised.

        Whoever asks while it is under way waits for the same answer.
        """
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(self._refreshed)
        await asyncio.shield(self._refreshing)

    async def stop(self) -> None:
        """Break off a refresh that is under way."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)

    async def _refresh(self) -> None:
        try:
            listed = await self._nexthink.list_workflows()
        except NexthinkError as error:
            self.failure = error
            raise
        catalog = Catalog(workflows={one.id: one for one in listed}, fetched_at=self._clock())
        await self._adopt(catalog)
        self.failure = None
        await self._store.save_catalog(catalog)

    def _refreshed(self, refreshing: asyncio.Task[None]) -> None:
        self._refreshing = None
        if not refreshing.cancelled():
            refreshing.exception()  # Told to whoever waited, or to nobody if they gave up.

    async def read(self, workflow_id: WorkflowId) -> Workflow:
        """Read one workflow's details and remember them; what is remembered serves while Nexthink is away."""
        known = self.get(workflow_id)
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                workflow = await self._nexthink.read_workflow(workflow_id)
        except TimeoutError:
            if known is None:
                raise NexthinkError(NexthinkFault.UNCLEAR, "reading a workflow") from None
            return known
        except NexthinkError as error:
            if known is None or not error.may_pass:
                raise
            return known
        # The details may leave out the two flags of need: then what the list's filter said holds.
        if known is not None and workflow.needs is None:
            workflow = dataclasses.replace(workflow, needs=known.needs)
        self._read[workflow_id] = workflow
        return workflow

    def get(self, workflow_id: WorkflowId) -> Workflow | None:
        """Return a workflow as it was last seen, None where the catalog has it no more."""
        return self._read.get(workflow_id) or self._listed.get(workflow_id)

    @property
    def next_refresh_in(self) -> timedelta:
        """How long the present copy is good for, or how soon a failure is worth another try."""
        if self.failure is None:
            return REFRESH_EVERY
        return RETRY_WITH if self.index else RETRY_WITHOUT

    def age_note(self) -> str:
        """Say how old the catalog is while it cannot be refreshed, else nothing."""
        if self.failure is None or self.fetched_at is None:
            return ""
        hours, minutes = divmod(int((self._clock() - self.fetched_at).total_seconds()) // 60, 60)
        age = f"{hours} h" if hours else f"{minutes} min"
        return f"This list is {age} old, for it could not be refreshed: {self.failure.fault.value}."

    async def _adopt(self, catalog: Catalog) -> None:
        async with self._adopting:
            await self._index(catalog)

    async def _index(self, catalog: Catalog) -> None:
        aliases = aliases_of(self._policy, catalog.workflows)
        self.index = await off_loop(build_index, catalog.workflows.values(), aliases, self._thesaurus)
        self._listed = catalog.workflows
        # The list may leave versions out: then what the details said of a workflow still holds.
        self._read = {
            one: details
            for one, details in self._read.items()
            if one in catalog.workflows and catalog.workflows[one].version in {"", details.version}
        }
        self.fetched_at = catalog.fetched_at


def aliases_of(policy: Policy | None, workflows: Mapping[WorkflowId, Workflow]) -> dict[WorkflowId, Sequence[str]]:
    """Give each workflow the aliases of the rule that decides on it."""
    if policy is None:
        return {}
    rules = {workflow_id: rule_for(policy, workflow_id) for workflow_id in workflows}
    return {workflow_id: rule.aliases for workflow_id, rule in rules.items() if rule is not None}
