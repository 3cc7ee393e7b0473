"""Approve, Deny, Details, Withdraw: on the start of a run, and on how a paused execution goes on.

A press on Approve or Deny decides. What is written beside it follows in a modal; it comes first only where the policy
sends it to Nexthink with the decision.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.domain.decision import Choice
from bot.domain.errors import FixdeskError, NotAllowedError, NotFoundError, TooLateError
from bot.domain.run import Run, RunId
from bot.domain.run_audit import fingerprint
from bot.domain.work import Work, WorkKind
from bot.policy.decide import may_decide
from bot.slack.background import Background
from bot.slack.blocks.decision import (
    DecisionContext,
    details_view,
    load_decision,
    reason_of,
    reason_view,
    split_question,
)
from bot.slack.blocks.text import Block
from bot.slack.dispatch import Handler, Table
from bot.slack.ids import ActionId, ViewId
from bot.slack.interaction import Interaction, Kind
from bot.slack.modal import Modals
from bot.slack.presses import Presses
from bot.slack.status import Cards
from bot.usecases.approval import decide, withdraw_run
from bot.usecases.decision import asked_of, explain_decision, is_open, why_closed
from bot.usecases.desk import Desk
from bot.usecases.due import Presser
from bot.usecases.resume import answer

UNKNOWN_RUN = "This run is not known any more."


class Decisions:
    """The buttons of approval and resume messages, and the work that follows a press."""

    def __init__(self, *, desk: Desk, presses: Presses, cards: Cards, modals: Modals, background: Background) -> None:
        self._desk = desk
        self._presses = presses
        self._cards = cards
        self._modals = modals
        self._background = background

    def table(self) -> Table:
        """Return what this surface answers."""
        storing = self._presses.storing
        return {
            (Kind.ACTION, ActionId.APPROVE_START): storing(WorkKind.DECIDE, Choice.APPROVE),
            (Kind.ACTION, ActionId.DENY_START): self._denying(storing(WorkKind.DECIDE, Choice.DENY)),
            (Kind.ACTION, ActionId.APPROVE_RESUME): storing(WorkKind.ANSWER, Choice.APPROVE),
            (Kind.ACTION, ActionId.DENY_RESUME): self._denying(storing(WorkKind.ANSWER, Choice.DENY)),
            (Kind.ACTION, ActionId.APPROVE_WITH_WORDS): self._asking(Choice.APPROVE),
            (Kind.ACTION, ActionId.DENY_WITH_WORDS): self._asking(Choice.DENY),
            (Kind.ACTION, ActionId.DETAILS): self.details,
            (Kind.ACTION, ActionId.WITHDRAW): storing(WorkKind.WITHDRAW),
            (Kind.SUBMISSION, ViewId.DECISION): self.submit,
        }

    def _denying(self, store: Handler) -> Handler:
        """Make a handler that stores a denial, and then asks why."""

        async def deny(pressed: Interaction) -> None:
            await store(pressed)
            self._background.spawn(self._ask_why(pressed, Choice.DENY, is_decided=True))

        return deny

    def _asking(self, choice: Choice) -> Handler:
        """Make a handler that asks for the words that go out with a decision."""

        async def ask(pressed: Interaction) -> None:
            self._background.spawn(self._ask_why(pressed, choice, is_decided=False))

        return ask

    async def _ask_why(self, pressed: Interaction, choice: Choice, *, is_decided: bool) -> None:
        """Open the modal for words, for somebody who may decide; where the press itself decides it tells the rest."""
        wanted = DecisionContext(
            question=_question(pressed),
            choice=choice.value,
            is_decided=is_decided,
            channel_id=pressed.channel_id,
        )
        try:
            run = await self._require_decider(pressed, is_decided=is_decided)
        except FixdeskError as refusal:
            if not is_decided:
                await self._refuse(pressed, refusal)
            return
        await self._modals.open(pressed.trigger_id, reason_view(run, wanted), pressed.response_url)

    async def _require_decider(self, pressed: Interaction, *, is_decided: bool) -> Run:
        """Return the run that somebody may decide on, or has just decided on; raise where not."""
        run, ordinal = await self._run_of(pressed)
        asked = asked_of(run, ordinal)
        if asked is None:
            raise NotFoundError(UNKNOWN_RUN)
        person = await self._desk.person(pressed.slack_id)
        ruling = may_decide(self._desk.policy, person, asked.deciders, run.requester)
        if not ruling.is_allowed:
            raise NotAllowedError(ruling.reason)
        is_theirs = is_decided and asked.verdict is not None and asked.verdict.slack_id == pressed.slack_id
        if not is_theirs and (not is_open(run, ordinal) or self._desk.clock() >= asked.expires_at):
            raise TooLateError(why_closed(asked))
        return run

    async def _run_of(self, pressed: Interaction) -> tuple[Run, int | None]:
        run_id, ordinal = split_question(_question(pressed))
        run = await self._desk.store.run(RunId(run_id))
        if run is None:
            raise NotFoundError(UNKNOWN_RUN)
        return run, ordinal

    async def submit(self, submission: Interaction) -> None:
        """Store what was written: as a reason for what was decided, or together with the decision."""
        wanted = load_decision(str(submission.view.get("private_metadata", "")))
        reason = reason_of(submission.view)
        if wanted is None or (wanted.is_decided and not reason):
            return
        run_id, ordinal = split_question(wanted.question)
        kind = WorkKind.EXPLAIN if wanted.is_decided else WorkKind.ANSWER
        about = {"run_id": run_id, "ordinal": ordinal, "reason": reason}
        presser = Presser(slack_id=submission.slack_id, channel_id=wanted.channel_id, ts="", pressed=submission.view_id)
        await self._presses.store(kind, presser, Choice(wanted.choice), about)

    async def details(self, pressed: Interaction) -> None:
        """Show everything that a decision is about to those who may take it, and to whoever asked."""
        self._background.spawn(self._show_details(pressed))

    async def _show_details(self, pressed: Interaction) -> None:
        try:
            view = await self._details(pressed)
        except FixdeskError as refusal:
            await self._refuse(pressed, refusal)
            return
        await self._modals.open(pressed.trigger_id, view, pressed.response_url)

    async def _refuse(self, pressed: Interaction, refusal: FixdeskError) -> None:
        """Tell why nothing came of a press, and record it where it was not allowed."""
        if isinstance(refusal, NotAllowedError | NotFoundError):
            about = {"run_id": split_question(_question(pressed))[0], "pressed": pressed.name}
            await self._desk.record_refusal(pressed.slack_id, "press.refused", about, str(refusal))
        await self._presses.refuse(pressed, str(refusal))

    async def _details(self, pressed: Interaction) -> Block:
        run, ordinal = await self._run_of(pressed)
        asked = asked_of(run, ordinal)
        person = await self._desk.person(pressed.slack_id)
        if pressed.slack_id != run.requester.slack_id:
            ruling = may_decide(self._desk.policy, person, asked.deciders if asked else (), run.requester)
            if not ruling.is_allowed:
                raise NotAllowedError(ruling.reason)
        workflow = self._desk.catalog.get(run.workflow.id)
        values = self._cards.shown_values(run)
        return details_view(run, workflow.description if workflow else "", values, fingerprint(run))

    async def decide(self, work: Work) -> datetime | None:
        """Work off a press that decides on a start."""
        return await self._taken(work, lambda: decide(*_pressed(work), desk=self._desk))

    async def answer(self, work: Work) -> datetime | None:
        """Work off a press that decides how a paused execution goes on."""
        run_id, slack_id, choice = _pressed(work)
        reason, ordinal = str(work.subject.get("reason", "")), int(work.subject["ordinal"] or 0)
        return await self._taken(
            work, lambda: answer(run_id, ordinal, slack_id, choice, desk=self._desk, reason=reason)
        )

    async def explain(self, work: Work) -> datetime | None:
        """Work off what was written beside a decision."""
        run_id, slack_id, _ = _pressed(work)
        ordinal, reason = work.subject["ordinal"], str(work.subject["reason"])
        return await self._taken(work, lambda: explain_decision(run_id, ordinal, slack_id, reason, desk=self._desk))

    async def withdraw(self, work: Work) -> datetime | None:
        """Work off a press by which somebody takes their request back."""
        run_id = RunId(work.subject["run_id"])
        return await self._taken(work, lambda: withdraw_run(run_id, work.subject["slack_id"], desk=self._desk))

    async def _taken(self, work: Work, step: Callable[[], Awaitable[Run]]) -> datetime | None:
        async def take() -> str:
            await step()
            return ""

        return await self._presses.taken(work, take)


def _question(pressed: Interaction) -> str:
    return str(pressed.action.get("value", ""))


def _pressed(work: Work) -> tuple[RunId, str, Choice]:
    """Return on what, who pressed, and which of the two."""
    return RunId(work.subject["run_id"]), work.subject["slack_id"], Choice(work.subject["choice"])
