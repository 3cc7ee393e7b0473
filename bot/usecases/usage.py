"""What people run and star, kept in memory for the keystroke: read from the store, and noted with every run."""

from collections.abc import Callable
from datetime import timedelta

from bot.domain.usage import Favourite, Usage, Use
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
        self._changes: list[Callable[[Usage], None]] = []
        """What was noted while the store was being read."""

    async def load(self) -> None:
        """Read what was run of late, and the favourites; raises `StoreError`."""
        self._changes.clear()
        uses, favourites = await self._store.uses_since(self._clock() - REMEMBERED), await self._store.favourites()
        self.usage = Usage(uses, favourites)
        for change in self._changes:
            change(self.usage)

    async def star(self, slack_id: str, workflow_id: WorkflowId) -> None:
        """Make a workflow a person's favourite; raises `StoreError`."""
        favourite = Favourite(slack_id=slack_id, workflow_id=workflow_id, since=self._clock())
        await self._store.add_favourite(favourite)
        self._apply(lambda usage: usage.star(slack_id, workflow_id))

    async def unstar(self, slack_id: str, workflow_id: WorkflowId) -> None:
        """Make it a favourite no more; raises `StoreError`."""
        await self._store.remove_favourite(slack_id, workflow_id)
        self._apply(lambda usage: usage.unstar(slack_id, workflow_id))

    def note(self, slack_id: str, workflow_id: WorkflowId) -> None:
        """Note a run as it is asked for."""
        use = Use(slack_id=slack_id, workflow_id=workflow_id, times=1, last_at=self._clock())
        self._apply(lambda usage: usage.note(use))

    def _apply(self, change: Callable[[Usage], None]) -> None:
        change(self.usage)
        self._changes.append(change)
