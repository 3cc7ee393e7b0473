"""One WebSocket of Socket Mode, from its ticket to its end.

Slack's SDK has a client for this, which tries a used ticket for ever, closes a socket before it opens the next one, and
goes on after Slack has switched the app off. So this speaks the few frames itself.
See: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Self

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

PING_INTERVAL = 5.0
"""Seconds. A socket over which nothing comes any more is given up after one and a half of them."""
CONNECT_PATIENCE = 5.0
"""Seconds for the handshake and Slack's hello."""
ACK_PATIENCE = timedelta(seconds=3)
"""Slack waits no longer for an ack."""
MAX_FRAME = 8 << 20
SWITCHED_OFF = "link_disabled"
TOO_MANY = "too_many_websockets"

log = logging.getLogger(__name__)


class Socket:
    """An open connection. What comes over it is answered over it."""

    def __init__(self, app: AsyncApp, wire: aiohttp.ClientWebSocketResponse) -> None:
        self._app = app
        self._wire = wire
        self._answers: set[asyncio.Task[None]] = set()
        self.leaving = asyncio.Event()
        """Set when Slack is about to close it, or it is closed: time to open another."""
        self.reason = ""
        """Slack's word for why, empty where it said none."""

    @classmethod
    async def open(cls, app: AsyncApp, url: str) -> Self:
        """Open a socket with a ticket and wait for Slack's hello.

        Raises `aiohttp.ClientError`, `OSError` or `TimeoutError`; the ticket is used up then, too.
        """
        async with asyncio.timeout(CONNECT_PATIENCE):
            wire = await _session_of(app).ws_connect(
                url, heartbeat=PING_INTERVAL, proxy=app.client.proxy, max_msg_size=MAX_FRAME
            )
            socket = cls(app, wire)
            try:
                await socket._be_greeted()
            except BaseException:
                await wire.close()
                raise
        return socket

    async def _be_greeted(self) -> None:
        while not self.leaving.is_set():
            if (await self._receive()).get("type") == "hello":
                return
        raise aiohttp.ClientConnectionError("it was closed before its hello")

    @property
    def is_open(self) -> bool:
        """Whether a press would arrive: pings are answered, and Slack has not taken its leave."""
        return not self._wire.closed and not self.leaving.is_set()

    async def listen(self) -> None:
        """Answer what comes until the socket is closed."""
        while not self._wire.closed:
            frame = await self._receive()
            if "envelope_id" in frame and isinstance(frame.get("payload"), dict):
                self._spawn(frame)
        self.leaving.set()

    async def _receive(self) -> Mapping[str, Any]:
        """Return the next frame, an empty one for what is none; note it if Slack takes its leave."""
        message = await self._wire.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            if self._wire.closed:
                self.leaving.set()
            return {}
        with contextlib.suppress(ValueError):
            frame = json.loads(message.data)
            if isinstance(frame, dict):
                if frame.get("type") == "disconnect":
                    self.reason = str(frame.get("reason", ""))
                    self.leaving.set()
                return frame
        return {}

    def _spawn(self, envelope: Mapping[str, Any]) -> None:
        answer = asyncio.create_task(self._answer(envelope))
        self._answers.add(answer)
        answer.add_done_callback(self._answered)

    def _answered(self, answer: "asyncio.Task[None]") -> None:
        self._answers.discard(answer)
        if not answer.cancelled() and answer.exception() is not None:
            log.error("What came over a socket could not be answered", exc_info=answer.exception())

    async def _answer(self, envelope: Mapping[str, Any]) -> None:
        """Hand an envelope to Bolt, and ack it with what that returns; an error there means: no ack."""
        request = AsyncBoltRequest(body=envelope["payload"], mode="socket_mode", headers=_retry_headers(envelope))
        response = await self._app.async_dispatch(request)
        if response.status != HTTPStatus.OK:
            return
        ack: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if response.body:
            ack["payload"] = json.loads(response.body)
        try:
            await self._wire.send_json(ack)
        except (ConnectionError, RuntimeError):
            log.warning("A socket was closed before something could be acked; it was taken all the same")

    async def close(self) -> None:
        """Close it, once what came over it has been acked."""
        if self._answers:
            await asyncio.wait(self._answers, timeout=ACK_PATIENCE.total_seconds())
        self.leaving.set()
        await self._wire.close()


def _session_of(app: AsyncApp) -> aiohttp.ClientSession:
    session = app.client.session
    if session is None:
        raise RuntimeError("the client has a session of its own from the start")
    return session


def _retry_headers(envelope: Mapping[str, Any]) -> dict[str, str | Sequence[str]]:
    """Return what Slack says over HTTP of an event that it sends again."""
    if not envelope.get("retry_attempt"):
        return {}
    named = {"x-slack-retry-num": "retry_attempt", "x-slack-retry-reason": "retry_reason"}
    return {header: str(envelope.get(key, "")) for header, key in named.items()}
