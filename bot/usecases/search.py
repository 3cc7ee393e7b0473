"""Finding workflows for a person: what fits the words, and what of it they may run."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from itertools import chain, islice

from bot.domain.errors import NexthinkError, StoreError
from bot.domain.person import Person
from bot.domain.search import Index, Match, Matches
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.decide import Ruling, may_run
from bot.usecases.catalog import PATIENCE
from bot.usecases.desk import Desk

AT_MOST = 100
"""A type-ahead shows no more than this."""
AT_ONCE = 5_000
"""A catalog up to this size is searched in less time than a thread takes to be asked; a larger one off the loop."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What fits some words, for one person."""

    matches: Matches
    """What they may run, best first."""
    refused: Ruling | None = None
    """Why they may not run what fits best."""


async def find_workflows(query: str, person: Person, channel_id: str, *, desk: Desk, limit: int = AT_MOST) -> Found:
    """Rank what fits the words; without words what the person ran of late, what is run most, and all else by name."""
    index = desk.catalog.index
    if index is None:
        return Found(matches=Matches())
    search = _Search(index, person, channel_id, desk)
    if len(index.workflows) <= AT_ONCE:
        return search.find(query, limit)
    return await asyncio.to_thread(search.find, query, limit)


class _Search:
    """One person's search; it may be done in another thread."""

    def __init__(self, index: Index, person: Person, channel_id: str, desk: Desk) -> None:
        self._index = index
        self._usage = desk.usage.usage
        self._slack_id = person.slack_id
        self._rule_on: Callable[[Workflow], Ruling] = lambda one: may_run(desk.policy, person, one, channel_id)
        self._rulings: dict[WorkflowId, Ruling] = {}

    def find(self, query: str, limit: int) -> Found:
        if not query.strip():
            return Found(matches=Matches(ranked=tuple(islice(self._first_choices(), limit))))
        familiarity = self._usage.familiarity(self._slack_id)
        matches = self._index.find(query, limit, familiarity=familiarity, permits=self._permits)
        # The best one is asked about first.
        first = next(iter(self._rulings.values()), None)
        return Found(matches=matches, refused=first if first and not first.is_allowed else None)

    def _permits(self, workflow: Workflow) -> bool:
        ruling = self._rulings.get(workflow.id)
        if ruling is None:
            ruling = self._rulings[workflow.id] = self._rule_on(workflow)
        return ruling.is_allowed

    def _first_choices(self) -> Iterator[Match]:
        """Yield all that the person may run, in the order in which they will look for it."""
        familiar = self._usage.first_choices(self._slack_id)
        seen = frozenset(familiar)
        known = [self._index.by_id[one] for one in familiar if one in self._index.by_id]
        others = (one for one in self._index.by_name if one.id not in seen)
        return (Match(workflow=one, score=0.0) for one in chain(known, others) if self._permits(one))


async def wake_catalog(desk: Desk) -> bool:
    """Make sure that there is a catalog, asking Nexthink once more where there is none; tell whether there is."""
    if desk.catalog.index is None:
        with contextlib.suppress(NexthinkError, StoreError, TimeoutError):
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await desk.catalog.refresh()
    return desk.catalog.index is not None
