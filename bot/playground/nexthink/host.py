"""One host of the simulated Nexthink: a port on 127.0.0.1 that can close and open again."""

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from bot.playground.nexthink.request_log import RequestLog

HOST = "127.0.0.1"
MAX_BODY_BYTES = 8 * 1024 * 1024
"""Room for ten thousand users and devices; Nexthink publishes no limit in bytes."""
_SHUTDOWN_SECONDS = 1.0


class Host:
    """Some routes on one port; every request is written down, those to unknown paths too."""

    def __init__(self, routes: Iterable[web.RouteDef], log: RequestLog, port: int) -> None:
        self._routes = tuple(routes)
        self._log = log
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The base of its addresses."""
        return f"http://{HOST}:{self._port}"

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._runner is not None

    async def open(self) -> None:
        """Listen, on the same port as before if it has been open before."""
        if self._runner is not None:
            return
        app = web.Application(middlewares=[self._logged], client_max_size=MAX_BODY_BYTES)
        app.add_routes(self._routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Refuse connections and close those that are open."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    @web.middleware
    async def _logged(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        await self._log.add(request)
        return await handler(request)
