"""What people ran and starred: it orders what fits equally well, and what is shown before a word is typed."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.domain.workflow import WorkflowId

_OWN = 1.0
_OTHERS = 0.5
"""How familiar a workflow is at most that a person ran before, and one that only others run."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A person's runs of one workflow."""

    slack_id: str
    workflow_id: WorkflowId
    times: int
    last_at: datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """A workflow that a person has starred."""

    slack_id: str
    workflow_id: WorkflowId
    since: datetime


class Usage:
    """What everybody ran of late, and starred."""

    def __init__(self, uses: Iterable[Use] = (), favourites: Iterable[Favourite] = ()) -> None:
        """Count some uses; the favourites are given the latest first."""
        self._last: dict[str, dict[WorkflowId, datetime]] = defaultdict(dict)
        self._times: Counter[WorkflowId] = Counter()
        self._starred: dict[str, dict[WorkflowId, None]] = defaultdict(dict)
        for use in uses:
            self.note(use)
        for favourite in favourites:
            self._starred[favourite.slack_id][favourite.workflow_id] = None

    def note(self, use: Use) -> None:
        """Count one more."""
        self._times[use.workflow_id] += use.times
        own = self._last[use.slack_id]
        own[use.workflow_id] = max(use.last_at, own.get(use.workflow_id, use.last_at))

    def is_favourite(self, slack_id: str, workflow_id: WorkflowId) -> bool:
        """Tell whether a person has starred a workflow."""
        return workflow_id in self._starred.get(slack_id, ())

    def star(self, slack_id: str, workflow_id: WorkflowId) -> None:
        """Make a workflow the latest favourite of a person."""
        self._starred[slack_id] = {workflow_id: None, **self._starred[slack_id]}

    def unstar(self, slack_id: str, workflow_id: WorkflowId) -> None:
        """Make it a favourite no more."""
        self._starred[slack_id].pop(workflow_id, None)

    def familiarity(self, slack_id: str) -> Callable[[WorkflowId], float]:
        """Return how familiar each workflow is to a person, 0 to 1: their own ones before what others run."""
        own = {*self._last.get(slack_id, ()), *self._starred.get(slack_id, ())}
        most = max(self._times.values(), default=1)
        return lambda workflow_id: _OWN if workflow_id in own else _OTHERS * self._times[workflow_id] / most

    def first_choices(self, slack_id: str) -> list[WorkflowId]:
        """Return what a person has starred, what they ran, both the latest first, then what is run most."""
        own, starred = self._last.get(slack_id, {}), self._starred.get(slack_id, {})
        recent = sorted(own, key=lambda one: (-own[one].timestamp(), one))
        often = sorted(self._times, key=lambda one: (-self._times[one], one))
        return list(dict.fromkeys([*starred, *recent, *often]))
