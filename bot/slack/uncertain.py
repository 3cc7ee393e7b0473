"""Check again, Start again, Leave it: what whoever asked may choose where the result of a start is unknown."""

from datetime import datetime

from bot.domain.run import RunId
from bot.domain.work import Work, WorkKind
from bot.slack.dispatch import Table
from bot.slack.ids import ActionId
from bot.slack.interaction import Kind
from bot.slack.presses import Presses
from bot.usecases.desk import Desk
from bot.usecases.reconcile import Settlement, settle_run


class Settlements:
    """The buttons of a card whose start has an unknown result."""

    def __init__(self, *, desk: Desk, presses: Presses) -> None:
        self._desk = desk
        self._presses = presses

    def table(self) -> Table:
        """Return what this surface answers."""
        return {
            (Kind.ACTION, ActionId.CHECK_AGAIN): self._presses.storing(WorkKind.SETTLE, Settlement.CHECK),
            (Kind.ACTION, ActionId.START_AGAIN): self._presses.storing(WorkKind.SETTLE, Settlement.AGAIN),
            (Kind.ACTION, ActionId.LEAVE_IT): self._presses.storing(WorkKind.SETTLE, Settlement.LEAVE),
        }

    async def settle(self, work: Work) -> datetime | None:
        """Work off a press."""
        subject = work.subject

        async def take() -> str:
            choice, mark = Settlement(subject["choice"]), int(subject["ordinal"])
            return await settle_run(RunId(subject["run_id"]), mark, subject["slack_id"], choice, desk=self._desk)

        return await self._presses.taken(work, take)
