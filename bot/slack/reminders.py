"""Reminders and escalations: said in the thread of the question, and to its channel, for an edit tells nobody."""

from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.card import Card, CardRole
from bot.domain.run import Run, RunId, RunState
from bot.domain.work import Work
from bot.slack.blocks.text import fallback
from bot.slack.blocks.times import date_and_time
from bot.slack.calls import PAUSE, attempt
from bot.usecases.approval import escalate_approval
from bot.usecases.desk import Desk

REMINDER = "Reminder: “{workflow}”, asked for by {requester}, waits for {deciders} until {until}."
ESCALATED = (
    "Nobody has decided yet: “{workflow}”, asked for by {requester}, may now be decided by {deciders}, until {until}."
)


class Reminders:
    """What happens to an approval that nobody gives."""

    def __init__(self, *, desk: Desk, client: AsyncWebClient) -> None:
        self._desk = desk
        self._client = client

    async def remind(self, work: Work) -> datetime | None:
        """Remind those who are to decide, and say when next: each time after twice as long, until it is decided."""
        run = await self._desk.store.run(RunId(work.subject["run_id"]))
        if run is None or run.approval is None or run.state is not RunState.AWAITING_APPROVAL:
            return None
        pause = await self._tell(run, REMINDER)
        now = self._desk.clock()
        if pause is not None:
            return now + pause
        every = timedelta(seconds=work.subject["every"])
        next_at = max(work.due_at + every * 2 ** min(work.attempts, 10), now + every)
        return next_at if next_at < run.approval.expires_at else None

    async def escalate(self, work: Work) -> datetime | None:
        """Ask others as well, and tell them."""
        run = await escalate_approval(RunId(work.subject["run_id"]), desk=self._desk)
        if run.approval is None or run.state is not RunState.AWAITING_APPROVAL:
            return None
        pause = await self._tell(run, ESCALATED)
        return None if pause is None else self._desk.clock() + pause

    async def _tell(self, run: Run, words: str) -> timedelta | None:
        """Say something below the question; return how long to wait where Slack did not take it, or it is not there."""
        card = await self._question(run)
        if run.approval is None or card is None:
            return PAUSE
        text = fallback(
            words.format(
                workflow=run.workflow.name,
                requester=run.requester.name,
                deciders=" or ".join(run.approval.deciders),
                until=date_and_time(run.approval.expires_at),
            )
        )
        outcome = await attempt(
            lambda: self._client.chat_postMessage(
                channel=card.channel_id, thread_ts=card.ts, reply_broadcast=True, text=text
            )
        )
        return outcome.pause

    async def _question(self, run: Run) -> Card | None:
        cards = await self._desk.store.cards_of(run.id)
        return next((card for card in cards if card.role is CardRole.APPROVAL and card.ts), None)
