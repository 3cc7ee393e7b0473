"""Cards in Slack: every copy of a run's card is posted once and edited in place until it shows the newest state."""

import dataclasses
import logging
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.card import Card, CardRole
from bot.domain.decision import DecisionState
from bot.domain.run import Run, RunId, RunState
from bot.domain.work import Work
from bot.domain.workflow import CORRELATION_PARAMETER
from bot.policy.decide import rule_for
from bot.slack.blocks.status import Message, card_message
from bot.slack.calls import PAUSE, attempt
from bot.slack.history import look_for, metadata_of
from bot.slack.pacing import Pacing
from bot.usecases.desk import Desk
from bot.usecases.due import show
from bot.usecases.form import label_of

CANNOT_POST = timedelta(seconds=30)
"""How soon a channel is tried again that fixdesk is not in: an operator may invite it any moment."""
GONE = frozenset({"message_not_found", "cant_update_message", "channel_not_found", "is_archived", "not_in_channel"})
"""Somebody has deleted a message, or the conversation that it stood in is closed to fixdesk."""
EDITS = "chat.update"
"""Slack counts edits for the whole workspace."""
log = logging.getLogger(__name__)


class Cards:
    """Posts and edits the copies of cards. Its one handler may be called any number of times."""

    def __init__(self, *, desk: Desk, client: AsyncWebClient) -> None:
        self._desk = desk
        self._client = client
        self._pacing = Pacing(desk.clock)

    async def show(self, work: Work) -> datetime | None:
        """Bring every copy of a run's card up to date; return when to go on where Slack did not take all of it."""
        run = await self._desk.store.run(RunId(work.subject["run_id"]))
        if run is None:
            return None
        cards = {(card.role, card.ordinal): card for card in await self._desk.store.cards_of(run.id)}
        pauses = []
        for wanted in _wanted(run):
            card = cards.get((wanted.role, wanted.ordinal))
            if card is not None and card.ts:
                pauses.append(await self._edit(run, card, wanted))
            elif card is not None:
                pauses.append(await self._recover(run, card, wanted))
            elif _is_worth_posting(run, wanted):
                pauses.append(await self._post(run, wanted))
        waits = [pause for pause in pauses if pause is not None]
        return self._desk.clock() + min(waits) if waits else None

    async def refresh(self, channel_id: str, ts: str) -> None:
        """Edit a message although it should be up to date: somebody pressed a button on it that is out of date."""
        card = await self._desk.store.card_at(channel_id, ts)
        if card is None:
            return
        await self._desk.store.update_card(dataclasses.replace(card, shown_revision=-1))
        await self._desk.store.add_work(show(card.run_id, self._desk.clock()))

    async def adopt(self, card: Card) -> None:
        """Learn where a copy is whose posting had no known result: somebody pressed a button on it."""
        known = {(one.role, one.ordinal): one for one in await self._desk.store.cards_of(card.run_id)}
        lost = known.get((card.role, card.ordinal))
        if lost is not None and not lost.ts:
            await self._desk.store.update_card(card)

    async def _post(self, run: Run, card: Card) -> timedelta | None:
        """Post a copy. It is stored before, so that one of unknown result is looked for before it is sent again."""
        wait = self._pacing.wait(card.channel_id, f"{run.id}:{card.role}:{card.ordinal}")
        if wait is not None:
            return wait
        return await self._send(run, card) if await self._desk.store.add_card(card) else None

    async def _send(self, run: Run, card: Card) -> timedelta | None:
        """Send a copy that is stored, and store what came of it."""
        message = card_message(run, card, self.shown_values(run))
        outcome = await attempt(
            lambda: self._client.chat_postMessage(
                channel=card.channel_id,
                metadata=metadata_of(card),
                **_content(message),
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        if outcome.answer is not None:
            posted = dataclasses.replace(
                card,
                channel_id=str(outcome.answer["channel"]),
                ts=str(outcome.answer["ts"]),
                shown_revision=run.revision,
            )
            await self._desk.store.update_card(posted)
            return None
        if outcome.trouble:
            log.warning("The %s card of run %s is looked for: %s", card.role, run.id, outcome.trouble)
            return PAUSE
        await self._desk.store.remove_card(card)
        if outcome.pause is None:
            return await self._cannot_post(run, card, message, outcome.refusal)
        self._pacing.hold(card.channel_id, outcome.pause)
        return outcome.pause

    async def _recover(self, run: Run, card: Card, wanted: Card) -> timedelta | None:
        """Look for a copy whose posting had no known result; post it where it surely is not there."""
        lookup = await look_for(self._client, card, run.created_at)
        if lookup.found is not None:
            await self._desk.store.update_card(lookup.found)
            return await self._edit(run, lookup.found, wanted)
        if lookup.failed is None:
            await self._desk.store.remove_card(card)
            return await self._post(run, card) if _is_worth_posting(run, card) else None
        if not lookup.failed.refusal:
            return lookup.failed.pause or PAUSE
        log.error("The %s card of run %s cannot be looked for: %s", card.role, run.id, lookup.failed.refusal)
        if card.role is not CardRole.REQUESTER:
            await self._note(run, "Slack did not say whether those who decide were asked. Please ask them yourself.")
        return None

    def shown_values(self, run: Run) -> list[tuple[str, str]]:
        """Return the parameters as the policy labels them, without those that it hides."""
        rule = rule_for(self._desk.policy, run.workflow.id)
        rules = rule.parameters if rule else {}
        return [
            (label_of(one, rules.get(one)), value)
            for one, value in run.parameters.items()
            if one != CORRELATION_PARAMETER and not (one in rules and rules[one].hidden)
        ]

    async def _cannot_post(self, run: Run, card: Card, message: Message, refusal: str) -> timedelta | None:
        """Say so in another way: to those who asked where they asked, and on their card where others cannot be."""
        log.error("The %s card of run %s cannot be posted to %s: %s", card.role, run.id, card.channel_id, refusal)
        if card.role is CardRole.REQUESTER:
            await self._tell_where_asked(run, message)
            return None
        note = f"Those who decide cannot be asked: fixdesk cannot post to their channel ({refusal}). It keeps trying."
        await self._note(run, note)
        return CANNOT_POST

    async def _note(self, run: Run, note: str) -> None:
        def step(now: Run) -> Run:
            return now if now.note == note or now.has_ended else now.changed(note=note)

        await self._desk.change(run.id, step)

    async def _tell_where_asked(self, run: Run, message: Message) -> None:
        """Tell a person, whom no direct message reaches, in the channel where they asked."""
        if run.channel_id:
            person = run.requester.slack_id
            outcome = await attempt(
                lambda: self._client.chat_postEphemeral(channel=run.channel_id, user=person, text=message.text)
            )
            if outcome.answer is None:
                log.error("Whoever asked for run %s cannot be told at all: %s", run.id, outcome.failure)

    async def _edit(self, run: Run, card: Card, wanted: Card) -> timedelta | None:
        """Show the newest state; an edit may be sent again safely."""
        if card.shown_revision >= run.revision:
            return None
        wait = self._pacing.held(EDITS)
        if wait is not None:
            return wait
        message = card_message(run, card, self.shown_values(run))
        outcome = await attempt(
            lambda: self._client.chat_update(channel=card.channel_id, ts=card.ts, **_content(message))
        )
        if outcome.pause is not None:
            self._pacing.hold(EDITS, outcome.pause)
        if outcome.pause or outcome.trouble:
            return outcome.pause or PAUSE
        if outcome.refusal:
            log.error("The %s card of run %s cannot be edited: %s", card.role, run.id, outcome.refusal)
            if outcome.refusal in GONE and _is_missed(run, card):
                await self._desk.store.remove_card(card)
                return await self._post(run, wanted)
        await self._desk.store.update_card(dataclasses.replace(card, shown_revision=run.revision))
        return None


def _wanted(run: Run) -> list[Card]:
    """Name the copies that a run has: its requester's, and one for each question that was ever asked."""
    own = Card(run_id=run.id, role=CardRole.REQUESTER, channel_id=run.requester.slack_id)
    # What fixdesk did not start has no requester here, and so no copy for one.
    cards = [own] if run.requester.slack_id else []
    if run.approval is not None:
        cards.append(Card(run_id=run.id, role=CardRole.APPROVAL, channel_id=run.approval.channel_id))
    for ordinal, execution in enumerate(run.executions):
        if execution.resume is not None:
            channel_id = execution.resume.channel_id
            cards.append(Card(run_id=run.id, role=CardRole.RESUME, ordinal=ordinal, channel_id=channel_id))
    return cards


def _is_worth_posting(run: Run, card: Card) -> bool:
    """Tell whether a copy that was never posted is still wanted: a question only while it is open."""
    if card.role is CardRole.APPROVAL:
        return run.state is RunState.AWAITING_APPROVAL
    execution = run.execution(card.ordinal)
    if card.role is CardRole.RESUME:
        return execution is not None and execution.resume is not None and execution.resume.state is DecisionState.OPEN
    return True


def _is_missed(run: Run, card: Card) -> bool:
    """Tell whether a copy that is gone is posted anew: one that asks something, or tells what came of the run."""
    if card.role is CardRole.REQUESTER:
        return run.has_ended or run.state in {RunState.UNCERTAIN, RunState.UNTRACKED}
    return _is_worth_posting(run, card)


def _content(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": message.blocks}
