"""`fixdesk catalog`: what is in the catalog, what one workflow asks for, and a fresh copy."""

import enum
from functools import partial
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli.arguments import read_workflow_id
from bot.cli.command import carry_out
from bot.cli.exit import ExitStatus
from bot.cli.show import Screen

JSON = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


class DependencyFilter(enum.StrEnum):
    """What a workflow runs on, as the endpoint's filter says it; the client's own would import its HTTP library."""

    USER = "USER"
    DEVICE = "DEVICE"
    USER_AND_DEVICE = "USER_AND_DEVICE"
    NONE = "NONE"


class TriggerFilter(enum.StrEnum):
    """How a workflow may be started, as the endpoint's filter says it."""

    API = "API"
    MANUAL = "MANUAL"
    MANUAL_MULTIPLE = "MANUAL_MULTIPLE"
    SCHEDULER = "SCHEDULER"


class _ListByDefault(TyperGroup):
    """Takes a call without a command as `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in front that is left out."""
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)


catalog = typer.Typer(cls=_ListByDefault, help="Look at the workflows that fixdesk knows, or fetch them anew.")


@catalog.command("list")
def list_workflows(
    *,
    dependency: Annotated[
        DependencyFilter | None, typer.Option(case_sensitive=False, help="Only what runs on this.")
    ] = None,
    trigger_method: Annotated[
        TriggerFilter | None, typer.Option(case_sensitive=False, help="Only what may be started so; else API.")
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Inactive ones too.")] = False,
    as_json: JSON = False,
) -> None:
    """List the workflows: id, name, what they need, status. With filters, as Nexthink lists them."""
    from bot.cli.listing import Filters, show_list

    filters = Filters(
        dependency=dependency and dependency.value,
        trigger_method=trigger_method and trigger_method.value,
        only_active=not show_all,
    )
    carry_out(partial(show_list, filters), as_json=as_json)


@catalog.command()
def show(
    workflow_id: Annotated[str, typer.Argument(metavar="ID", help="The workflow's id, in quotes: '#slug'.")],
    *,
    as_json: JSON = False,
) -> None:
    """Show one workflow, what it asks for, and the rule of the policy that decides on it."""

    async def work(screen: Screen) -> ExitStatus:
        from bot.cli.listing import show_workflow

        return await show_workflow(read_workflow_id(workflow_id), screen)

    carry_out(work, as_json=as_json)


@catalog.command()
def refresh(*, as_json: JSON = False) -> None:
    """Fetch the workflows anew and keep them for `serve` and `search`; say what has changed."""
    from bot.cli.listing import refresh_catalog

    carry_out(refresh_catalog, as_json=as_json)
