"""How often what was run, and when last: it orders what fits equally well, and what is shown before a word is typed."""

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


class Usage:
    """What everybody ran of late."""

    def __init__(self, uses: Iterable[Use] = ()) -> None:
        """Count some uses."""
        self._last: dict[str, dict[WorkflowId, datetime]] = defaultdict(dict)
        self._times: Counter[WorkflowId] = Counter()
        for use in uses:
            self.note(use)

    def note(self, use: Use) -> None:
        """Count one more."""
        self._times[use.workflow_id] += use.times
        own = self._last[use.slack_id]
        own[use.workflow_id] = max(use.last_at, own.get(use.workflow_id, use.last_at))

    def familiarity(self, slack_id: str) -> Callable[[WorkflowId], float]:
        """Return how familiar each workflow is to a person, 0 to 1: their own ones before what others run."""
        own = self._last.get(slack_id, {})
        most = max(self._times.values(), default=1)
        return lambda workflow_id: _OWN if workflow_id in own else _OTHERS * self._times[workflow_id] / most

    def first_choices(self, slack_id: str) -> list[WorkflowId]:
        """Return what a person ran, the latest first, then what is run most."""
        own = self._last.get(slack_id, {})
        recent = sorted(own, key=lambda one: (-own[one].timestamp(), one))
        often = sorted(self._times, key=lambda one: (-self._times[one], one))
        return [*recent, *(one for one in often if one not in own)]
