"""One call and its answer: turn, gate, breaker, token, another try where it is harmless, faults as `NexthinkError`."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.nexthink import answer, auth, fault
from bot.nexthink.breaker import Breaker, is_no_answer
from bot.nexthink.limiter import Limiter
from bot.nexthink.retry import Retries, is_passing
from bot.nexthink.tenant import Tenant
from bot.nexthink.wire import Call, Service

GATE = 100
"""Requests to a service under way at once; waiting here costs less than waiting for the pool."""
GATE_PATIENCE = 5.0
"""How long a place among them is waited for, in seconds."""
TIRED_AFTER = timedelta(seconds=2)
"""A call that its caller gave up after so long counts as one without an answer."""
PATIENCE_ASKED = 2.0
"""Seconds without questions after a 429 that names none."""


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
        self._gates = {service: asyncio.Semaphore(GATE) for service in Service}
        self._breakers = {service: Breaker(clock) for service in Service}
        self._nql = Limiter(clock=clock, sleep=sleep)
        self.tokens = auth.TokenSource(http, tenant, clock=clock, retries=self._retries)
        self._troubles: dict[Service, NexthinkError] = {}

    @property
    def trouble(self) -> NexthinkError | None:
        """What went wrong with a service's last call, None where all went well or were refused for their own sake."""
        return next(iter(self._troubles.values()), None)

    async def ask(self, call: Call) -> Any:
        """Make a call and return the JSON that it answers."""
        once = functools.partial(self._ask_once, call)
        try:
            said = await (self._retries.run(once, _is_worth_another) if call.is_read else once())
        except NexthinkError as error:
            self._note(call.service, error)
            raise
        self._note(call.service, None)
        return said

    def _note(self, service: Service, error: NexthinkError | None) -> None:
        """Remember how a service fares; a call that was held back says less than the one that failed before it."""
        if error is not None and error.fault is NexthinkFault.AWAY and service in self._troubles:
            return
        self._troubles.pop(service, None)
        if error is not None and error.is_about_nexthink:
            self._troubles[service] = error

    async def _ask_once(self, call: Call) -> Any:
        if call.service is Service.NQL:
            await self._nql.turn(call.doing, for_person=call.for_person)
        async with self._place(call):
            with self._noting(call):
                return answer.read_json(await self._send_signed(call), call.doing)

    @contextlib.asynccontextmanager
    async def _place(self, call: Call) -> AsyncIterator[None]:
        """Give a place at the gate; raise `UNREACHABLE` where none comes free, for nothing was sent."""
        gate = self._gates[call.service]
        try:
            async with asyncio.timeout(GATE_PATIENCE):
                await gate.acquire()
        except TimeoutError as error:
            raise NexthinkError(NexthinkFault.UNREACHABLE, call.doing, details="too much is under way") from error
        try:
            yield
        finally:
            gate.release()

    @contextlib.contextmanager
    def _noting(self, call: Call) -> Iterator[None]:
        """Ask the breaker whether a call may go, and tell it how it went; one that was given up early says nothing."""
        breaker = self._breakers[call.service]
        sent_at = breaker.admit(call.doing, for_person=call.for_person)
        try:
            yield
        except NexthinkError as error:
            if call.service is Service.NQL and error.fault is NexthinkFault.BUSY and not _is_of_login(error):
                self._nql.close_for(PATIENCE_ASKED if error.retry_after is None else error.retry_after)
            if is_no_answer(error):
                breaker.failed(sent_at)
            else:
                breaker.answered()
            raise
        except asyncio.CancelledError:
            if self._clock() - sent_at >= TIRED_AFTER:
                breaker.failed(sent_at)
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
            async with asyncio.timeout(call.deadline):
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
            raise fault.of_answer(response, call.doing, now=self._clock(), secrets=self.tokens.secrets)
        return response.content

    def _headers(self, call: Call, token: str) -> dict[str, str]:
        """Return a call's headers; the `Source` header only where one is set and the call takes it."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", **call.headers}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.service is Service.WORKFLOWS and self._tenant.source:
            headers["Source"] = self._tenant.source
        return headers


def _is_of_login(error: NexthinkError) -> bool:
    """Tell whether it was the login host that failed."""
    return error.doing == auth.DOING


def _is_worth_another(error: NexthinkError) -> bool:
    """Tell whether a read is worth another try; the login host has had its tries already."""
    return is_passing(error) and not _is_of_login(error)
