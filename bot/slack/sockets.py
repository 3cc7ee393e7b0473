"""Slack over Socket Mode: two sockets, each with a new ticket whenever one did not work.

Two, because Slack refreshes each of them now and then, and a press that meets none is lost.
See: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

SOCKETS = 2
PING_INTERVAL = 5.0
"""Seconds. A half-open socket is noticed after four of them."""
CONNECT_PATIENCE = 5.0
"""Seconds for a socket's handshake, then a new ticket is asked for: the SDK itself tries a used one for ever."""

log = logging.getLogger(__name__)


class Sockets:
    """The sockets to Slack."""

    def __init__(self, app_token: str) -> None:
        self._app_token = app_token
        self._handlers: list[AsyncSocketModeHandler] = []
        self._connecting: list[asyncio.Task[None]] = []

    async def listen(self, app: AsyncApp) -> None:
        """Open the sockets and hand what comes over them to the app; the first is open on return."""
        for _ in range(SOCKETS):
            handler = AsyncSocketModeHandler(app, self._app_token, ping_interval=PING_INTERVAL)
            handler.client.proxy = app.client.proxy
            self._handlers.append(handler)
        self._connecting = [asyncio.create_task(_connect(handler)) for handler in self._handlers]
        await asyncio.wait(self._connecting, return_when=asyncio.FIRST_COMPLETED)

    async def check(self) -> tuple[str, Mapping[str, Any]]:
        """Count the sockets over which a press would arrive now."""
        count = sum([await handler.client.is_connected() for handler in self._handlers])
        return "" if count else "no socket to Slack is open", {"transport": "socket", "sockets": count}

    async def hang_up(self) -> None:
        """Close the sockets: nothing more arrives. The Web API stays."""
        for connecting in self._connecting:
            connecting.cancel()
        await asyncio.gather(*self._connecting, return_exceptions=True)
        for handler in self._handlers:
            handler.client.auto_reconnect_enabled = False
            await handler.close_async()


async def _connect(handler: AsyncSocketModeHandler) -> None:
    """Open one socket, with a new ticket whenever one did not work."""
    while True:
        try:
            async with asyncio.timeout(CONNECT_PATIENCE):
                await handler.connect_async()
        except TimeoutError:
            log.warning("A socket to Slack could not be opened; trying again with a new ticket")
            handler.client.wss_uri = None
        else:
            return
