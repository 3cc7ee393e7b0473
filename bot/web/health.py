"""`/health/live` and `/health/ready`: whether the loop turns, and whether a press would arrive now."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of the bot at one moment."""

    faults: Mapping[str, str]
    """Part → what is amiss; empty = ready."""
    facts: Mapping[str, Any]
    """What is worth knowing but does not decide readiness."""


class HealthPages:
    """The two pages."""

    def __init__(self, check: Callable[[], Awaitable[Health]]) -> None:
        self._check = check

    def routes(self) -> list[web.RouteDef]:
        """List what the web server serves of it."""
        return [web.get("/health/live", self._live), web.get("/health/ready", self._ready)]

    async def _live(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "live"})

    async def _ready(self, _: web.Request) -> web.Response:
        health = await self._check()
        status = "unready" if health.faults else "ready"
        body = {"status": status, "faults": dict(health.faults), **health.facts}
        return web.json_response(body, status=503 if health.faults else 200)
