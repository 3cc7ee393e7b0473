"""What people run, kept in memory for the keystroke: read from the store, and noted with every run."""

from datetime import timedelta

from bot.domain.usage import Usage, Use
from bot.domain.workflow import WorkflowId
from bot.usecases.ports import Clock, Store

REMEMBERED = timedelta(days=90)


class UsageLog:
    """The usage of late; each replica reads anew what the others added."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        """Begin with nothing."""
        self._store = store
        self._clock = clock
        self.usage = Usage()

    async def load(self) -> None:
        """Read what was run of late; raises `StoreError`."""
        self.usage = Usage(await self._store.uses_since(self._clock() - REMEMBERED))

    def note(self, slack_id: str, workflow_id: WorkflowId) -> None:
        """Note a run as it is asked for."""
        self.usage.note(Use(slack_id=slack_id, workflow_id=workflow_id, times=1, last_at=self._clock()))
