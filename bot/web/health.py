"""`/health/live` and `/health/ready`: whether the loop turns, and whether a press would arrive now."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.domain.errors import ConfigurationError


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of the bot at one moment."""

    faults: Mapping[str, str]
    """Part → what is amiss; empty = ready."""
    facts: Mapping[str, Any]
    """What is worth knowing but does not decide readiness."""


class HealthServer:
    """Serves the two pages on one address; everything else is 404."""

    def __init__(self, check: Callable[[], Awaitable[Health]]) -> None:
        self._check = check
        app = web.Application()
        app.router.add_get("/health/live", self._live)
        app.router.add_get("/health/ready", self._ready)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)

    async def start(self, host: str, port: int) -> None:
        """Listen; raise `ConfigurationError` where the address cannot be had."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except (OSError, UnicodeError) as error:
            await self.stop()
            why = getattr(error, "strerror", None) or str(error)
            fault = f"FIXDESK_HTTP_HOST, FIXDESK_HTTP_PORT: {host}:{port} cannot be used ({why})"
            raise ConfigurationError([f"{fault}; choose another address or a free port"]) from error

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _live(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "live"})

    async def _ready(self, _: web.Request) -> web.Response:
        health = await self._check()
        status = "unready" if health.faults else "ready"
        body = {"status": status, "faults": dict(health.faults), **health.facts}
        return web.json_response(body, status=503 if health.faults else 200)
