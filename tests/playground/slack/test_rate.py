"""Calls and messages that come too fast are refused with the time to wait."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.slack.installation import Settings
from bot.playground.slack.rate import TIER_BURST, MethodRate, Tier
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.webapi import METHODS
from tests.playground.slack.asking import client_of

SPECIAL = {"auth.test", "chat.postMessage", "chat.getPermalink", "blocks.validate"}
"""Methods for which Slack's pages name no tier."""


def test_every_method_has_its_tier() -> None:
    """Only the methods with special limits are without a tier."""
    assert {name for name, method in METHODS.items() if method.tier is None} == SPECIAL


@pytest.mark.parametrize("tier", Tier)
def test_tier_is_a_sliding_minute(clock: Any, tier: Tier) -> None:
    """A tier's number and a burst go through in a minute; then the oldest call must be a minute old."""
    rate = MethodRate(clock, is_on=True)
    rate.take("x", tier)
    clock.move(seconds=20)
    for _ in range(tier.value + TIER_BURST - 1):
        rate.take("x", tier)

    with pytest.raises(RefusedError) as refused:
        rate.take("x", tier)
    rate.take("y", tier)
    clock.move(seconds=40)
    rate.take("x", tier)

    assert (refused.value.error, refused.value.status, refused.value.retry_after) == ("ratelimited", 429, 40)


def test_limits_can_be_switched_off(clock: Any) -> None:
    """Without limits, and without a tier, every call goes through."""
    for rate, tier in ((MethodRate(clock, is_on=False), Tier.ONE), (MethodRate(clock, is_on=True), None)):
        for _ in range(Tier.FOUR.value * 2):
            rate.take("x", tier)


async def test_method_is_refused_beyond_its_tier(start: Any) -> None:
    """The answer is 429 with Retry-After, for that method alone."""
    slack = await start(Settings(), "emoji:read", "team:read")
    web = client_of(slack)
    for _ in range(Tier.TWO.value + TIER_BURST):
        await web.emoji_list()

    with pytest.raises(SlackApiError) as refused:
        await web.emoji_list()
    await web.team_info()

    response = refused.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "60")


async def test_ephemeral_messages_have_no_limit_of_a_second(start: Any) -> None:
    """Only messages that stay count towards one a second."""
    web = client_of(await start(Settings()))

    for text in "12":
        await web.chat_postEphemeral(channel="C0GENERAL", user="U0ADA", text=text)


async def test_response_urls_are_limited_too(start: Any, clock: Any) -> None:
    """A burst of responses in one channel is taken, then one a second."""
    slack = await start(Settings())
    urls = [slack.client_of("U0ADA")._responses.issue("U0ADA", "C0GENERAL") for _ in range(2)]
    async with aiohttp.ClientSession() as session:

        async def post(url: str) -> int:
            async with session.post(url, json={"text": "x"}) as response:
                return response.status

        assert [await post(urls[0]) for _ in range(5)] == [200] * 5
        assert await post(urls[1]) == 429
        clock.move(seconds=1)
        assert await post(urls[1]) == 200
