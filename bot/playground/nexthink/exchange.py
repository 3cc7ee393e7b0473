"""One HTTP exchange: faults first, then the token and the permission, then the endpoint, then its refusals as JSON."""

import asyncio
from collections.abc import Awaitable, Callable

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
from bot.playground.nexthink.settings import Settings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NO_PERMISSION_CODE = 102
"""Made up, as the codes in `refusal`."""


class Exchange:
    """Wraps handlers of endpoints with all that they have in common."""

    def __init__(self, tokens: Tokens, faults: Faults, settings: Settings) -> None:
        self._tokens = tokens
        self._faults = faults
        self._permissions = settings.permissions
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let go of the requests that hang: their connections are cut."""
        self._released.set()
        self._released = asyncio.Event()

    def wrap(self, endpoint: Endpoint, handler: Handler) -> Handler:
        """Make the handler of a route from the handler of an endpoint."""

        async def respond(request: web.Request) -> web.StreamResponse:
            fault = self._faults.take(endpoint)
            if fault is None:
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
        if needed in self._permissions:
            return
        message = f"The credential lacks the permission {needed}."
        if endpoint is Endpoint.NQL:
            raise NQLRefusalError(message, NO_PERMISSION_CODE, status=403)
        raise WorkflowRefusalError("FORBIDDEN", message, status=403)

    async def _misbehave(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.effect is Effect.ANSWER:
            content_type = "text/html" if fault.body else None
            return web.Response(
                status=fault.status, headers=fault.headers, text=fault.body or None, content_type=content_type
            )
        if fault.effect is Effect.HANG:
            await self._released.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


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
