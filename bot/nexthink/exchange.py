"""One call and its answer: token, gate, another try where it is harmless, and faults as `NexthinkError`."""

import asyncio
import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.nexthink import answer, fault
from bot.nexthink.auth import TokenSource
from bot.nexthink.retry import Retries
from bot.nexthink.tenant import Tenant
from bot.nexthink.wire import Call

GATE = 16
"""Requests under way at once: httpx was measured at 0.9 of the ideal behind 16, and far below it behind more."""


class Exchange:
    """Sends calls with the tenant's token and returns the JSON of their answers.

    Reads are tried again. What starts or resumes is sent once, and once more only after a 401, with a new token.
    """

    def __init__(
        self, http: httpx.AsyncClient, tenant: Tenant, *, clock: Callable[[], datetime], retries: Retries
    ) -> None:
        self._http = http
        self._tenant = tenant
        self._clock = clock
        self._retries = retries
        self._gate = asyncio.Semaphore(GATE)
        self.tokens = TokenSource(http, tenant, clock=clock, retries=retries)
        self.trouble: NexthinkError | None = None
        """What went wrong with the last call, None where it went well or was refused for its own sake."""

    async def ask(self, call: Call) -> Any:
        """Make a call and return the JSON that it answers."""
        try:
            said = await self._ask(call)
        except NexthinkError as error:
            self.trouble = error if error.is_about_nexthink else None
            raise
        self.trouble = None
        return said

    async def _ask(self, call: Call) -> Any:
        token = await self.tokens.get()
        try:
            content = await self._send(call, token)
        except NexthinkError as error:
            if error.fault is not NexthinkFault.UNAUTHORIZED:
                raise
            self.tokens.discard(token)
            content = await self._send(call, await self.tokens.get())
        return answer.read_json(content, call.doing)

    async def _send(self, call: Call, token: str) -> bytes:
        """Send a read up to three times, anything else once."""
        once = functools.partial(self._send_once, call, token)
        return await (self._retries.run(once) if call.is_read else once())

    async def _send_once(self, call: Call, token: str) -> bytes:
        """Send a request and return the body of its answer; raise whatever went wrong as a fault."""
        try:
            async with self._gate:
                response = await self._http.request(
                    call.method,
                    self._tenant.api_url.rstrip("/") + call.path,
                    params=call.query or None,
                    content=call.content,
                    headers=self._headers(call, token),
                )
        except httpx.HTTPError as error:
            raise fault.of_exception(error, call.doing) from error
        if not response.is_success:
            raise fault.of_answer(response, call.doing, now=self._clock(), secrets=[token])
        return response.content

    def _headers(self, call: Call, token: str) -> dict[str, str]:
        """Return a call's headers; the `Source` header only where one is set and the call takes it."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", **call.headers}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.takes_source and self._tenant.source:
            headers["Source"] = self._tenant.source
        return headers
