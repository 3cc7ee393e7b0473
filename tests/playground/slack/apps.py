"""Apps without Bolt, which hear what Slack sends and answer as a test tells them."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.changes import Changes
from bot.playground.slack.delivery.request_url import FORM, JSON
from bot.playground.slack.server import LocalSlack

Json = dict[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that reached the app."""

    payload: Json
    attempt: int = 0
    reason: str = ""
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class App:
    """What both kinds of app have in common."""

    transport = ""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.acks = True
        self.answers: Json = {}
        """What its acks carry."""
        self.changes = Changes()

    async def has_heard(self, count: int) -> None:
        """Wait until that much has reached it."""
        await self.changes.until(
            lambda: len(self.heard) >= count or None, 5, lambda: f"{len(self.heard)} of {count} have arrived"
        )

    def hear(self, heard: Heard) -> None:
        """Keep what came."""
        self.heard.append(heard)
        self.changes.announce()


class SocketApp(App):
    """One connection over Socket Mode."""

    transport = "socket"

    def __init__(self, slack: LocalSlack, *, waits: bool = True) -> None:
        super().__init__()
        self.hello: Json = {}
        self.farewells: list[Json] = []
        self._slack = slack
        self._waits = waits
        self._open = AsyncExitStack()
        self._ended = False

    async def __aenter__(self) -> Self:
        """Connect, and wait for the hello."""
        client = AsyncWebClient(base_url=self._slack.api_url)
        url = str((await client.apps_connections_open(app_token=self._slack.app_token))["url"])
        session = await self._open.enter_async_context(aiohttp.ClientSession())
        socket = await self._open.enter_async_context(session.ws_connect(url))
        listening = asyncio.create_task(self._listen(socket))
        self._open.push_async_callback(asyncio.wait, [listening])
        self._open.push_async_callback(socket.close)
        if self._waits:
            await self.changes.until(lambda: self.hello or None, 5, lambda: "there was no hello")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection."""
        await self._open.aclose()

    async def has_been_told(self, count: int) -> None:
        """Wait for that many disconnect messages."""
        await self.changes.until(lambda: len(self.farewells) >= count or None, 5, lambda: "nothing was said")

    async def has_ended(self) -> None:
        """Wait until Slack has closed or cut the connection."""
        await self.changes.until(lambda: self._ended or None, 5, lambda: "the connection is still open")

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = message.json()
            if frame["type"] == "hello":
                self.hello = frame
            elif frame["type"] == "disconnect":
                self.farewells.append(frame)
            else:
                self.hear(Heard(frame["payload"], frame.get("retry_attempt", 0), frame.get("retry_reason", "")))
                if self.acks:
                    await socket.send_json({"envelope_id": frame["envelope_id"], "payload": self.answers})
            self.changes.announce()
        self._ended = True
        self.changes.announce()


class HTTPApp(App):
    """A server behind a Request URL."""

    transport = "http"

    def __init__(self) -> None:
        super().__init__()
        self.script: deque[Answer] = deque()
        """Answers to the next requests, before all go well."""
        self.challenge_type = JSON
        application = web.Application()
        application.router.add_post("/slack/events", self._take)
        self._runner = web.AppRunner(application, shutdown_timeout=0.01)

    @property
    def url(self) -> str:
        """Where it takes requests."""
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        await self.stop()

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        heard = _heard(await request.text(), request.headers)
        self.hear(heard)
        if self.script:
            return await self.script.popleft()(request)
        if heard.payload.get("type") == "url_verification":
            return _challenge(heard.payload["challenge"], self.challenge_type)
        return await (answered(json.dumps(self.answers), JSON) if self.acks else hanging)(request)


def answered(text: str = "", content_type: str = "text/plain", **how: Any) -> Answer:
    """Answer with a body, a status, headers."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type=content_type, **how)

    return answer


def in_pieces(*pieces: str) -> Answer:
    """Answer with a JSON body that comes bit by bit, as it does over a network."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": JSON})
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece.encode())
            await asyncio.sleep(0.01)
        return response

    return answer


async def hanging(_: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError


async def cut(request: web.Request) -> web.StreamResponse:
    """Cut the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _challenge(challenge: str, content_type: str) -> web.Response:
    text = json.dumps({"challenge": challenge}) if content_type == JSON else challenge
    return web.Response(text=text, content_type=content_type)


def _heard(body: str, headers: Mapping[str, str]) -> Heard:
    if headers["Content-Type"] == FORM:
        form = dict(parse_qsl(body, keep_blank_values=True))
        payload = json.loads(form["payload"]) if "payload" in form else form
    else:
        payload = json.loads(body)
    attempt, reason = headers.get("X-Slack-Retry-Num", "0"), headers.get("X-Slack-Retry-Reason", "")
    return Heard(payload, int(attempt), reason, body, dict(headers))
