"""The bot's own web server: one address for health and, over HTTP, for Slack. Anybody may speak to it."""

import logging
from collections.abc import Iterable

from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.domain.errors import ConfigurationError

SHUTDOWN_PATIENCE = 1.0
"""Seconds for answers that are on their way; aiohttp takes it up to twice."""
LINGERING = 1.0
"""Seconds in which a body that was refused is still drained, so that the refusal can be read."""
KEPT_ALIVE = 75.0
"""Seconds. Longer than the usual proxy keeps a connection, so that it is the proxy that closes it."""

log = logging.getLogger(__name__)


class WebServer:
    """Serves the routes of several parts; everything else is 404."""

    def __init__(self, routes: Iterable[web.RouteDef]) -> None:
        app = web.Application()
        app.router.add_routes(routes)
        self._runner = web.AppRunner(
            app,
            handle_signals=False,
            access_log=None,
            logger=_logger(),
            shutdown_timeout=SHUTDOWN_PATIENCE,
            lingering_time=LINGERING,
            keepalive_timeout=KEPT_ALIVE,
            auto_decompress=False,  # nobody who is meant compresses what they send
        )

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
        log.info("Listening on %s, port %d", host, self.port)

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()


def _logger() -> logging.Logger:
    """Return aiohttp's log without what it quotes of requests that are no HTTP: a stranger would write into it."""
    logger = logging.getLogger(f"{__name__}.protocol")
    if _is_ours not in logger.filters:
        logger.addFilter(_is_ours)
    return logger


def _is_ours(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | ConnectionError)
