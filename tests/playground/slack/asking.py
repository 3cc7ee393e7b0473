"""Ways for tests to call the Web API."""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.server import LocalSlack


async def ask(slack: LocalSlack, method: str, args: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """Call a method with JSON and return the answer."""
    headers = {"Authorization": f"Bearer {token or slack.bot_token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(slack.api_url + method, json=args, headers=headers) as r,
    ):
        answer: dict[str, Any] = await r.json()
        return answer


async def error_of(call: Any) -> str:
    """Return the error of a call that is refused, an empty text where it is not."""
    try:
        await call
    except SlackApiError as refused:
        return str(refused.response["error"])
    return ""


def client_of(slack: LocalSlack) -> AsyncWebClient:
    """Return Slack's own client for a local Slack."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
