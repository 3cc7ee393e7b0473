"""`fixdesk resume`: gives a paused execution its event."""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.arguments import QUOTE, read_parameters, read_uuid
from bot.cli.command import carry_out
from bot.cli.exit import ExitStatus, status_of
from bot.cli.show import Screen
from bot.domain.errors import ConfigurationError, Effect, NexthinkError, ResultUnknownError, TooLateError
from bot.domain.run import ExecutionId

if TYPE_CHECKING:
    from bot.usecases.terminal.resume import Event

PATIENCE = timedelta(minutes=2)
"""How long an execution that does not wait yet is tried with --wait."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """What `fixdesk resume` was called with."""

    workflow: str
    execution_id: ExecutionId
    parameters: Mapping[str, str]
    acting_as: str
    patience: timedelta
    is_again: bool


def resume(  # noqa: PLR0913 - each argument is an option of the command
    workflow: Annotated[str, typer.Argument(metavar="WORKFLOW", help="The workflow's '#id', in quotes, or its uuid.")],
    execution: Annotated[str, typer.Argument(metavar="EXECUTION", help="The execution's uuid.")],
    *,
    param: Annotated[list[str] | None, typer.Option(help="A parameter of the event: name=value.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Try for two minutes where it does not wait yet.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also where an answer was accepted before.")] = False,
    acting_as: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who asks; else the operator.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Resume an execution that waits for an event, as far as the policy allows it; always recorded."""

    async def work(screen: Screen) -> ExitStatus:
        call = _Call(
            workflow=workflow,
            execution_id=ExecutionId(execution),
            parameters=_read(workflow, execution, param or []),
            acting_as=acting_as.strip(),
            patience=PATIENCE if wait else timedelta(0),
            is_again=again,
        )
        return await _resume(call, screen)

    carry_out(work, as_json=as_json)


def _read(workflow: str, execution: str, given: list[str]) -> dict[str, str]:
    """Return the event's parameters; raise `ConfigurationError` with all that is wrong with the arguments."""
    parameters, faults = read_parameters(given)
    if not workflow.startswith("#"):
        why = f"name it by its id, which begins with #, {QUOTE}; or by its uuid"
        faults += [f"{fault}; {why}" for fault in read_uuid("WORKFLOW", workflow)]
    faults += read_uuid("EXECUTION", execution)
    faults += [
        f"--param {name}: it is blank; Nexthink wants a value"
        for name, value in parameters.items()
        if not value.strip()
    ]
    if faults:
        raise ConfigurationError(faults)
    return parameters


async def _resume(call: _Call, screen: Screen) -> ExitStatus:
    from bot.cli.desk import opened_terminal
    from bot.usecases.terminal.resume import Event, find_workflow, resume_execution

    async with opened_terminal(call.acting_as) as terminal:
        workflow = await find_workflow(call.workflow, nexthink=terminal.nexthink, store=terminal.store)
        event = Event(workflow=workflow, execution_id=call.execution_id, parameters=call.parameters)
        try:
            await resume_execution(
                event, terminal=terminal, patience=call.patience, is_again=call.is_again, say=screen.say
            )
        except TooLateError as error:
            return _show_too_late(event, error, screen)
        except NexthinkError as error:
            return _show_trouble(event, error, screen)
    return _show(event, "Resumed.", ExitStatus.DONE, screen)


def _show_too_late(event: "Event", error: TooLateError, screen: Screen) -> ExitStatus:
    """Say which earlier answer is in the way."""
    status = ExitStatus.UNKNOWN if isinstance(error, ResultUnknownError) else ExitStatus.FAILED
    return _show(event, str(error), status, screen)


def _show_trouble(event: "Event", error: NexthinkError, screen: Screen) -> ExitStatus:
    """Say why it is not resumed, or that nobody knows."""
    from bot.usecases.resume import UNKNOWN_SEND, is_too_early

    if error.effect is Effect.UNKNOWN:
        return _show(event, UNKNOWN_SEND, ExitStatus.UNKNOWN, screen)
    said = f" Nexthink said: {error.details}" if error.details else ""
    early = f"Not resumed: it does not wait for an event now.{said}"
    why = early if is_too_early(error) else f"Not resumed. {error}"
    return _show(event, why, status_of(error), screen)


def _show(event: "Event", said: str, status: ExitStatus, screen: Screen) -> ExitStatus:
    screen.line(said)
    screen.document(
        {
            "status": int(status),
            "workflow": {"id": event.workflow.id, "uuid": event.workflow.uuid, "name": event.workflow.name},
            "execution_id": event.execution_id,
            "parameters": dict(event.parameters),
            "result": said,
        }
    )
    return status
