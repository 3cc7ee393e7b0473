"""The Socket Mode side of Slack: tickets, connections, envelopes and acks.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.slack.delivery.envelope import Envelope, Json, Kind, UndeliveredError
from bot.playground.slack.installation import Installation

MAX_CONNECTIONS = 10
"""https://docs.slack.dev/apis/events-api/using-socket-mode"""
CONNECTION_LIFE_SECONDS = 18_060
"""What Slack announces in its hello."""
WARNING_TIME = timedelta(seconds=10)
"""How long before a refresh Slack warns of it. https://docs.slack.dev/apis/events-api/using-socket-mode"""
RETRIES = (timedelta(seconds=4), timedelta(minutes=1), timedelta(minutes=5))
"""The first was seen after about four seconds."""
HOLD_TIME = timedelta(seconds=4)
"""How long a connection waits for Socket Mode to be on again. Slack's SDK comes back at once, and without a pause it
would soon have used up its calls of apps.connections.open."""
_CLOSE_SECONDS = 1.0
_RESPONDING = frozenset({"view_submission", "block_suggestion"})


@dataclass(slots=True, eq=False)
class _Connection:
    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    is_silent: bool = False
    """As behind a network that swallows everything: nothing goes out, no ping is answered."""

    @property
    def is_open(self) -> bool:
        return not self.socket.closed

    async def send(self, frame: Json) -> None:
        if not self.is_silent:
            await self.socket.send_json(frame)

    async def tell(self, reason: str) -> None:
        """Send a disconnect message; a connection that has just gone needs none."""
        with suppress(ConnectionError):
            await self.send(_disconnect(reason))

    async def end(self, reason: str) -> None:
        if self.is_silent:
            self.abort()
            return
        await self.tell(reason)
        await self.socket.close()

    def abort(self) -> None:
        """Cut the connection as a failing network does, without a closing word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class Sockets:
    """Sends each envelope to exactly one of the app's connections and waits for its ack."""

    name = "socket"
    retries = RETRIES
    timeout_reason = "timeout"

    def __init__(self, install: Installation) -> None:
        self._install = install
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._next = 0
        self._unacked: dict[str, list[asyncio.Future[Any]]] = {}
        self._on = asyncio.Event()
        self._on.set()

    @property
    def connections(self) -> int:
        """Count the connections that the app has open."""
        return len(self._connections)

    @property
    def is_on(self) -> bool:
        """Tell whether Socket Mode is on, so that connections are let in."""
        return self._on.is_set()

    def ticket(self) -> str:
        """Return a ticket for one connection."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection of the app until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="this ticket was used before or never existed")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=_CLOSE_SECONDS, autoping=False)
        await socket.prepare(request)
        connection = _Connection(socket, request.transport)
        if not await self._is_let_in():
            await connection.end("link_disabled")
        elif len(self._connections) >= MAX_CONNECTIONS:
            await connection.end("too_many_websockets")
        else:
            await self._serve(connection)
        return socket

    async def send(self, envelope: Envelope) -> Json:
        """Deliver over one connection and return what the ack carries."""
        connection = self._choose()
        if connection is None:
            raise UndeliveredError("dispatch_failed", "connection_failed")
        future = asyncio.get_running_loop().create_future()
        awaited = self._unacked.setdefault(envelope.id, [])
        awaited.append(future)
        try:
            async with asyncio.timeout(self._install.settings.ack_timeout.total_seconds()):
                await connection.send(_frame(envelope))
                payload = await future
        except TimeoutError:
            raise UndeliveredError("operation_timeout", self.timeout_reason) from None
        except ConnectionError:
            raise UndeliveredError("dispatch_failed", "connection_failed") from None
        finally:
            awaited.remove(future)
            if not awaited:
                self._unacked.pop(envelope.id, None)
        if not isinstance(payload, dict):
            raise UndeliveredError("dispatch_unknown_error", "unknown_error")
        return payload

    async def disconnect(self, reason: str | None = None) -> None:
        """Drop every connection: with a disconnect message of a reason, or cut without a word."""
        if reason is None:
            self._abort(self._connections)
        else:
            await asyncio.gather(*(connection.end(reason) for connection in self._connections))

    def cut(self) -> None:
        """Cut the oldest connection as a failing network does."""
        self._abort(self._connections[:1])

    def silence(self) -> None:
        """Let the oldest connection that speaks swallow everything from now on, without being closed."""
        for connection in [each for each in self._connections if not each.is_silent][:1]:
            connection.is_silent = True

    async def warn(self) -> None:
        """Tell the oldest connection that it will soon be refreshed."""
        for connection in self._connections[:1]:
            await connection.tell("warning")

    async def refresh(self) -> None:
        """Refresh the oldest connection as Slack does every few hours: a warning, ten seconds, the end."""
        for connection in self._connections[:1]:
            await connection.tell("warning")
            await self._install.clock.sleep(WARNING_TIME)
            if connection.is_open:
                await connection.end("refresh_requested")

    async def switch_off(self) -> None:
        """Switch Socket Mode off, as in the app's settings: nobody stays connected, nobody gets in."""
        self._on.clear()
        await self.disconnect("link_disabled")

    def switch_on(self) -> None:
        """Let connections in again."""
        self._on.set()

    def clear(self) -> None:
        """Let everything go well again: connections are let in, and those that were silent speak."""
        self.switch_on()
        for connection in self._connections:
            connection.is_silent = False

    async def close(self) -> None:
        """Close every connection, as a server that stops does; nobody waits any longer for an ack."""
        for future in [future for awaited in self._unacked.values() for future in awaited if not future.done()]:
            future.set_exception(UndeliveredError("dispatch_failed", "connection_failed"))
        self._abort(connection for connection in self._connections if connection.is_silent)
        await asyncio.gather(*(connection.socket.close() for connection in self._connections))

    def _abort(self, connections: Iterable[_Connection]) -> None:
        for connection in tuple(connections):
            connection.abort()

    async def _is_let_in(self) -> bool:
        """Tell whether Socket Mode is on; where it is off, after a while in which it may be switched on."""
        if self.is_on:
            return True
        waiting = [asyncio.ensure_future(self._on.wait()), asyncio.ensure_future(self._install.clock.sleep(HOLD_TIME))]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
        return self.is_on

    async def _serve(self, connection: _Connection) -> None:
        self._connections.append(connection)
        try:
            # It may have gone while it was held; then the loop below ends at once.
            with suppress(ConnectionError):
                await connection.send(self._hello())
            self._install.workspace.changes.announce()
            async for message in connection.socket:
                if connection.is_silent:
                    continue
                if message.type is WSMsgType.TEXT:
                    self._take_ack(message.data)
                elif message.type is WSMsgType.PING:
                    await connection.socket.pong(message.data)
        finally:
            self._connections.remove(connection)
            self._install.workspace.changes.announce()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._install.workspace.app.id},
            "debug_info": {"host": "local", "approximate_connection_time": CONNECTION_LIFE_SECONDS},
        }

    def _choose(self) -> _Connection | None:
        open_ones = [connection for connection in self._connections if connection.is_open]
        if not open_ones:
            return None
        self._next += 1
        return open_ones[self._next % len(open_ones)]

    def _take_ack(self, frame: str) -> None:
        try:
            ack = json.loads(frame)
        except ValueError:
            ack = {}
        awaited = self._unacked.get(str(ack.get("envelope_id")), []) if isinstance(ack, dict) else []
        future = next((future for future in awaited if not future.done()), None)
        if future is not None:
            future.set_result(ack.get("payload") or {})
            return
        # A late or repeated ack changes nothing on Slack's side, but somebody who watches should see it.
        wire = self._install.workspace.wire
        body = ack if isinstance(ack, dict) else {}
        wire.finish(wire.add(self._install.clock(), "from_app", "ack", "not awaited", body), None, ok=False)


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}


def _frame(envelope: Envelope) -> dict[str, Any]:
    responding = envelope.kind is Kind.COMMAND or envelope.payload.get("type") in _RESPONDING
    frame: Json = {
        "envelope_id": envelope.id,
        "type": envelope.kind,
        "accepts_response_payload": responding,
        "payload": envelope.payload,
    }
    if envelope.kind is Kind.EVENT:
        frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
    return frame
