"""The HTTP side of Slack: signed requests to the app's Request URL.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.playground.slack.delivery.envelope import Envelope, Json, Kind, UndeliveredError
from bot.playground.slack.installation import Installation

RETRIES = (timedelta(), timedelta(minutes=1), timedelta(minutes=5))
"""At once, after a minute, after five. https://docs.slack.dev/apis/events-api/"""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
NO_RETRY = "x-slack-no-retry"
_ROBOT = "Slackbot 1.0 (+https://api.slack.com/robots)"
MAX_ANSWER = 1 << 20
"""Bytes of an answer that are read; a list of options, the largest of them, is far below."""


class RequestUrl:
    """Sends each payload as one signed POST; the answer is the ack."""

    name = "http"
    retries = RETRIES
    timeout_reason = "http_timeout"

    def __init__(self, install: Installation) -> None:
        self._install = install
        self._session: aiohttp.ClientSession | None = None
        self.url = ""
        """Where the app listens; empty until an address has answered the challenge."""

    @property
    def connections(self) -> int:
        """Return 1 where an address is known, else 0: HTTP keeps no connection open."""
        return 1 if self.url else 0

    async def verify(self, url: str) -> None:
        """Send Slack's challenge to an address and keep it if it answers; raise `UndeliveredError` if not.

        https://docs.slack.dev/reference/events/url_verification
        """
        challenge = secrets.token_urlsafe(32)
        asked = {"token": "verification", "challenge": challenge, "type": "url_verification"}
        answer = await self._post(url, json.dumps(asked), JSON, {})
        if answer.get("challenge", answer.get("text")) != challenge:
            raise UndeliveredError("challenge_failed", "http_error", facts={"answer": answer})
        self.url = url

    async def check_ssl(self, url: str) -> None:
        """Send the request, unsigned, with which Slack looks at a certificate; raise `UndeliveredError` if refused.

        https://docs.slack.dev/interactivity/implementing-slash-commands
        """
        await self._send(url, urlencode({"ssl_check": "1", "token": "verification"}), {"Content-Type": FORM})

    async def send(self, envelope: Envelope) -> Json:
        """Deliver and return what the answer carries."""
        if not self.url:
            raise UndeliveredError("dispatch_failed", "connection_failed")
        body, content_type = encode(envelope)
        retried = {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": envelope.reason}
        return await self._post(self.url, body, content_type, retried if envelope.attempt else {})

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, url: str, body: str, content_type: str, headers: Mapping[str, str]) -> Json:
        timestamp = str(int(self._install.clock().timestamp()))
        verifier = SignatureVerifier(self._install.settings.signing_secret)
        signature = verifier.generate_signature(timestamp=timestamp, body=body)
        signed = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": str(signature)}
        return await self._send(url, body, {"Content-Type": content_type, **signed, **headers})

    async def _send(self, url: str, body: str, headers: Mapping[str, str]) -> Json:
        if self._session is None:
            # A connection of its own for each request: a bot that has just restarted must not meet an old one.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        timeout = aiohttp.ClientTimeout(total=self._install.settings.ack_timeout.total_seconds())
        sent = {"User-Agent": _ROBOT, "Accept": f"{JSON},*/*", **headers}
        try:
            async with self._session.post(
                url, data=body.encode(), headers=sent, timeout=timeout, allow_redirects=False
            ) as response:
                return await _read(response)
        except TimeoutError:
            raise UndeliveredError("operation_timeout", self.timeout_reason) from None
        except (aiohttp.ClientError, OSError):
            raise UndeliveredError("dispatch_failed", "connection_failed") from None


def encode(envelope: Envelope) -> tuple[str, str]:
    """Return the body and content type: fields of a form for a command, `payload` in a form, JSON for an event."""
    if envelope.kind is Kind.EVENT:
        return json.dumps(envelope.payload), JSON
    if envelope.kind is Kind.COMMAND:
        return urlencode({key: str(value) for key, value in envelope.payload.items()}), FORM
    return urlencode({"payload": json.dumps(envelope.payload)}), FORM


async def _read(response: aiohttp.ClientResponse) -> Json:
    body = await _whole(response)
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _refused("http_service_unavailable", response)
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise _refused("dispatch_unknown_error", response)
    if len(body) > MAX_ANSWER:
        raise _refused("dispatch_unknown_error", response)
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return {}
    if response.content_type != JSON:
        return {"text": text}
    try:
        answer: Any = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise _refused("dispatch_unknown_error", response)
    return answer


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """Read a body up to just beyond the limit; it comes in as many pieces as the network makes of it."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MAX_ANSWER:
            break
    return bytes(body)


def _refused(error: str, response: aiohttp.ClientResponse) -> UndeliveredError:
    may_retry = response.headers.get(NO_RETRY) != "1"
    return UndeliveredError(error, "http_error", may_retry=may_retry, facts={"status": response.status})
