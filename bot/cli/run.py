"""`fixdesk run`: starts a workflow for users or devices, one or very many, from a terminal."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.arguments import RunOptions, read_run
from bot.cli.command import carry_out
from bot.cli.exit import ExitStatus
from bot.cli.show import Screen
from bot.domain.targets import Identifier

Values = list[str] | None


def run(  # noqa: PLR0913 - each argument is an option of the command
    words: Annotated[Values, typer.Argument(metavar="ID", help="The workflow's id, in quotes: '#slug'.")] = None,
    *,
    upn: Annotated[Values, typer.Option(help="A user by UPN; repeat it, or name several behind it.")] = None,
    user_uid: Annotated[Values, typer.Option(help="A user by Nexthink's uid.")] = None,
    sid: Annotated[Values, typer.Option(help="A user by SID.")] = None,
    device: Annotated[Values, typer.Option(help="A device by name.")] = None,
    device_uid: Annotated[Values, typer.Option(help="A device by Nexthink's uid.")] = None,
    collector: Annotated[Values, typer.Option(help="A device by its Collector's UUID.")] = None,
    param: Annotated[Values, typer.Option(help="A parameter: name=value.")] = None,
    file: Annotated[Path | None, typer.Option(help="A CSV file of targets; its first line names the columns.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")] = False,
    continues: Annotated[bool, typer.Option("--continue", help="Send what surely was not started before.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Send everything, also what was sent before.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Follow it to its end; for at most 1,000 targets.")] = False,
    acting_as: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who asks; else the operator.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Start a workflow for users or devices, as far as the policy allows it; always recorded."""
    given = {
        Identifier.UPN: upn or (),
        Identifier.USER_UID: user_uid or (),
        Identifier.SID: sid or (),
        Identifier.DEVICE: device or (),
        Identifier.DEVICE_UID: device_uid or (),
        Identifier.COLLECTOR: collector or (),
    }
    options = RunOptions(
        file=file, acting_as=acting_as.strip(), is_dry_run=dry_run, continues=continues, again=again, waits=wait
    )

    async def work(screen: Screen) -> ExitStatus:
        from bot.cli.start import start

        return await start(read_run(words or (), given, param or (), options), screen)

    carry_out(work, as_json=as_json)
