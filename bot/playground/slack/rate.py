"""Slack's rate limits: about one message a second in each channel, and a tier of calls a minute for each method.

https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import Enum

from bot.playground.slack.refusal import rate_limited

WINDOW_SECONDS = 60.0
TIER_BURST = 20
"""Calls a minute beyond the tier's number; Slack allows "occasional bursts" and gives no number."""
RESPONSE_BURST = 5
"""As many as one response_url takes. https://docs.slack.dev/interactivity/handling-user-interaction"""


class Tier(Enum):
    """How many calls a minute of one method are sure to be taken; Slack writes 1+, 20+, 50+ and 100+."""

    ONE = 1
    TWO = 20
    THREE = 50
    FOUR = 100


class MethodRate:
    """A sliding minute for each method."""

    def __init__(self, clock: Callable[[], datetime], *, is_on: bool) -> None:
        self._clock = clock
        self._is_on = is_on
        self._calls: dict[str, deque[float]] = {}

    def take(self, method: str, tier: Tier | None) -> None:
        """Count a call, or refuse it with the time to wait; without a tier Slack has special rules."""
        if tier is None or not self._is_on:
            return
        now = self._clock().timestamp()
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= tier.value + TIER_BURST:
            raise rate_limited(max(1, math.ceil(calls[0] + WINDOW_SECONDS - now)))
        calls.append(now)


class MessageRate:
    """A bucket of permits for each channel."""

    def __init__(self, clock: Callable[[], datetime], per_second: float, burst: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, channel_id: str) -> None:
        """Take a permit, or refuse the call with the time to wait."""
        if not self._per_second:
            return
        now = self._clock().timestamp()
        left, at = self._buckets.get(channel_id, (float(self._burst), now))
        left = min(float(self._burst), left + (now - at) * self._per_second)
        if left < 1:
            self._buckets[channel_id] = (left, now)
            raise rate_limited(max(1, math.ceil((1 - left) / self._per_second)))
        self._buckets[channel_id] = (left - 1, now)
