"""Finding workflows for a person: what fits the words, and what of it they may run."""

import asyncio
import contextlib
import dataclasses

from bot.domain.errors import NexthinkError, StoreError
from bot.domain.person import Person
from bot.domain.search import Match, Matches
from bot.domain.workflow import Workflow
from bot.policy.decide import Ruling, may_run
from bot.usecases.catalog import PATIENCE
from bot.usecases.desk import Desk

AT_MOST = 100
"""A type-ahead shows no more than this."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What fits some words, for one person."""

    matches: Matches
    """What they may run, best first."""
    refused: Ruling | None = None
    """Why they may not run what fits best."""


def find_workflows(query: str, person: Person, channel_id: str, *, desk: Desk, limit: int = AT_MOST) -> Found:
    """Rank what fits the words; without words everything that the person may run, by name. In memory, at once."""
    index = desk.catalog.index
    if index is None:
        return Found(matches=Matches())
    fitting = index.find(query, limit).ranked if query.strip() else _everything(index.workflows)
    rulings = [(match, may_run(desk.policy, person, match.workflow, channel_id)) for match in fitting]
    allowed = tuple(match for match, ruling in rulings if ruling.is_allowed)
    refused = rulings[0][1] if rulings and not rulings[0][1].is_allowed else None
    return Found(matches=Matches(ranked=allowed[:limit]), refused=refused)


def _everything(workflows: tuple[Workflow, ...]) -> tuple[Match, ...]:
    by_name = sorted(workflows, key=lambda workflow: (workflow.name.casefold(), workflow.id))
    return tuple(Match(workflow=workflow, score=0.0) for workflow in by_name)


async def wake_catalog(desk: Desk) -> bool:
    """Make sure that there is a catalog, asking Nexthink once more where there is none; tell whether there is."""
    if desk.catalog.index is None:
        with contextlib.suppress(NexthinkError, StoreError, TimeoutError):
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await desk.catalog.refresh()
    return desk.catalog.index is not None
