"""Presses on cards: stored before their ack, worked off afterwards; whoever is refused is told why."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.card import Card, CardRole
from bot.domain.errors import FixdeskError, NotAllowedError, NotFoundError, StoreError, TooLateError
from bot.domain.run import RunId
from bot.domain.work import Work, WorkKind
from bot.slack.blocks.text import fallback
from bot.slack.calls import attempt
from bot.slack.dispatch import Handler
from bot.slack.interaction import Interaction
from bot.slack.status import Cards
from bot.usecases.desk import Desk
from bot.usecases.due import Presser, pause_before, press
from bot.usecases.work import Worker

MOST_ATTEMPTS = 10
"""Over about two minutes."""
OUTDATED = "This button is from an older version of fixdesk and does nothing any more."
_ROLES = {
    WorkKind.DECIDE: CardRole.APPROVAL,
    WorkKind.ANSWER: CardRole.RESUME,
    WorkKind.SETTLE: CardRole.REQUESTER,
    WorkKind.WITHDRAW: CardRole.REQUESTER,
}

log = logging.getLogger(__name__)


class Presses:
    """What the buttons of every card have in common."""

    def __init__(self, *, desk: Desk, client: AsyncWebClient, cards: Cards, worker: Worker) -> None:
        self._desk = desk
        self._client = client
        self._cards = cards
        self._worker = worker

    def storing(self, kind: WorkKind, choice: StrEnum | None = None) -> Handler:
        """Return the handler that stores a press on a button, to be worked off as work of a kind."""

        async def store(pressed: Interaction) -> None:
            run_id, _, ordinal = str(pressed.action.get("value", "")).partition(".")
            about = {"run_id": run_id, "ordinal": int(ordinal) if ordinal.isdecimal() else 0}
            presser = Presser(
                slack_id=pressed.slack_id,
                channel_id=pressed.channel_id,
                ts=pressed.message_ts,
                pressed=f"{pressed.occurrence}:{pressed.name}:{run_id}.{ordinal}",
            )
            await self.store(kind, presser, choice, about)

        return store

    async def store(self, kind: WorkKind, presser: Presser, choice: StrEnum | None, about: Mapping[str, Any]) -> None:
        """Store what somebody pressed or handed in, to be worked off as work of a kind."""
        await self._desk.store.add_work(press(kind, presser, choice, about, self._desk.clock()))
        self._worker.wake()

    async def refuse(self, pressed: Interaction, sentence: str) -> None:
        """Tell somebody at once why nothing came of a press, and bring the message up to date."""
        await self._tell(pressed.slack_id, pressed.channel_id or pressed.slack_id, sentence)
        await self._cards.refresh(pressed.channel_id, pressed.message_ts)
        self._worker.wake()

    async def taken(self, work: Work, take: Callable[[], Awaitable[str]]) -> datetime | None:
        """Do what was pressed for and tell what it returns; a refusal is told, and the message loses its stale buttons.

        A press is not lost while Slack does not say who pressed, or does not let whoever pressed be told: it is taken
        up again for a while.
        """
        subject = work.subject
        if subject["ts"]:
            await self._cards.adopt(_pressed_card(work))
        try:
            sentence = await take()
        except StoreError:
            raise
        except FixdeskError as refusal:
            is_final = isinstance(refusal, NotAllowedError | TooLateError | NotFoundError)
            if not is_final and work.attempts < MOST_ATTEMPTS:
                return self._desk.clock() + pause_before(work.attempts)
            sentence = str(refusal)
            if isinstance(refusal, NotAllowedError | NotFoundError):
                about = {"run_id": subject["run_id"], "pressed": work.kind.value}
                await self._desk.record_refusal(subject["slack_id"], "press.refused", about, sentence)
            if subject["ts"]:
                await self._cards.refresh(subject["channel_id"], subject["ts"])
        self._worker.wake()
        is_told = not sentence or await self._tell(subject["slack_id"], subject["channel_id"], sentence)
        if is_told or work.attempts >= MOST_ATTEMPTS:
            return None
        return self._desk.clock() + pause_before(work.attempts)

    async def give_up(self, work: Work) -> None:
        """Tell whoever pressed that it could not be worked off."""
        sentence = "Something went wrong in fixdesk, so this press did nothing. Please tell your IT help desk"
        await self._tell(
            work.subject["slack_id"], work.subject["channel_id"], f"{sentence} the reference {work.subject['run_id']}."
        )

    async def outdated(self, pressed: Interaction) -> None:
        """Answer a control that no surface knows: it is from an older version."""
        await self.refuse(pressed, OUTDATED)

    async def _tell(self, slack_id: str, channel_id: str, sentence: str) -> bool:
        """Tell one person in the channel where they pressed, or by direct message where that is refused.

        False where Slack had trouble, so that another try may do better; they may then be told twice.
        """
        text = fallback(sentence)
        outcome = await attempt(lambda: self._client.chat_postEphemeral(channel=channel_id, user=slack_id, text=text))
        if outcome.refusal:
            log.info("An ephemeral answer was refused (%s); a direct message follows", outcome.refusal)
            outcome = await attempt(lambda: self._client.chat_postMessage(channel=slack_id, text=text))
        if outcome.answer is None:
            log.warning("Somebody could not be told: %s", outcome.failure)
        return not (outcome.pause or outcome.trouble)


def _pressed_card(work: Work) -> Card:
    """Return the copy whose button was pressed, as far as the press says."""
    return Card(
        run_id=RunId(work.subject["run_id"]),
        role=_ROLES[work.kind],
        ordinal=int(work.subject["ordinal"]) if work.kind is WorkKind.ANSWER else 0,
        channel_id=work.subject["channel_id"],
        ts=work.subject["ts"],
    )
