"""The connection to Slack: one HTTP session and client, the tokens checked at start, and Bolt's app."""

import asyncio
import dataclasses
import ipaddress
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.errors import ConfigurationError
from bot.slack.calls import attempt
from bot.slack.dispatch import Dispatcher

CALL_TIMEOUT = 10
"""Seconds for one call of the Web API."""
KEPT_ALIVE = 5.0
"""Seconds. A kept connection is dropped before Slack would: a post must not meet one that is just being closed."""
LONGEST_PAUSE = 5.0
"""Seconds between tries: due work waits for Slack at the start, and a person's press shall work soon after."""

log = logging.getLogger(__name__)
bolt_log = logging.getLogger(f"{__name__}.bolt")
# Bolt warns at every start that it leaves SLACK_BOT_TOKEN alone, which is what is wanted.
bolt_log.setLevel(logging.ERROR)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Slack's credentials."""

    bot: str = dataclasses.field(repr=False)
    app: str = dataclasses.field(default="", repr=False)
    """Empty where there are no sockets."""


class SlackConnection:
    """Slack's Web API, and who the bot is there."""

    def __init__(self, *, api_url: str, tokens: Tokens) -> None:
        self._tokens = tokens
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_ALIVE))
        # A post is not idempotent, so nothing is sent again blindly: no retry handlers.
        self.client = AsyncWebClient(
            token=tokens.bot, base_url=api_url, session=self._session, timeout=CALL_TIMEOUT, retry_handlers=[]
        )
        if _is_loopback(api_url):
            # The SDK takes the environment's proxy even for this machine, and knows no NO_PROXY.
            self.client.proxy = None
        self._identity: AuthorizeResult | None = None

    async def check(self) -> str:
        """Make sure of the tokens and return the team's id; wait for Slack where it cannot be reached.

        Raises `ConfigurationError` for a token that Slack does not accept: the SDK itself would try it for ever.
        """
        answer = await self._until_answered("auth.test", "SLACK_BOT_TOKEN", self._tokens.bot)
        if self._tokens.app:
            await self._until_answered("apps.connections.open", "SLACK_APP_TOKEN", self._tokens.app)
        self._identity = AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=self._tokens.bot)
        return str(answer.get("team_id", ""))

    async def _until_answered(self, method: str, variable: str, token: str) -> AsyncSlackResponse:
        pause = 1.0
        headers = {"Authorization": f"Bearer {token}"}
        while True:
            outcome = await attempt(lambda: self.client.api_call(method, headers=headers))
            if outcome.answer is not None:
                return outcome.answer
            if outcome.refusal:
                fault = f"{variable}: Slack does not accept it ({outcome.refusal}); copy it from the app's settings"
                raise ConfigurationError([fault])
            log.warning("Slack does not answer %s (%s); trying again in %.0f s", method, outcome.failure, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def app(self, dispatcher: Dispatcher) -> AsyncApp:
        """Return Bolt's app, which hands everything to the dispatcher."""
        app = AsyncApp(
            client=self.client,
            authorize=_answer_from(self._identity),
            process_before_response=True,
            request_verification_enabled=False,  # a socket needs none, and HTTP was verified before Bolt sees it
            ssl_check_enabled=False,
            logger=bolt_log,
        )
        app.use(dispatcher)
        return app

    async def close(self) -> None:
        """Close the HTTP session."""
        await self._session.close()


def _answer_from(identity: AuthorizeResult | None) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Authorize from what was asked at start, so that no press waits for auth.test."""
    # A plain function: Bolt fills in arguments by name, and would fill in `self` of a method.
    if identity is None:
        raise RuntimeError("check() comes before app()")

    async def authorize() -> AuthorizeResult:
        return identity

    return authorize


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
