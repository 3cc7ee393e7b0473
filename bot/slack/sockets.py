"""Slack over Socket Mode: two sockets, the next one of each opened before the last is gone.

Two, because each payload goes to one that is open, and a press that meets none is lost.
See: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_bolt.app.async_app import AsyncApp

from bot.slack.calls import Outcome, attempt
from bot.slack.socket import SWITCHED_OFF, TOO_MANY, Socket

SOCKETS = 2
GRACE = timedelta(seconds=12)
"""How long a socket that Slack is about to close is still listened to; it warns ten seconds before."""
SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between tries to open one."""
SHORT_LIFE = timedelta(seconds=5)
"""One that lived no longer is not opened anew at once: that would soon use up the calls for tickets."""
REFUSED = "SLACK_APP_TOKEN: Slack does not let fixdesk open a socket any more ({why}); look at the app's settings"
PERMANENT = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "forbidden_team"),
        *("not_allowed_token_type", "no_permission", "missing_scope", "app_uninstalled", SWITCHED_OFF),
    }
)
"""What no further try mends."""

log = logging.getLogger(__name__)


class Sockets:
    """The sockets to Slack."""

    def __init__(self, app_token: str) -> None:
        self._app_token = app_token
        self._open: set[Socket] = set()
        self._keepers: list[asyncio.Task[None]] = []
        self._leaving: set[asyncio.Task[None]] = set()
        self._refusal: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._is_first_open = asyncio.Event()

    async def listen(self, app: AsyncApp) -> None:
        """Open the sockets and hand what comes over them to the app; the first is open on return, or refused."""
        self._keepers = [asyncio.create_task(self._keep_one(app)) for _ in range(SOCKETS)]
        opened = asyncio.create_task(self._is_first_open.wait())
        either: set[asyncio.Future[Any]] = {opened, self._refusal}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()

    async def refused(self) -> str:
        """Wait until Slack refuses for good, and return the sentence for it."""
        return REFUSED.format(why=await asyncio.shield(self._refusal))

    async def check(self) -> tuple[str, Mapping[str, Any]]:
        """Count the sockets over which a press would arrive now."""
        count = sum(socket.is_open for socket in self._open)
        return "" if count else "no socket to Slack is open", {"transport": "socket", "sockets": count}

    async def hang_up(self) -> None:
        """Close the sockets: nothing more arrives. The Web API stays."""
        for task in (*self._keepers, *self._leaving):
            task.cancel()
        await asyncio.gather(*self._keepers, *self._leaving, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._open))
        self._open.clear()
        self._refusal.cancel()

    async def _keep_one(self, app: AsyncApp) -> None:
        """Keep one socket open for ever: another is opened as soon as Slack takes its leave over the last."""
        pause = 0.0
        while not self._refusal.done():
            await asyncio.sleep(pause)
            socket = await self._opened(app)
            if socket is None:
                return
            began = asyncio.get_running_loop().time()
            self._open.add(socket)
            self._is_first_open.set()
            listening = asyncio.create_task(socket.listen())
            try:
                await socket.leaving.wait()
                if socket.reason in PERMANENT:
                    self._refuse(socket.reason)
                if socket.reason == TOO_MANY:
                    await socket.close()
            finally:
                self._say_goodbye(socket, listening)
            lived = asyncio.get_running_loop().time() - began
            pause = 0.0 if lived >= SHORT_LIFE.total_seconds() else min(max(pause * 2, SHORTEST_PAUSE), LONGEST_PAUSE)

    def _say_goodbye(self, socket: Socket, listening: "asyncio.Task[None]") -> None:
        """Listen on until Slack closes a socket, for what it still sends over it."""
        task = asyncio.create_task(self._see_off(socket, listening))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _see_off(self, socket: Socket, listening: "asyncio.Task[None]") -> None:
        try:
            await asyncio.wait({listening}, timeout=GRACE.total_seconds())
        finally:
            listening.cancel()
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await socket.close()
            self._open.discard(socket)

    async def _opened(self, app: AsyncApp) -> Socket | None:
        """Open a socket, each time with a new ticket, until it is open; None where Slack refuses for good."""
        pause, has_told = SHORTEST_PAUSE, False
        while not self._refusal.done():
            ticket = await self._ticket(app)
            if ticket.refusal in PERMANENT:
                self._refuse(ticket.refusal)
                break
            trouble = ticket.failure
            if ticket.answer is not None:
                try:
                    return await Socket.open(app, str(ticket.answer["url"]))
                except (aiohttp.ClientError, OSError, TimeoutError) as error:
                    trouble = type(error).__name__
            if not has_told:
                log.warning("A socket to Slack could not be opened (%s); trying again, each time anew", trouble)
                has_told = True
            await asyncio.sleep(max(pause, ticket.pause.total_seconds() if ticket.pause else 0.0))
            pause = min(pause * 2, LONGEST_PAUSE)
        return None

    async def _ticket(self, app: AsyncApp) -> Outcome:
        headers = {"Authorization": f"Bearer {self._app_token}"}
        return await attempt(lambda: app.client.api_call("apps.connections.open", headers=headers))

    def _refuse(self, why: str) -> None:
        if not self._refusal.done():
            log.error("Slack does not let fixdesk open a socket any more (%s)", why)
            self._refusal.set_result(why)
