"""One lookup for every command, press, option request and submission.

Each surface gives its table `{(kind, name): handler}`. A handler answers in the ack (options, errors of a form) or
stores or spawns what is to be done and returns None; it never waits for Slack or Nexthink, for the ack leaves when it
returns.
What no table knows is answered by a fallback of its kind, so that nobody is left without a word.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.interaction import JSON, Interaction, Kind, read_interaction

Handler = Callable[[Interaction], Awaitable[JSON | None]]
"""Returns what the ack carries, None for an empty one. What it raises means: no ack, and Slack warns the person."""

Table = Mapping[tuple[Kind, str], Handler]

log = logging.getLogger(__name__)


class Dispatcher(AsyncMiddleware):
    """Answers every request of Slack's; set behind Bolt's own checks, it lets nothing through to listeners."""

    def __init__(self, *tables: Table, fallbacks: Mapping[Kind, Handler]) -> None:
        self._handlers = {key: handler for table in tables for key, handler in table.items()}
        self._fallbacks = fallbacks
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002 - Bolt's signature
    ) -> BoltResponse:
        """Answer one request."""
        interaction = read_interaction(req.body)
        self._under_way += 1
        self._idle.clear()
        try:
            answer = await self._handler(interaction)(interaction)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
        if answer is None:
            return BoltResponse(status=200, body="")
        return BoltResponse(status=200, body=json.dumps(answer), headers={"Content-Type": "application/json"})

    async def drain(self, patience: timedelta) -> None:
        """Wait until every request that came in has its answer, as long as patience lasts."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience.total_seconds()):
                await self._idle.wait()

    def _handler(self, interaction: Interaction) -> Handler:
        handler = self._handlers.get((interaction.kind, interaction.name))
        if handler is not None:
            return handler
        if interaction.kind is not Kind.EVENT:
            log.info("No handler for %s %r", interaction.kind.value, interaction.name)
        return self._fallbacks.get(interaction.kind, _nothing)


async def _nothing(_: Interaction) -> dict[str, Any] | None:
    return None
