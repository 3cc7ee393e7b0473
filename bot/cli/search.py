"""`fixdesk search`: ranked matches for some words, from a file or from the cached catalog."""

import csv
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.domain.errors import ConfigurationError
from bot.domain.search import Matches, build_index
from bot.domain.workflow import Workflow, WorkflowId

FROM_INPUT = "-"


def search(
    words: Annotated[list[str], typer.Argument(help="What is wrong, in your own words; - reads one query a line.")],
    *,
    catalog: Annotated[
        Path, typer.Option(help="A file of tab-separated columns id, name, description.", show_default=False)
    ],
    limit: Annotated[int, typer.Option(min=1, help="How many matches.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a query.")] = False,
) -> None:
    """Show which workflows fit some words, best first."""
    index = build_index(read_catalog(catalog), {})
    for query in _queries(words):
        started = time.perf_counter()
        matches = index.find(query, limit)
        milliseconds = (time.perf_counter() - started) * 1000
        typer.echo(_as_json(query, matches, milliseconds) if as_json else _as_text(matches))


def read_catalog(path: Path) -> list[Workflow]:
    """Read workflows from a TSV file; raise `ConfigurationError` naming the file, the line and the mend."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader((line for line in file if not line.startswith("# ")), delimiter="\t")
            missing = {"id", "name"} - set(lines.fieldnames or ())
            if missing:
                raise ConfigurationError([f"{path}: the first line must name the columns id, name, description"])
            return [_workflow(path, number, row) for number, row in enumerate(lines, 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError([f"{path}: this catalog cannot be read: {error}"]) from error


def _workflow(path: Path, number: int, row: dict[str, str | None]) -> Workflow:
    if not row["id"] or not row["name"]:
        raise ConfigurationError([f"{path}, line {number}: a workflow needs an id and a name, parted by a tab"])
    description = row.get("description") or ""
    return Workflow(id=WorkflowId(row["id"]), uuid="", name=row["name"], description=description)


def _queries(words: Iterable[str]) -> Iterator[str]:
    query = " ".join(words)
    if query != FROM_INPUT:
        yield query
        return
    for line in sys.stdin:
        yield line.rstrip("\r\n")


def _as_json(query: str, matches: Matches, milliseconds: float) -> str:
    found = [{"id": one.workflow.id, "name": one.workflow.name, "score": one.score} for one in matches.ranked]
    answer = {"query": query, "ms": round(milliseconds, 3), "confident": matches.is_confident, "matches": found}
    return json.dumps(answer, ensure_ascii=False)


def _as_text(matches: Matches) -> str:
    rows = [f"{one.score:.2f}  {one.workflow.name}  {one.workflow.id}" for one in matches.ranked]
    return "\n".join(rows) or "Nothing fits."
