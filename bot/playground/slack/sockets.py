"""The Socket Mode side of Slack: tickets, connections, envelopes and acks.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.slack.installation import Installation

MAX_CONNECTIONS = 10
"""https://docs.slack.dev/apis/events-api/using-socket-mode"""
CONNECTION_LIFE_SECONDS = 18_060
"""What Slack announces in its hello."""
_CLOSE_SECONDS = 1.0
_RESPONDING = frozenset({"view_submission", "block_suggestion"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the app took an envelope: acked, or not."""

    ok: bool
    error: str = ""
    payload: dict[str, Any] | None = None
    ms: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Connection:
    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None

    def abort(self) -> None:
        """Cut the connection as a failing network does, without a closing word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class Sockets:
    """Sends each envelope to exactly one of the app's connections and waits for its ack."""

    def __init__(self, install: Installation) -> None:
        self._install = install
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._next = 0
        self._unacked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._duplicates = 0

    @property
    def is_connected(self) -> bool:
        """Say whether the app has a connection open."""
        return bool(self._connections)

    @property
    def count(self) -> int:
        """Return how many connections the app has open."""
        return len(self._connections)

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
        socket = web.WebSocketResponse(timeout=_CLOSE_SECONDS)
        await socket.prepare(request)
        if len(self._connections) >= MAX_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await self._serve(_Connection(socket, request.transport))
        return socket

    async def deliver(self, kind: str, summary: str, payload: Mapping[str, Any]) -> Delivery:
        """Send an envelope and wait for its ack, as long as Slack waits."""
        install = self._install
        started = time.perf_counter()
        seq = install.workspace.wire.add(install.clock(), "to_app", kind, summary, payload)
        delivery = await self._send_and_wait(_envelope(kind, payload), started)
        install.workspace.wire.finish(seq, delivery.ms, ok=delivery.ok, more=_ending(delivery))
        if delivery.ok:
            body = {"payload": delivery.payload} if delivery.payload else {}
            done = install.workspace.wire.add(install.clock(), "from_app", "ack", summary, body)
            install.workspace.wire.finish(done, delivery.ms, ok=True)
        return delivery

    async def disconnect(self, reason: str | None = None) -> None:
        """Drop every connection: with a disconnect message, or without a word."""
        for connection in tuple(self._connections):
            if reason is None:
                connection.abort()
            else:
                await connection.socket.send_json({"type": "disconnect", "reason": reason})
                await connection.socket.close()

    async def close(self) -> None:
        """Close every connection, as a server that stops does."""
        for connection in tuple(self._connections):
            await connection.socket.close()

    def duplicate_next(self, times: int = 1) -> None:
        """Send each of the next envelopes twice."""
        self._duplicates += times

    async def _serve(self, connection: _Connection) -> None:
        self._connections.append(connection)
        try:
            await connection.socket.send_json(self._hello())
            self._install.workspace.changes.announce()
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    self._take_ack(message.data)
        finally:
            self._connections.remove(connection)
            self._install.workspace.changes.announce()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._install.workspace.app.id},
            "debug_info": {"host": "local", "approximate_connection_time": CONNECTION_LIFE_SECONDS},
        }

    async def _send_and_wait(self, envelope: Mapping[str, Any], started: float) -> Delivery:
        socket = self._choose()
        if socket is None:
            return Delivery(ok=False, error="dispatch_failed")
        future = asyncio.get_running_loop().create_future()
        self._unacked[envelope["envelope_id"]] = future
        try:
            async with asyncio.timeout(self._install.settings.ack_timeout.total_seconds()):
                await self._send(socket, envelope)
                payload = await future
        except TimeoutError:
            return Delivery(ok=False, error="operation_timeout", ms=_since(started))
        except ConnectionError:
            return Delivery(ok=False, error="dispatch_failed", ms=_since(started))
        finally:
            del self._unacked[envelope["envelope_id"]]
        return Delivery(ok=True, payload=payload, ms=_since(started))

    async def _send(self, socket: web.WebSocketResponse, envelope: Mapping[str, Any]) -> None:
        await socket.send_json(envelope)
        if self._duplicates:
            self._duplicates -= 1
            again = self._choose() or socket
            await again.send_json(envelope)

    def _choose(self) -> web.WebSocketResponse | None:
        open_ones = [connection.socket for connection in self._connections if not connection.socket.closed]
        if not open_ones:
            return None
        self._next += 1
        return open_ones[self._next % len(open_ones)]

    def _take_ack(self, frame: str) -> None:
        try:
            ack = json.loads(frame)
        except ValueError:
            ack = {}
        future = self._unacked.get(str(ack.get("envelope_id"))) if isinstance(ack, dict) else None
        if future is not None and not future.done():
            future.set_result(ack.get("payload") or {})
            return
        # A late or repeated ack changes nothing on Slack's side, but somebody who watches should see it.
        wire = self._install.workspace.wire
        body = ack if isinstance(ack, dict) else {}
        wire.finish(wire.add(self._install.clock(), "from_app", "ack", "not awaited", body), None, ok=False)


def _envelope(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    responding = kind == "slash_commands" or payload.get("type") in _RESPONDING
    envelope = {
        "envelope_id": str(uuid.uuid4()),
        "type": kind,
        "accepts_response_payload": responding,
        "payload": payload,
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": 0, "retry_reason": ""}
    return envelope


def _ending(delivery: Delivery) -> dict[str, Any]:
    return {} if delivery.ok else {"error": delivery.error}


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
