"""One call and its answer: turn, breaker, token, gate, another try where it is harmless, faults as `NexthinkError`."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.nexthink import answer, fault
from bot.nexthink.auth import TokenSource
from bot.nexthink.breaker import Breaker, is_no_answer
from bot.nexthink.limiter import Limiter
from bot.nexthink.retry import Retries
from bot.nexthink.tenant import Tenant
from bot.nexthink.wire import Call, Service

GATE = 100
"""Requests under way at once, as many as the pool has connections; what waited for the pool itself would cost more."""
TIRED_AFTER = timedelta(seconds=2)
"""A call that its caller gave up after so long counts as one without an answer."""


class Exchange:
    """Sends calls with the tenant's token and returns the JSON of their answers.

    Reads are tried again. What starts or resumes is sent once, and once more only after a 401, with a new token.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        tenant: Tenant,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._http = http
        self._tenant = tenant
        self._clock = clock
        self._retries = Retries(sleep=sleep)
        self._gate = asyncio.Semaphore(GATE)
        self._breakers = {service: Breaker(clock) for service in Service}
        self._nql = Limiter(clock=clock, sleep=sleep)
        self.tokens = TokenSource(http, tenant, clock=clock, retries=self._retries)
        self.trouble: NexthinkError | None = None
        """What went wrong with the last call, None where it went well or was refused for its own sake."""

    async def ask(self, call: Call) -> Any:
        """Make a call and return the JSON that it answers."""
        once = functools.partial(self._ask_once, call)
        try:
            said = await (self._retries.run(once) if call.is_read else once())
        except NexthinkError as error:
            self.trouble = error if error.is_about_nexthink else None
            raise
        self.trouble = None
        return said

    async def _ask_once(self, call: Call) -> Any:
        if call.service is Service.NQL:
            await self._nql.turn(for_person=call.for_person)
        breaker = self._breakers[call.service]
        breaker.admit(call.doing, for_person=call.for_person)
        with self._noting(breaker):
            try:
                return answer.read_json(await self._send_signed(call), call.doing)
            except NexthinkError as error:
                if call.service is Service.NQL and error.fault is NexthinkFault.BUSY:
                    self._nql.close_for(error.retry_after or 0.0)
                raise

    @contextlib.contextmanager
    def _noting(self, breaker: Breaker) -> Iterator[None]:
        """Tell the breaker how a call went; one that was given up early says nothing."""
        began_at = self._clock()
        try:
            yield
        except NexthinkError as error:
            breaker.failed() if is_no_answer(error) else breaker.answered()
            raise
        except asyncio.CancelledError:
            if self._clock() - began_at >= TIRED_AFTER:
                breaker.failed()
            raise
        breaker.answered()

    async def _send_signed(self, call: Call) -> bytes:
        """Send a request with the token, and once more with a new one where it was not accepted."""
        token = await self.tokens.get()
        try:
            return await self._send(call, token)
        except NexthinkError as error:
            if error.fault is not NexthinkFault.UNAUTHORIZED:
                raise
        self.tokens.discard(token)
        return await self._send(call, await self.tokens.get())

    async def _send(self, call: Call, token: str) -> bytes:
        """Send a request and return the body of its answer; raise whatever went wrong as a fault."""
        try:
            async with self._gate, asyncio.timeout(call.deadline):
                response = await self._http.request(
                    call.method,
                    self._tenant.api_url.rstrip("/") + call.path,
                    params=call.query or None,
                    content=call.content,
                    headers=self._headers(call, token),
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise fault.of_exception(error, call.doing) from error
        if not response.is_success:
            raise fault.of_answer(response, call.doing, now=self._clock(), secrets=[token])
        return response.content

    def _headers(self, call: Call, token: str) -> dict[str, str]:
        """Return a call's headers; the `Source` header only where one is set and the call takes it."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", **call.headers}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.service is Service.WORKFLOWS and self._tenant.source:
            headers["Source"] = self._tenant.source
        return headers
