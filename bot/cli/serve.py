"""`fixdesk serve`: runs the bot until it is told to stop."""

import asyncio
import gc
import logging

from bot.cli.signals import until_told_to_stop

PATIENCE = 13.0
"""Seconds. SIGTERM ends the process within 15, whatever hangs."""


def serve() -> None:
    """Run the bot. It reads the environment; see the documentation for the variables."""
    from bot.app import running_bot
    from bot.domain.errors import ConfigurationError
    from bot.logs import set_up_logs
    from bot.settings import policy_warnings, read_configuration

    settings, policy = read_configuration()
    set_up_logs()
    for warning in policy_warnings(settings.fixdesk_policy):
        logging.getLogger(__name__).warning("%s", warning)

    async def run() -> None:
        async with running_bot(settings, policy) as vitals:
            # What is there now stays: looking through it for garbage again and again would hold the event loop.
            gc.freeze()
            raise ConfigurationError([await vitals.refused()])

    asyncio.run(until_told_to_stop(run(), PATIENCE))
