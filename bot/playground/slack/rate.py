"""Slack's limit for messages: about one a second in each channel.

https://docs.slack.dev/apis/web-api/rate-limits
"""

import math

from bot.playground.slack.mint import Clock
from bot.playground.slack.refusal import rate_limited


class MessageRate:
    """A bucket of permits for each channel."""

    def __init__(self, clock: Clock, per_second: float, burst: int) -> None:
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
