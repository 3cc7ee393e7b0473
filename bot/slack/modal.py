"""One modal, from its opening to its form: opened at once, filled when the facts are there, errors shown inside it."""

import itertools
import logging
from collections.abc import Awaitable, Callable

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks.run import notice_view
from bot.slack.blocks.text import Block, fallback
from bot.slack.calls import Outcome, attempt, attempt_repeatable, respond
from bot.slack.errors import sentence_of

CLOSED_MEANWHILE = frozenset({"not_found", "view_not_found"})
TOO_LATE = "Slack gave up waiting before the window could open. Please try again."

log = logging.getLogger(__name__)


class Modals:
    """Opens and fills modals; of two fillings of one modal the later choice wins."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._turns = itertools.count()
        self._turn: dict[str, int] = {}

    async def open(self, trigger_id: str, view: Block, response_url: str) -> str:
        """Open a modal and return its id, empty where Slack did not; the person is told by the command's answer."""
        # Once: a trigger works once, and lives for three seconds.
        outcome = await attempt(lambda: self._client.views_open(trigger_id=trigger_id, view=view))
        if outcome.answer is None:
            log.warning("A modal could not be opened: %s", outcome.failure)
            await respond(self._client, response_url, {"text": fallback(TOO_LATE)})
            return ""
        return str((outcome.answer.get("view") or {}).get("id", ""))

    async def fill(self, view_id: str, make: Callable[[], Awaitable[Block]]) -> None:
        """Show what `make` returns, or the sentence of the error that it raises, unless a later choice came first."""
        turn = self._turn[view_id] = next(self._turns)
        try:
            try:
                view = await make()
            except Exception as error:  # noqa: BLE001 - the surface's one handler: known → its sentence, unknown → the log
                view = notice_view(sentence_of(error, "filling a modal"))
            if self._turn.get(view_id) == turn:
                await self._show(view_id, view)
        finally:
            if self._turn.get(view_id) == turn:
                del self._turn[view_id]

    async def _show(self, view_id: str, view: Block) -> None:
        """Replace what the modal shows; where Slack does not take the view, at least say so."""
        outcome = await self._update(view_id, view)
        if outcome.answer is None and outcome.refusal not in CLOSED_MEANWHILE:
            fault = RuntimeError(f"views.update: {outcome.failure}")
            await self._update(view_id, notice_view(sentence_of(fault, "filling a modal")))

    async def _update(self, view_id: str, view: Block) -> Outcome:
        return await attempt_repeatable(lambda: self._client.views_update(view_id=view_id, view=view))
