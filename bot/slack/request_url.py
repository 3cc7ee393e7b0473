"""Slack over HTTP: one Request URL for commands, interactions, options and events.

A request is looked at only after its signature and its age.
See: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from aiohttp import ClientError, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from bot.usecases.ports import Clock

PATH = "/slack/events"
MAX_BODY = 2 << 20
"""Bytes. The largest is a view of 250 KB with its escapes, in a form."""
MAX_SSL_CHECK = 4 << 10
"""Bytes. All that is read of a request without a signature."""
MAX_AGE = 300
"""Seconds. https://docs.slack.dev/authentication/verifying-requests-from-slack"""
BODY_PATIENCE = 3.0
"""Seconds for a body to arrive; Slack itself waits no longer for the answer."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
"""A command has about fifteen."""

log = logging.getLogger(__name__)


class RequestUrl:
    """Answers Slack's requests; what is not Slack's is refused unread."""

    def __init__(self, signing_secret: str, clock: Clock) -> None:
        self._verifier = SignatureVerifier(signing_secret, _Now(clock))
        self._clock = clock
        self._app: AsyncApp | None = None
        self._told_at: datetime | None = None

    def routes(self) -> list[web.RouteDef]:
        """List what the web server serves of it."""
        return [web.post(PATH, self.receive)]

    async def listen(self, app: AsyncApp) -> None:
        """Hand what comes to the app from now on."""
        self._app = app

    async def check(self) -> tuple[str, Mapping[str, Any]]:
        """Tell whether a request would be answered now."""
        return "" if self._app else "requests are not taken yet", {"transport": "http"}

    async def refused(self) -> str:
        """Wait for ever: whatever Slack thinks of the app, it says by not sending anything."""
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return await never

    async def hang_up(self) -> None:
        """Refuse what comes from now on."""
        self._app = None

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one request."""
        claims = self._claims_to_be_slack(request.headers)
        body = await _read(request, MAX_BODY if claims else MAX_SSL_CHECK)
        if body is None and claims:
            return _refusal(413, "the body is too large, or came too slowly")
        if body is not None and _is_ssl_check(request, body):
            return web.Response()
        text = self._verified(request.headers, body) if claims and body is not None else None
        if text is None:
            self._tell()
            return _refusal(401, "invalid request")
        return await self._dispatch(request, text)

    async def _dispatch(self, request: web.Request, body: str) -> web.Response:
        if self._app is None:
            return _refusal(503, "not ready")
        try:
            payload = read_payload(body, request.content_type)
        except ValueError:
            return _refusal(400, "the body cannot be read")
        # Bolt takes a payload that was read already as from a socket: it was verified before, as one from there is.
        bolt_request = AsyncBoltRequest(body=payload, mode="socket_mode", headers=dict(request.headers))
        return await to_aiohttp_response(await self._app.async_dispatch(bolt_request))

    def _claims_to_be_slack(self, headers: Mapping[str, str]) -> bool:
        """Look at form and age alone, before a byte of the body is read."""
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(headers.get("X-Slack-Signature", "")):
            return False
        return abs(self._clock().timestamp() - int(timestamp)) <= MAX_AGE

    def _verified(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """Return the body as text if Slack has signed it."""
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return None
        timestamp, signature = headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"]
        return text if self._verifier.is_valid(text, timestamp, signature) else None

    def _tell(self) -> None:
        """Log a refusal, at most one a minute: anybody can send such requests. Nothing of them is repeated."""
        now = self._clock()
        if self._told_at is None or (now - self._told_at).total_seconds() > 60:  # noqa: PLR2004 - a minute
            self._told_at = now
            log.warning(
                "A request to %s was refused: not signed by Slack, or too old. If all are refused, look at"
                " SLACK_SIGNING_SECRET and at this machine's clock",
                PATH,
            )


def read_payload(body: str, content_type: str) -> dict[str, Any]:
    """Read what Slack sent: JSON for an event, a form for a command, a form with `payload` for the rest.

    Bolt would read it too, but it takes a command in which the word payload stands anywhere for an empty one. Raises
    `ValueError` for anything else.
    """
    if content_type != _FORM:
        return _read_json(body)
    fields = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    return fields if "command" in fields else _read_json(fields.get("payload", ""))


def _read_json(text: str) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(payload, dict) or not payload:
        raise ValueError("this is nothing that Slack sends")
    return payload


class _Now(SignatureClock):
    """The injected clock as the verifier wants it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


async def _read(request: web.Request, limit: int) -> bytes | None:
    """Read a body of at most so many bytes; None where it is longer or does not come in time."""
    if (request.content_length or 0) > limit:
        return None
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_PATIENCE):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    return None
    except (TimeoutError, ClientError, OSError):
        # It trickles, or whoever sends it has gone.
        return None
    return bytes(body)


def _is_ssl_check(request: web.Request, body: bytes) -> bool:
    """Tell whether Slack only looks at the certificate: such a request has no signature, and nothing is done for it.

    See: https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    if request.content_type != _FORM or len(body) > MAX_SSL_CHECK:
        return False
    return parse_qs(body.decode("utf-8", "replace")).get("ssl_check") == ["1"]


def _refusal(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
