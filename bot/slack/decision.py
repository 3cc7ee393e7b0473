"""Approve and Deny: on the start of a run, and on how a paused execution goes on."""

from datetime import datetime

from bot.domain.decision import Choice
from bot.domain.run import RunId
from bot.domain.work import Work, WorkKind
from bot.slack.dispatch import Table
from bot.slack.ids import ActionId
from bot.slack.interaction import Kind
from bot.slack.presses import Presses
from bot.usecases.approval import decide
from bot.usecases.desk import Desk
from bot.usecases.resume import answer


class Decisions:
    """The buttons of approval and resume messages, and the work that follows a press."""

    def __init__(self, *, desk: Desk, presses: Presses) -> None:
        self._desk = desk
        self._presses = presses

    def table(self) -> Table:
        """Return what this surface answers."""
        storing = self._presses.storing
        return {
            (Kind.ACTION, ActionId.APPROVE_START): storing(WorkKind.DECIDE, Choice.APPROVE),
            (Kind.ACTION, ActionId.DENY_START): storing(WorkKind.DECIDE, Choice.DENY),
            (Kind.ACTION, ActionId.APPROVE_RESUME): storing(WorkKind.ANSWER, Choice.APPROVE),
            (Kind.ACTION, ActionId.DENY_RESUME): storing(WorkKind.ANSWER, Choice.DENY),
        }

    async def decide(self, work: Work) -> datetime | None:
        """Work off a press that decides on a start."""

        async def take() -> str:
            await decide(*_pressed(work), desk=self._desk)
            return ""

        return await self._presses.taken(work, take)

    async def answer(self, work: Work) -> datetime | None:
        """Work off a press that decides how a paused execution goes on."""

        async def take() -> str:
            run_id, slack_id, choice = _pressed(work)
            await answer(run_id, int(work.subject["ordinal"]), slack_id, choice, desk=self._desk)
            return ""

        return await self._presses.taken(work, take)


def _pressed(work: Work) -> tuple[RunId, str, Choice]:
    """Return on what, who pressed, and which of the two."""
    return RunId(work.subject["run_id"]), work.subject["slack_id"], Choice(work.subject["choice"])
