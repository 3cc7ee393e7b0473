"""One call to Slack's Web API, and what came of it: done, surely not done, refused, or unknown."""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "update_failed", "team_added_to_org"}
)
"""Slack's own trouble, after which nobody knows whether the call was carried out."""
RATE_LIMITED = 429
RATE_LIMITED_WORDS = frozenset({"ratelimited", "rate_limited", "accesslimited"})
PAUSE = timedelta(seconds=5)
"""Before another try where Slack named no time."""

_CONNECTION_ERRORS = (aiohttp.ClientError, asyncio.TimeoutError, OSError)

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one call; one of the four is set."""

    answer: AsyncSlackResponse | None = None
    pause: timedelta | None = None
    """It surely did nothing, and is worth another try after this pause."""
    refusal: str = ""
    """Slack's word for why not."""
    trouble: str = ""
    """The kind of failure after which nobody knows whether it was carried out."""

    @property
    def failure(self) -> str:
        """The failure in a word, for the log; empty where there was none."""
        return self.refusal or self.trouble or ("try again later" if self.pause else "")


async def attempt(call: Callable[[], Awaitable[AsyncSlackResponse]]) -> Outcome:
    """Call Slack once; nothing of what the SDK raises for a failed call gets through."""
    try:
        return Outcome(answer=await call())
    except SlackApiError as error:
        return _refused(error)
    except aiohttp.ClientConnectorError:
        return Outcome(pause=PAUSE)
    except _CONNECTION_ERRORS as error:
        return Outcome(trouble=type(error).__name__)


async def attempt_repeatable(call: Callable[[], Awaitable[AsyncSlackResponse]], *, tries: int = 3) -> Outcome:
    """Call Slack until it answers, a few times within seconds: for a person who waits, and a call that may go twice."""
    outcome = await attempt(call)
    for pause in (0.5 * 2**number for number in range(tries - 1)):
        if not (outcome.trouble or outcome.pause):
            break
        asked = outcome.pause.total_seconds() if outcome.pause else 0.0
        await asyncio.sleep(max(pause, min(asked, PAUSE.total_seconds())))
        outcome = await attempt(call)
    return outcome


async def respond(client: AsyncWebClient, response_url: str, message: Mapping[str, Any]) -> None:
    """Answer a command where it was typed, to its person alone; this works also where the bot is not a member."""
    if not response_url:
        return
    webhook = AsyncWebhookClient(response_url, session=client.session, timeout=5, retry_handlers=[])
    webhook.proxy = client.proxy
    try:
        await webhook.send_dict({"response_type": "ephemeral", **message})
    except _CONNECTION_ERRORS as error:
        log.warning("A person could not be told: %s", type(error).__name__)


def _refused(error: SlackApiError) -> Outcome:
    response: Any = error.response
    if getattr(response, "status_code", None) == RATE_LIMITED:
        return Outcome(pause=_retry_after(response))
    data = getattr(response, "data", response)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if code in RATE_LIMITED_WORDS:
        return Outcome(pause=_retry_after(response))
    if not code or code in PASSING:
        return Outcome(trouble=code or "unreadable answer")
    return Outcome(refusal=code)


def _retry_after(response: Any) -> timedelta:
    told = str((getattr(response, "headers", None) or {}).get("Retry-After", ""))
    return timedelta(seconds=float(told)) if told.isdecimal() else PAUSE
