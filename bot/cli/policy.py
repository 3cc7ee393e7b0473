"""`fixdesk policy`: is the file right, who may do what and by which rule, and whose rights a change would alter."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exit import ExitStatus
from bot.domain.errors import ConfigurationError, NotAllowedError
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.check import Severity, check_policy
from bot.policy.decide import identify_actor, may_run
from bot.policy.explain import acting_as, explain_rights
from bot.policy.rules import Policy

policy = typer.Typer(help="Look at the policy file.", no_args_is_help=True)

NO_FILE = "FIXDESK_POLICY is not set: set it to the path of a policy file, or give the file"
FileOption = Annotated[Path | None, typer.Option("--policy", help="The file; else FIXDESK_POLICY.")]


@policy.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="The file; else FIXDESK_POLICY.")] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail as well.")] = False,
) -> None:
    """Say what is wrong with the file, a line each: file, line, column, and the mend. Exit status 1 where it is."""
    path = _path(file)
    _require_readable(path)
    try:
        lines = check_policy(path.read_text(encoding="utf-8"), str(path))
    except ConfigurationError as error:
        for fault in error.faults:
            typer.echo(fault)
        raise typer.Exit(ExitStatus.FAILED) from None
    for line in lines:
        typer.echo(line)
    is_wrong = any(strict or f": {Severity.ERROR}: " in line for line in lines)
    if not lines:
        typer.echo(f"{path}: right.")
    raise typer.Exit(ExitStatus.FAILED if is_wrong else ExitStatus.DONE)


@policy.command()
def explain(
    workflow: Annotated[str, typer.Argument(help="The workflow's id: #clear_teams_cache")],
    *,
    address: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Whose rights.")],
    channel: Annotated[str, typer.Option(help="The channel (C…) that they ask in.")] = "",
    file: FileOption = None,
) -> None:
    """Say whether somebody may run a workflow, by which rule, and who then has to agree. Exit status 1 where not."""
    told = explain_rights(_policy(_path(file)), address, WorkflowId(workflow), channel)
    for line in told.lines:
        typer.echo(line)
    raise typer.Exit(ExitStatus.DONE if told.is_allowed else ExitStatus.FAILED)


@policy.command()
def replay(
    new: Annotated[Path, typer.Argument(help="The changed file.")],
    *,
    file: FileOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False,
) -> None:
    """Ask the present file and a changed one about all that was ever asked for. Exit status 1 where they differ."""
    from bot.settings import LocalSettings

    present, changed = _policy(_path(file)), _policy(new)
    asked = asyncio.run(_asked(LocalSettings().fixdesk_database_url))
    differences = list(_differences(present, changed, asked))
    for actor, workflow_id, channel, before, after in differences:
        where = f" in {channel}" if channel else ""
        if as_json:
            facts = {"actor": actor, "workflow_id": workflow_id, "channel_id": channel}
            typer.echo(json.dumps({**facts, "before": not before, "after": not after, "why": after or before}))
        else:
            words = ["not allowed" if why else "allowed" for why in (before, after)]
            typer.echo(f"{actor} {workflow_id}{where}: {' → '.join(words)}. {after or before}")
    if not as_json:
        typer.echo(f"{len(asked)} asked for, {len(differences)} decided otherwise.")
    raise typer.Exit(ExitStatus.FAILED if differences else ExitStatus.DONE)


Asked = tuple[str, str, str]
"""Who, which workflow, in which channel."""


async def _asked(url: str) -> list[Asked]:
    """Read from the audit what was ever asked for, once each."""
    from bot.store.database import SqlStore

    store = await SqlStore.open(url)
    try:
        found: dict[Asked, None] = {}
        last = 0
        while rows := await store.audit_rows(last):
            last = rows[-1].seq
            for row in rows:
                if row.entry.action == "run.requested":
                    subject = row.entry.subject
                    found[row.entry.actor, str(subject["workflow_id"]), str(subject.get("channel_id", ""))] = None
        return list(found)
    finally:
        await store.close()


def _differences(present: Policy, changed: Policy, asked: list[Asked]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield what the two decide otherwise: who, what, where, and why not before and after; "" is allowed."""
    for actor, workflow_id, channel in asked:
        before, after = (_why_not(policy, actor, workflow_id, channel) for policy in (present, changed))
        if bool(before) != bool(after):
            yield actor, workflow_id, channel, before, after


def _why_not(one: Policy, actor: str, workflow_id: str, channel: str) -> str:
    try:
        identify_actor(one, actor)
    except NotAllowedError as refusal:
        return str(refusal)
    workflow = Workflow(id=WorkflowId(workflow_id), uuid="", name=workflow_id)
    return may_run(one, acting_as(one, actor), workflow, channel).reason


def _path(file: Path | None) -> Path:
    from bot.settings import LocalSettings

    path = file or LocalSettings().fixdesk_policy
    if path is None:
        raise ConfigurationError([NO_FILE])
    return path


def _require_readable(path: Path) -> None:
    """Raise `ConfigurationError` where a file cannot be read at all."""
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError([f"{path} cannot be read ({why}); give the path of a policy file"]) from None


def _policy(path: Path) -> Policy:
    from bot.settings import load_policy

    _require_readable(path)
    read = load_policy(path)
    if read is None:
        raise ConfigurationError([NO_FILE])
    return read
