"""The commands of `fixdesk`, joined; `--help` and `--version` import neither Bolt nor the database."""

import sys
from typing import Annotated

import typer

from bot import __version__
from bot.cli.catalog import catalog
from bot.cli.exit import ExitStatus
from bot.cli.playground import playground
from bot.cli.policy import policy
from bot.cli.resume import resume
from bot.cli.run import run
from bot.cli.search import search
from bot.cli.serve import serve
from bot.domain.errors import ConfigurationError, FixdeskError

cli = typer.Typer(
    name="fixdesk",
    help="Find and run Nexthink workflows from Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command()(serve)
cli.command()(playground)
cli.command()(search)
cli.add_typer(catalog, name="catalog")
cli.add_typer(policy, name="policy")
cli.command()(run)
cli.command()(resume)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"fixdesk {__version__}")
        raise typer.Exit


@cli.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Find and run Nexthink workflows from Slack."""


def main() -> None:
    """Run the command line; what is wrong with the configuration is said one fault a line, without a traceback."""
    try:
        cli()
    except ConfigurationError as error:
        for fault in error.faults:
            sys.stderr.write(f"fixdesk: {fault}\n")
        sys.exit(ExitStatus.WRONG)
    except FixdeskError as error:
        sys.stderr.write(f"fixdesk: {error}\n")
        sys.exit(ExitStatus.WRONG)
