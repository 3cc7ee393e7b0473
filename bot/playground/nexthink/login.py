"""The login host: client credentials in, bearer tokens out.

See https://docs.nexthink.com/api/getting-authentication-token. Its errors are not documented; they
follow https://www.rfc-editor.org/rfc/rfc6749#section-5.2.
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.playground.nexthink.refusal import OAuthRefusalError, UnauthorizedError
from bot.playground.nexthink.settings import Switches

TOKEN_SECONDS = 900
"""The life of a token; there is no refresh token."""
_GRANT = "client_credentials"
_SCOPE = "service:integration"
_FORM = "application/x-www-form-urlencoded"


class Tokens:
    """The bearer tokens that are alive."""

    def __init__(self, clock: Callable[[], datetime], switches: Switches, random: Random) -> None:
        self._clock = clock
        self._switches = switches
        self._random = random
        self._expiry: dict[str, datetime] = {}
        self.issued = 0

    def issue(self, authorization: str | None, content_type: str, body: bytes) -> dict[str, Any]:
        """Answer a token request, or refuse it."""
        self._check_client(authorization)
        _check_form(content_type, body)
        token = urlsafe_b64encode(self._random.randbytes(24)).decode()
        self._expiry[token] = self._clock() + timedelta(seconds=TOKEN_SECONDS)
        self.issued += 1
        return {"token_type": "Bearer", "expires_in": TOKEN_SECONDS, "access_token": token, "scope": _SCOPE}

    def check(self, authorization: str | None) -> None:
        """Refuse a request without a bearer token that is alive."""
        scheme, _, token = (authorization or "").partition(" ")
        expires_at = self._expiry.get(token)
        if scheme.lower() != "bearer" or expires_at is None or self._clock() >= expires_at:
            raise UnauthorizedError

    def revoke_all(self) -> None:
        """Make every token unknown."""
        self._expiry.clear()

    def _check_client(self, authorization: str | None) -> None:
        pair = f"{self._switches.now.client_id}:{self._switches.now.client_secret}"
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() != "basic" or given != b64encode(pair.encode()).decode():
            raise OAuthRefusalError("invalid_client", "The client id or the client secret is wrong.", status=401)


class LoginHost:
    """The one endpoint of the login host."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def token(self, request: web.Request) -> web.Response:
        """Exchange client credentials for a bearer token."""
        if request.query_string:
            raise OAuthRefusalError("invalid_request", "Send grant_type and scope in the body, not in the address.")
        authorization = request.headers.get("Authorization")
        answer = self._tokens.issue(authorization, request.content_type, await request.read())
        return web.json_response(answer, headers={"Cache-Control": "no-store"})


def _check_form(content_type: str, body: bytes) -> None:
    pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    if content_type != _FORM or sorted(name for name, _ in pairs) != ["grant_type", "scope"]:
        raise OAuthRefusalError(
            "invalid_request", f"Send grant_type and scope once each, and nothing else, as {_FORM}."
        )
    form = dict(pairs)
    if form["grant_type"] != _GRANT:
        raise OAuthRefusalError("unsupported_grant_type", f"The grant type must be {_GRANT}.")
    if form["scope"] != _SCOPE:
        raise OAuthRefusalError("invalid_scope", f"The scope must be {_SCOPE}.")
