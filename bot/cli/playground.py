"""`fixdesk playground`: the whole thing on one machine, without any account."""

import asyncio
import contextlib
import dataclasses
import json
import logging
import os
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.signals import until_told_to_stop
from bot.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.playground.clock import Clock
    from bot.playground.slack.delivery.deliveries import Deliveries
    from bot.playground.stand import Stand

OURS = ("SLACK_", "NEXTHINK_", "FIXDESK_")
LOOK_AGAIN = 0.5
"""Seconds until another bot is looked for again."""


class Transport(StrEnum):
    """The ways from Slack to the bot."""

    SOCKET = "socket"
    HTTP = "http"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the playground was called with."""

    headless: bool
    with_bot: bool
    port: int
    transport: Transport
    request_url: str | None


def playground(
    *,
    headless: Annotated[bool, typer.Option("--headless", help="Open nothing; print one line of JSON first.")] = False,
    no_bot: Annotated[bool, typer.Option("--no-bot", help="Leave the bot out, so that another can be used.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 0,
    transport: Annotated[Transport, typer.Option(help="How Slack reaches the bot.")] = Transport.SOCKET,
    request_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where another bot takes Slack's requests: with --no-bot --transport http."),
    ] = None,
) -> None:
    """Try fixdesk: a page that works like Slack, a simulated Nexthink, and the real bot between them."""
    options = Options(
        headless=headless, with_bot=not no_bot, port=port, transport=transport, request_url=request_url or None
    )
    _check(options)
    with tempfile.TemporaryDirectory(prefix="fixdesk-") as folder:
        asyncio.run(until_told_to_stop(_play(Path(folder), options)))


def _check(options: Options) -> None:
    """Raise `ConfigurationError` where the options do not go together."""
    from bot.playground.slack.control.request import is_address

    is_needed = options.transport is Transport.HTTP and not options.with_bot
    if options.request_url is None and is_needed:
        raise ConfigurationError(["--request-url: say where the other bot takes Slack's requests"])
    if options.request_url is not None and not is_needed:
        raise ConfigurationError(["--request-url: it goes with --no-bot --transport http alone; leave it out"])
    if options.request_url is not None and not is_address(options.request_url):
        raise ConfigurationError(["--request-url: write an address such as http://127.0.0.1:3000/slack/events"])


async def _play(folder: Path, options: Options) -> None:
    from bot.clock import utc_now
    from bot.logs import set_up_logs
    from bot.playground.clock import Clock
    from bot.playground.slack.installation import Settings as SlackSettings
    from bot.playground.stand import running_stand

    set_up_logs(logging.WARNING)
    async with contextlib.AsyncExitStack() as closing:
        clock, settings = Clock(utc_now), SlackSettings(port=options.port)
        stand = await closing.enter_async_context(
            running_stand(clock=clock, slack_settings=settings, may_jump=options.with_bot)
        )
        if options.with_bot:
            await closing.enter_async_context(_bot(stand, clock, folder, options.transport))
        elif options.request_url:
            stand.slack.deliveries.spawn(_find_bot(stand.slack.deliveries, options.request_url))
        facts = stand.facts()
        if options.headless:
            sys.stdout.write(f"{json.dumps(facts)}\n")
            sys.stdout.flush()
        else:
            _greet(facts["page"])
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _bot(stand: "Stand", clock: "Clock", folder: Path, transport: Transport) -> AsyncIterator[None]:
    """Run the real bot with its own environment, whatever stands in the shell's."""
    from bot.playground.bot import running_between

    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    os.environ.update(stand.environment_of_bot(folder, transport))
    async with running_between(stand.slack, clock):
        yield


async def _find_bot(deliveries: "Deliveries", url: str) -> None:
    """Deliver to a bot over HTTP as soon as it is there: it starts later, for it needs this Slack's tokens."""
    typer.echo(f"Slack looks for the bot at {url}", err=True)
    while not (await deliveries.use_http(url)).ok:  # noqa: ASYNC110 - nobody tells when another process is up
        await asyncio.sleep(LOOK_AGAIN)
    typer.echo(f"The bot at {url} has answered Slack's challenge", err=True)


def _greet(page: str) -> None:
    """Print the one link, and open it where there is a screen."""
    typer.echo(f"\n  The playground is ready:  {page}\n\n  Type /fix teams cache there. Ctrl+C ends it.\n")
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(page)
