"""One HTTP exchange: faults first, then the token and the permission, then the endpoint, then its refusals as JSON."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from bot.playground.nexthink.fault import Effect, Endpoint, Fault, Faults
from bot.playground.nexthink.login import Tokens
from bot.playground.nexthink.refusal import (
    INVALID_NQL_CODE,
    MalformedError,
    NQLRefusalError,
    RefusalError,
    WorkflowRefusalError,
)
from bot.playground.nexthink.settings import Switches

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NO_PERMISSION_CODE = 102
"""Made up, as the codes in `refusal`."""


class Exchange:
    """Wraps handlers of endpoints with all that they have in common."""

    def __init__(self, tokens: Tokens, faults: Faults, switches: Switches) -> None:
        self._tokens = tokens
        self._faults = faults
        self._switches = switches
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let go of the requests that wait: those that hang are cut, those that are slow are answered."""
        self._released.set()
        self._released = asyncio.Event()

    def wrap(self, endpoint: Endpoint, handler: Handler) -> Handler:
        """Make the handler of a route from the handler of an endpoint."""

        async def respond(request: web.Request) -> web.StreamResponse:
            fault = self._faults.take(endpoint)
            if fault is None:
                return await self._answer(endpoint, handler, request)
            if fault.effect is Effect.SLOW:
                await self._wait(fault.seconds)
                return await self._answer(endpoint, handler, request)
            if fault.processed:
                await self._answer(endpoint, handler, request)
            return await self._misbehave(fault, request)

        return respond

    async def _answer(self, endpoint: Endpoint, handler: Handler, request: web.Request) -> web.StreamResponse:
        try:
            if endpoint is not Endpoint.TOKEN:
                self._tokens.check(request.headers.get("Authorization"))
                self._check_permission(endpoint)
            return await handler(request)
        except RefusalError as refusal:
            return _refused(_worded(refusal, endpoint))

    def _check_permission(self, endpoint: Endpoint) -> None:
        """Refuse what the credential has no check box for (https://docs.nexthink.com/api/api-credentials)."""
        needed = "nql" if endpoint is Endpoint.NQL else "workflows"
        if needed in self._switches.now.permissions:
            return
        message = f"The credential lacks the permission {needed}."
        if endpoint is Endpoint.NQL:
            raise NQLRefusalError(message, NO_PERMISSION_CODE, status=403)
        raise WorkflowRefusalError("FORBIDDEN", message, status=403)

    async def _misbehave(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.effect is Effect.ANSWER:
            return _planned(fault)
        if fault.effect is Effect.HALF:
            return await _half(fault, request)
        if fault.effect is Effect.HANG:
            await self._wait(None)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _wait(self, seconds: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._released.wait()


def _planned(fault: Fault) -> web.Response:
    content_type = fault.content_type if fault.body else None
    return web.Response(status=fault.status, headers=fault.headers, body=fault.body or None, content_type=content_type)


async def _half(fault: Fault, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=fault.status)
    response.content_type = fault.content_type
    response.content_length = 2 * len(fault.body)
    await response.prepare(request)
    await response.write(fault.body)
    if request.transport is not None:
        # Closing sends what has been written first; aborting might throw it away.
        request.transport.close()
    return response


def _worded(refusal: RefusalError, endpoint: Endpoint) -> RefusalError:
    """Put a wrong form into the words of the endpoint's own API."""
    if not isinstance(refusal, MalformedError):
        return refusal
    details = str(refusal)
    if endpoint is Endpoint.NQL:
        return NQLRefusalError(details, INVALID_NQL_CODE)
    return WorkflowRefusalError("INVALID_REQUEST", details)


def _refused(refusal: RefusalError) -> web.Response:
    if refusal.body is None:
        return web.Response(status=refusal.status)
    return web.json_response(dict(refusal.body), status=refusal.status, headers=refusal.headers)
