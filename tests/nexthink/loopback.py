"""Servers on loopback for these tests: one that answers as told, and one that breaks connections as told."""

import asyncio
import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from aiohttp import web

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOKEN_PATH = "/oauth2/default/v1/token"
SECRET = "s3cret-of-the-client"


class Clock:
    """A clock that stands still until it is moved, or slept by."""

    def __init__(self) -> None:
        self.now = NOON
        self.pauses: list[float] = []

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move it."""
        self.now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Move it, without waiting, and write down by how much."""
        self.advance(seconds)
        self.pauses.append(seconds)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """What to answer: JSON, or bytes as they are."""

    payload: Any = None
    status: int = 200
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def response(self) -> web.Response:
        """Return it as a response."""
        body = self.payload if isinstance(self.payload, bytes) else json.dumps(self.payload).encode()
        return web.Response(body=body, status=self.status, headers=dict(self.headers))


class FakeTenant:
    """Both hosts of a tenant in one server: keeps what came, answers a path's replies in turn, the last for ever.

    A path that was told nothing gives a token.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.received: list[Received] = []
        self.most_at_once = 0
        self.is_open = asyncio.Event()
        self.is_open.set()
        self._came = asyncio.Condition()
        self._under_way = 0
        self.url = ""
        self._replies: dict[str, list[Reply]] = {}
        self._runner = web.AppRunner(self._app())

    def reply(self, path: str, *replies: Reply) -> None:
        """Set what a path answers."""
        self._replies[path] = list(replies)

    def calls(self, path: str) -> Sequence[Received]:
        """Return what came for a path."""
        return [request for request in self.received if request.path == path]

    async def wait_for(self, path: str, count: int) -> None:
        """Wait until so many requests came for a path."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.calls(path)) >= count)

    async def start(self) -> None:
        """Listen on a free port."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Listen no more."""
        self.is_open.set()
        await self._runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.received.append(
            Received(method=request.method, path=request.path, query=request.query, headers=request.headers, body=body)
        )
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        async with self._came:
            self._came.notify_all()
        await self.is_open.wait()
        self._under_way -= 1
        replies = self._replies.get(request.path) or [self._token(request.path)]
        return (replies.pop(0) if len(replies) > 1 else replies[0]).response()

    def _token(self, path: str) -> Reply:
        return Reply({"access_token": f"token-{len(self.calls(path))}", "token_type": "Bearer", "expires_in": 900})


class RawServer:
    """A server below HTTP: each request gets the next bytes; None cuts the connection, "" leaves it in silence."""

    def __init__(self, *replies: bytes | None, is_cutting: bool = False) -> None:
        self.requests: list[bytes] = []
        self.is_cutting = is_cutting
        """Whether the connection is cut after each reply."""
        self.connections = 0
        self.url = ""
        self._replies = list(replies)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (reply := await self._reply(reader)) is not None:
                writer.write(reply)
                await writer.drain()
                if self.is_cutting:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _reply(self, reader: asyncio.StreamReader) -> bytes | None:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
        self.requests.append(head + body)
        return self._replies.pop(0)


def http_ok(payload: Any) -> bytes:
    """Return a whole answer with JSON, the connection kept."""
    body = json.dumps(payload).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
