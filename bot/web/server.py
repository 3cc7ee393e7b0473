"""The bot's own web server: one address for health and, over HTTP, for Slack."""

from collections.abc import Iterable

from aiohttp import web

from bot.domain.errors import ConfigurationError


class WebServer:
    """Serves the routes of several parts; everything else is 404."""

    def __init__(self, routes: Iterable[web.RouteDef]) -> None:
        app = web.Application()
        app.router.add_routes(routes)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)

    @property
    def port(self) -> int:
        """Return the port that it listens on, which is known once it has started."""
        return int(self._runner.addresses[0][1])

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
