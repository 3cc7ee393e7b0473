"""Printing: answers go to standard output, all else to standard error; Rich on a terminal, plain lines in a pipe.

Text from outside is cleaned of control characters and never taken as markup.
"""

import contextlib
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.cli.exit import ExitStatus
from bot.usecases.terminal.targets import LineFault

Fault = str | LineFault

MAX_FAULTS = 20
"""Faults that are shown as text; JSON has them all."""

Advance = Callable[[int], None]
"""Sets how much is done."""


class Screen:
    """Where a command prints."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, text: str) -> None:
        """Print a message beside the answer."""
        sys.stderr.write(f"{clean(text)}\n")
        sys.stderr.flush()

    def line(self, *cells: str) -> None:
        """Print a line of the answer, its cells parted by tabs; nothing where the answer is JSON."""
        if not self.as_json:
            sys.stdout.write("\t".join(map(clean, cells)) + "\n")
            sys.stdout.flush()

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table: with a header on a terminal, without one in a pipe."""
        if self.as_json or not sys.stdout.isatty():
            for row in rows:
                self.line(*row)
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table()
        for column in columns:
            table.add_column(Text(clean(column)))
        for row in rows:
            table.add_row(*(Text(clean(cell)) for cell in row))
        Console().print(table)

    def document(self, document: Mapping[str, Any]) -> None:
        """Print the one JSON document of the answer, where that is asked for."""
        if self.as_json:
            sys.stdout.write(f"{json.dumps(document, ensure_ascii=False, indent=2)}\n")

    def refuse(self, faults: Sequence[Fault], status: ExitStatus) -> None:
        """Print what is wrong: all of it as JSON, the first ones as text."""
        told = [fault if isinstance(fault, str) else dataclasses.asdict(fault) for fault in faults]
        self.document({"status": int(status), "faults": told})
        for fault in faults[:MAX_FAULTS]:
            self.say(f"fixdesk: {fault}")
        if len(faults) > MAX_FAULTS:
            self.say(f"fixdesk: and {len(faults) - MAX_FAULTS:,} more; --json shows them all")

    @contextlib.contextmanager
    def progress(self, doing: str, total: int) -> Iterator[Advance]:
        """Show a bar on standard error for as long as the context lasts, where that is a terminal."""
        if not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
            task = bar.add_task(doing, total=total)
            yield lambda done: bar.update(task, completed=done)


def clean(text: str) -> str:
    """Return a text in one line, without characters that could steer a terminal."""
    return text if text.isprintable() else "".join(one if one.isprintable() else " " for one in text)
