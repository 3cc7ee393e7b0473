"""`fixdesk playground`: the whole thing on one machine, without any account."""

import asyncio
import contextlib
import json
import logging
import os
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.signals import until_told_to_stop

OURS = ("SLACK_", "NEXTHINK_", "FIXDESK_")


def playground(
    *,
    headless: Annotated[bool, typer.Option("--headless", help="Open nothing; print one line of JSON first.")] = False,
    no_bot: Annotated[bool, typer.Option("--no-bot", help="Leave the bot out, so that another can be used.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 0,
) -> None:
    """Try fixdesk: a page that works like Slack, a simulated Nexthink, and the real bot between them."""
    with tempfile.TemporaryDirectory(prefix="fixdesk-") as folder:
        asyncio.run(until_told_to_stop(_play(Path(folder), headless=headless, with_bot=not no_bot, port=port)))


async def _play(folder: Path, *, headless: bool, with_bot: bool, port: int) -> None:
    from bot.clock import utc_now
    from bot.logs import set_up_logs
    from bot.playground.clock import Clock
    from bot.playground.slack.installation import Settings as SlackSettings
    from bot.playground.stand import running_stand

    set_up_logs(logging.WARNING)
    async with contextlib.AsyncExitStack() as closing:
        clock, settings = Clock(utc_now), SlackSettings(port=port)
        stand = await closing.enter_async_context(running_stand(clock=clock, slack_settings=settings))
        if with_bot:
            environment = {**stand.environment(), "FIXDESK_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/fixdesk.db"}
            await closing.enter_async_context(_bot(environment))
            await stand.slack.connected()
        facts = stand.facts()
        if headless:
            sys.stdout.write(f"{json.dumps(facts)}\n")
            sys.stdout.flush()
        else:
            _greet(facts["page"])
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _bot(environment: dict[str, str]) -> AsyncIterator[None]:
    """Run the real bot with its own environment, whatever stands in the shell's."""
    from bot.app import running_bot
    from bot.settings import read_configuration

    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    os.environ.update(environment, FIXDESK_HTTP_PORT="0")
    async with running_bot(*read_configuration()):
        yield


def _greet(page: str) -> None:
    """Print the one link, and open it where there is a screen."""
    typer.echo(f"\n  The playground is ready:  {page}\n\n  Type /fix teams cache there. Ctrl+C ends it.\n")
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(page)
