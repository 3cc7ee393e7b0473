"""The access token: one fetch for all who wait, kept, renewed early, thrown away when it is no longer accepted.

See: https://docs.nexthink.com/api/getting-authentication-token
"""

import asyncio
import base64
import dataclasses
import urllib.parse
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pydantic

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.nexthink import fault
from bot.nexthink.retry import Retries
from bot.nexthink.tenant import Tenant

PATH = "/oauth2/default/v1/token"
FORM = {"grant_type": "client_credentials", "scope": "service:integration"}
LIFETIME = timedelta(seconds=900)
"""Where an answer says nothing else."""

RENEWAL_LEAD = timedelta(seconds=90)
DEADLINE = 8.0
"""Seconds; shorter than for other calls: a token that is late comes at the second try."""

TOKENS_REMEMBERED = 8
"""More than are alive at a time."""

DOING = "asking for an access token"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token and its times."""

    value: str = dataclasses.field(repr=False)
    renew_at: datetime
    expires_at: datetime


class _TokenAnswer(pydantic.BaseModel):
    """What the login host answers; anything but visible ASCII could not stand in a header."""

    model_config = pydantic.ConfigDict(extra="ignore", hide_input_in_errors=True)

    access_token: str = pydantic.Field(pattern="^[!-~]+$", repr=False)
    expires_in: float = pydantic.Field(default=LIFETIME.total_seconds(), ge=0, le=timedelta(days=365).total_seconds())


class TokenSource:
    """Keeps the token of one credential."""

    def __init__(
        self, http: httpx.AsyncClient, tenant: Tenant, *, clock: Callable[[], datetime], retries: Retries
    ) -> None:
        self._http = http
        self._tenant = tenant
        self._clock = clock
        self._retries = retries
        self._token: Token | None = None
        self._given: deque[str] = deque(maxlen=TOKENS_REMEMBERED)
        self._fetching: asyncio.Task[Token] | None = None

    async def get(self) -> str:
        """Return a token that will be accepted; while the last one lasts nobody waits for its renewal.

        Raises `UNAUTHORIZED` where the login host refuses the credential, `BUSY` where it asks for patience, else
        `UNREACHABLE`: whatever the token was for has surely not been sent.
        """
        token, now = self._token, self._clock()
        if token is not None and now < token.expires_at:
            if now >= token.renew_at:
                self._fetch()
            return token.value
        # The fetch belongs to all who wait: one who gives up does not end it.
        return (await asyncio.shield(self._fetch())).value

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may be seen nowhere, even where an answer repeats it: the credential in each form, and the tokens."""
        secret, pair = self._tenant.client_secret, f"{self._tenant.client_id}:{self._tenant.client_secret}"
        return (base64.b64encode(pair.encode()).decode(), urllib.parse.quote(secret, safe=""), secret, *self._given)

    def discard(self, value: str) -> None:
        """Throw a token away that was not accepted, unless a newer one has taken its place."""
        if self._token is not None and self._token.value == value:
            self._token = None

    async def aclose(self) -> None:
        """End a fetch that is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    def _fetch(self) -> asyncio.Task[Token]:
        """Join the fetch that is under way, or begin one."""
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._retries.run(self._ask), name="nexthink-token")
            self._fetching.add_done_callback(self._keep)
        return self._fetching

    def _keep(self, fetching: asyncio.Task[Token]) -> None:
        """Keep what a fetch brought; its failure is told to those who wait for it."""
        self._fetching = None
        if not fetching.cancelled() and fetching.exception() is None:
            self._token = fetching.result()
            self._given.append(self._token.value)

    async def _ask(self) -> Token:
        """Ask the login host once."""
        asked_at = self._clock()
        try:
            async with asyncio.timeout(DEADLINE):
                response = await self._http.post(
                    self._tenant.login_url.rstrip("/") + PATH,
                    auth=(self._tenant.client_id, self._tenant.client_secret),
                    data=FORM,
                    headers={"Accept": "application/json"},
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise NexthinkError(NexthinkFault.UNREACHABLE, DOING) from error
        if not response.is_success:
            raise self._refusal(response)
        return _read(response.content, asked_at)

    def _refusal(self, response: httpx.Response) -> NexthinkError:
        """Translate what the login host said: any refusal is one of the credential."""
        error = fault.of_answer(response, DOING, now=self._clock(), secrets=self.secrets)
        if error.fault is NexthinkFault.BUSY:
            return error
        is_unclear = error.fault is NexthinkFault.UNCLEAR
        return dataclasses.replace(error, fault=NexthinkFault.UNREACHABLE if is_unclear else NexthinkFault.UNAUTHORIZED)


def _read(content: bytes, asked_at: datetime) -> Token:
    """Read the login host's answer; the cause of a failure is left out, for it may hold the token."""
    try:
        answer = _TokenAnswer.model_validate(fault.parse_json(content))
    except ValueError:
        raise NexthinkError(NexthinkFault.UNREACHABLE, DOING, details="the token could not be read") from None
    lifetime = timedelta(seconds=answer.expires_in)
    return Token(
        value=answer.access_token,
        renew_at=asked_at + lifetime - min(RENEWAL_LEAD, lifetime / 2),
        expires_at=asked_at + lifetime,
    )
