"""How Slack's requests reach the bot: over sockets or over HTTP. The dispatcher answers both alike."""

from collections.abc import Mapping
from typing import Any, Protocol

from slack_bolt.app.async_app import AsyncApp


class Transport(Protocol):
    """A way in, which can be opened and closed."""

    async def listen(self, app: AsyncApp) -> None:
        """Hand what comes to the app from now on."""
        ...

    async def check(self) -> tuple[str, Mapping[str, Any]]:
        """Return why no press would arrive now, empty where one would, and what is worth knowing beside it."""
        ...

    async def refused(self) -> str:
        """Wait until Slack lets nothing through any more for good, and say what an operator has to mend."""
        ...

    async def hang_up(self) -> None:
        """Take nothing more."""
        ...
