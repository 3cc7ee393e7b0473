"""One modal, from its opening to its form: opened at once, filled when the facts are there, errors shown inside it."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.blocks.run import notice_view
from bot.slack.blocks.text import Block, fallback
from bot.slack.errors import CONNECTION_ERRORS, sentence_of

DEAD_TRIGGERS = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})
CLOSED_MEANWHILE = frozenset({"not_found", "view_not_found"})
TOO_LATE = "Slack gave up waiting before the window could open. Please try again."

log = logging.getLogger(__name__)


class Modals:
    """Opens and fills modals; of two fillings of one modal the later choice wins."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._turn: dict[str, int] = {}

    async def open(self, trigger_id: str, view: Block, response_url: str) -> str:
        """Open a modal and return its id, empty where Slack did not; the person is told by the command's answer."""
        try:
            answer = await self._client.views_open(trigger_id=trigger_id, view=view)
        except (SlackApiError, *CONNECTION_ERRORS) as error:
            log.warning("A modal could not be opened: %s", error_code(error))
            await self._tell(response_url)
            return ""
        return str((answer.get("view") or {}).get("id", ""))

    async def fill(self, view_id: str, make: Callable[[], Awaitable[Block]]) -> None:
        """Show what `make` returns, or the sentence of the error that it raises, unless a later choice came first."""
        turn = self._turn[view_id] = self._turn.get(view_id, 0) + 1
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
        try:
            await self._client.views_update(view_id=view_id, view=view)
        except (SlackApiError, *CONNECTION_ERRORS) as error:
            if error_code(error) not in CLOSED_MEANWHILE:
                log.exception("A modal could not be filled")

    async def _tell(self, response_url: str) -> None:
        if not response_url:
            return
        webhook = AsyncWebhookClient(response_url, session=self._client.session, timeout=5, retry_handlers=[])
        webhook.proxy = self._client.proxy
        try:
            await webhook.send(text=fallback(TOO_LATE), response_type="ephemeral")
        except CONNECTION_ERRORS:
            log.warning("Nor could the person be told")


def error_code(error: Exception) -> str:
    """Return Slack's word for an error, or the kind of failure where no answer came."""
    if isinstance(error, SlackApiError):
        data: Any = error.response.data if hasattr(error.response, "data") else error.response
        return str(data.get("error", "")) if isinstance(data, dict) else "unreadable answer"
    return type(error).__name__
