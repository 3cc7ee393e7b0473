"""The real bot between the playground's two servers, over either transport."""

import contextlib
from collections.abc import AsyncIterator

from bot.app import Vitals, running_bot
from bot.playground.clock import Clock
from bot.playground.slack.server import LocalSlack
from bot.settings import read_configuration
from bot.slack.request_url import PATH
from bot.slack.sockets import SOCKETS


@contextlib.asynccontextmanager
async def running_between(slack: LocalSlack, clock: Clock) -> AsyncIterator[Vitals]:
    """Run the bot for as long as the context lasts; it goes by the playground's clock, and each jump wakes it.

    It reads the environment as always, so `Stand.environment()` belongs there first. Slack delivers over the transport
    that the environment names. Raises `ConfigurationError` as the bot does.
    """
    settings, policy = read_configuration()
    async with running_bot(settings, policy, clock=clock) as vitals:

        def wake() -> None:
            if vitals.worker is not None:
                vitals.worker.wake()

        clock.on_jump.append(wake)
        try:
            await _connect(slack, vitals, settings.slack_transport)
            yield vitals
        finally:
            clock.on_jump.remove(wake)


async def _connect(slack: LocalSlack, vitals: Vitals, transport: str) -> None:
    """Wait until what people do reaches the bot."""
    if transport == "socket":
        slack.deliveries.use_sockets()
        await slack.connected(SOCKETS)
        return
    if vitals.web is None:
        raise RuntimeError("a bot that is up has its web server")
    delivery = await slack.deliveries.use_http(f"http://127.0.0.1:{vitals.web.port}{PATH}")
    if not delivery.ok:
        raise RuntimeError(f"the bot does not answer Slack's challenge: {delivery.error}")
