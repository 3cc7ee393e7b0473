"""Carrying a command out: its errors become sentences, a signal ends it in order, its status becomes the process's."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import typer

from bot.cli.exit import ExitStatus, status_of
from bot.cli.show import Fault, Screen
from bot.cli.signals import until_told_to_stop
from bot.domain.errors import ConfigurationError, FixdeskError, InvalidInputError
from bot.logs import set_up_logs
from bot.usecases.terminal.targets import TargetsError

Work = Callable[[Screen], Coroutine[Any, Any, ExitStatus]]


def carry_out(work: Work, *, as_json: bool) -> None:
    """Do a command's work, and end the process with its status."""
    set_up_logs(logging.WARNING)
    screen = Screen(as_json=as_json)
    with refusing(screen):
        status = asyncio.run(until_told_to_stop(work(screen)))
    raise typer.Exit(ExitStatus.INTERRUPTED if status is None else status)


@contextlib.contextmanager
def refusing(screen: Screen) -> Iterator[None]:
    """Turn an error that ends a command into its sentences and its exit status."""
    try:
        yield
    except FixdeskError as error:
        status = status_of(error)
        screen.refuse(_faults_of(error), status)
        raise typer.Exit(status) from error


def _faults_of(error: FixdeskError) -> list[Fault]:
    if isinstance(error, InvalidInputError):
        return [f"--param {name}: {sentence}" for name, sentence in error.fields.items()]
    return list(error.faults) if isinstance(error, ConfigurationError | TargetsError) else [str(error)]
