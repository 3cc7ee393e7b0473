"""Make ids, hashes and time stamps as Slack writes them."""

import secrets
from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
_MICROSECONDS = 1_000_000


class Mint:
    """Makes values that never repeat."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def ts(self) -> str:
        """Return a message time stamp, later than every one before it."""
        self._last = max(self._last + 1, int(self._clock().timestamp() * _MICROSECONDS))
        return f"{self._last // _MICROSECONDS}.{self._last % _MICROSECONDS:06d}"

    def hash(self) -> str:
        """Return the hash of one state of a view."""
        return f"{int(self._clock().timestamp())}.{secrets.token_hex(4)}"

    @staticmethod
    def id(prefix: str) -> str:
        """Return an id such as V0A1B2C3D4E."""
        return prefix + "0" + secrets.token_hex(5).upper()

    @staticmethod
    def short() -> str:
        """Return a block_id or action_id for what the app left without one."""
        return secrets.token_urlsafe(4)
