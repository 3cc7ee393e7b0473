"""`fixdesk search`: ranked matches for some words, from a file or from the cached catalog."""

import asyncio
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.domain.errors import ConfigurationError
from bot.domain.search import Index, Match, build_index
from bot.domain.workflow import Workflow, WorkflowId

FROM_INPUT = "-"


def search(
    words: Annotated[list[str], typer.Argument(help="What is wrong, in your own words; - reads one query a line.")],
    *,
    catalog: Annotated[
        Path | None,
        typer.Option(help="A file of tab-separated columns id, name, description; else what `serve` has cached."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many matches.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a query.")] = False,
) -> None:
    """Show which workflows fit some words, best first."""
    index = build_index(read_catalog(catalog), {}) if catalog else asyncio.run(cached_index())
    for query in _queries(words):
        started = time.perf_counter()
        # At least two, for whether the best one is sure depends on the next.
        matches = index.find(query, max(limit, 2))
        milliseconds = (time.perf_counter() - started) * 1000
        shown = matches.ranked[:limit]
        is_sure = matches.is_confident
        typer.echo(_as_json(query, shown, milliseconds, is_sure=is_sure) if as_json else _as_text(shown))


def read_catalog(path: Path) -> list[Workflow]:
    """Read workflows from a TSV file; raise `ConfigurationError` naming the file, the line and the mend."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: this catalog cannot be read: {error}"]) from error
    rows = [
        (number, line.split("\t")) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("# ")
    ]
    columns = rows[0][1] if rows else []
    if not {"id", "name"} <= set(columns):
        raise ConfigurationError([f"{path}: the first line must name the columns id, name, description"])
    return [_workflow(path, number, dict(zip(columns, cells, strict=False))) for number, cells in rows[1:]]


async def cached_index() -> Index:
    """Build the index of the catalog in the database, with the policy's aliases; raise `ConfigurationError` without."""
    from bot.settings import LocalSettings, load_policy
    from bot.store.database import SqlStore
    from bot.store.engine import database_path
    from bot.usecases.catalog import aliases_of

    settings = LocalSettings()
    url = settings.fixdesk_database_url
    kept = None
    if database_path(url).exists():
        store = await SqlStore.open(url)
        try:
            kept = await store.load_catalog()
        finally:
            await store.close()
    if kept is None:
        raise ConfigurationError(
            ["FIXDESK_DATABASE_URL: no catalog is cached there; run `fixdesk serve` once, or give --catalog FILE.tsv"]
        )
    return build_index(kept.workflows.values(), aliases_of(load_policy(settings.fixdesk_policy), kept.workflows))


def _workflow(path: Path, number: int, row: Mapping[str, str]) -> Workflow:
    if not row.get("id") or not row.get("name"):
        raise ConfigurationError([f"{path}, line {number}: a workflow needs an id and a name, parted by a tab"])
    return Workflow(id=WorkflowId(row["id"]), uuid="", name=row["name"], description=row.get("description", ""))


def _queries(words: Iterable[str]) -> Iterator[str]:
    query = " ".join(words)
    if query != FROM_INPUT:
        yield query
        return
    for line in sys.stdin:
        yield line.rstrip("\r\n")


def _as_json(query: str, shown: Sequence[Match], milliseconds: float, *, is_sure: bool) -> str:
    found = [{"id": one.workflow.id, "name": one.workflow.name, "score": one.score} for one in shown]
    answer = {"query": query, "ms": round(milliseconds, 3), "confident": is_sure, "matches": found}
    return json.dumps(answer, ensure_ascii=False)


def _as_text(shown: Sequence[Match]) -> str:
    rows = [f"{one.score:.2f}  {one.workflow.name}  {one.workflow.id}" for one in shown]
    return "\n".join(rows) or "Nothing fits."
