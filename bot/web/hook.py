"""`/hooks/nexthink/waiting`: a workflow says that it waits. Anybody may call it; only who knows the secret is heard."""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain.errors import InvalidInputError, StoreError
from bot.domain.signal import Signal, SignalOutcome, read_signal

PATH = "/hooks/nexthink/waiting"
MOST_BYTES = 16 * 1024
PATIENCE = 5.0
"""Seconds. Nexthink waits 10 for an answer. See: https://docs.nexthink.com/platform/user-guide/workflows"""
_STATUSES = {
    SignalOutcome.ACCEPTED: 202,
    SignalOutcome.REPEATED: 200,
    SignalOutcome.UNKNOWN: 404,
    SignalOutcome.AMBIGUOUS: 409,
    SignalOutcome.NOT_EXPECTED: 409,
    SignalOutcome.NOT_READY: 503,
}
_MENDS = {
    SignalOutcome.UNKNOWN: "fixdesk did not start it; send execution_id together with workflow_id.",
    SignalOutcome.AMBIGUOUS: "The run has several executions; send execution_id as well.",
    SignalOutcome.NOT_READY: "Send it again in a minute.",
    SignalOutcome.NOT_EXPECTED: "It has ended, or its rule in the policy does not say `ask: on_signal`.",
}

log = logging.getLogger(__name__)


class Hook:
    """The one address; it takes nothing before `take` is set, for the bot is starting then."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.take: Callable[[Signal], Awaitable[SignalOutcome]] | None = None

    def routes(self) -> list[web.RouteDef]:
        """List what the web server serves of it."""
        return [web.post(PATH, self._waiting)]

    async def _waiting(self, request: web.Request) -> web.Response:
        if not self._is_authorized(request):
            return _refused(401, "Send the secret: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._answer(request)
        except (StoreError, TimeoutError):
            log.exception("A signal could not be kept")
            return _refused(503, "It could not be kept; send it again.", {"Retry-After": "5"})

    def _is_authorized(self, request: web.Request) -> bool:
        headers = request.headers.getall("Authorization", [])
        scheme, _, token = (headers[0] if len(headers) == 1 else "").partition(" ")
        is_known = hmac.compare_digest(token.strip().encode("utf-8", "surrogateescape"), self._secret)
        return is_known and scheme.casefold() == "bearer"

    async def _answer(self, request: web.Request) -> web.Response:
        body = await _limited(request)
        if body is None:
            return _refused(413, f"Send at most {MOST_BYTES} bytes.")
        try:
            signal = read_signal(json.loads(body))
        except InvalidInputError as error:
            return web.json_response({"error": str(error), "fields": error.fields}, status=400)
        except (ValueError, RecursionError):
            return _refused(400, "Send a JSON object in UTF-8.")
        return await self._take(signal)

    async def _take(self, signal: Signal) -> web.Response:
        if self.take is None:
            return _refused(503, "fixdesk is starting; send it again.", {"Retry-After": "5"})
        outcome = await self.take(signal)
        log.info("Signal about %s: %s", signal.execution_id or signal.correlation_id, outcome.value)
        if outcome in _MENDS:
            return _refused(_STATUSES[outcome], f"{outcome.value[:1].upper()}{outcome.value[1:]}. {_MENDS[outcome]}")
        return web.json_response({"status": outcome.value}, status=_STATUSES[outcome])


async def _limited(request: web.Request) -> bytes | None:
    """Read a body that is not too long, never more than that."""
    body = bytearray()
    async for part in request.content.iter_chunked(4096):
        body += part
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": sentence}, status=status, headers=headers)
