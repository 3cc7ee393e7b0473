"""`fixdesk search`: ranked matches for some words, from a file or from the cached catalog."""

import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.domain.errors import ConfigurationError
from bot.domain.explanation import Reason
from bot.domain.search import Index, Matches, build_index
from bot.domain.workflow import Catalog, Workflow, WorkflowId

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
    explain: Annotated[bool, typer.Option("--explain", help="Say why each match is where it is.")] = False,
) -> None:
    """Show which workflows fit some words, best first."""
    index = _index_of(catalog)
    show = _as_json if as_json else _as_text
    for query in _queries(words):
        started = time.perf_counter()
        matches = index.find(query, limit)
        milliseconds = (time.perf_counter() - started) * 1000
        reasons = {one.workflow.id: index.explain(query, one.workflow.id) for one in matches.ranked} if explain else {}
        typer.echo(show(Answer(query=query, milliseconds=milliseconds, matches=matches, reasons=reasons)))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one query found."""

    query: str
    milliseconds: float
    matches: Matches
    reasons: Mapping[WorkflowId, Sequence[Reason]]
    """Of each match, where they were asked for."""


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


def _index_of(catalog: Path | None) -> Index:
    from bot.settings import LocalSettings, load_policy
    from bot.thesaurus.files import load_thesaurus
    from bot.usecases.catalog import aliases_of

    settings = LocalSettings()
    thesaurus = load_thesaurus(settings.fixdesk_thesaurus)
    if catalog is not None:
        return build_index(read_catalog(catalog), {}, thesaurus)
    kept = asyncio.run(_cached(settings.fixdesk_database_url))
    aliases = aliases_of(load_policy(settings.fixdesk_policy), kept.workflows)
    return build_index(kept.workflows.values(), aliases, thesaurus)


async def _cached(url: str) -> Catalog:
    """Return the catalog in the database; raise `ConfigurationError` where there is none."""
    from bot.store.database import SqlStore
    from bot.store.engine import may_exist

    kept = None
    if may_exist(url):
        store = await SqlStore.open(url)
        try:
            kept = await store.load_catalog()
        finally:
            await store.close()
    if kept is None:
        raise ConfigurationError(
            ["FIXDESK_DATABASE_URL: no catalog is cached there; run `fixdesk serve` once, or give --catalog FILE.tsv"]
        )
    return kept


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


def _as_json(answer: Answer) -> str:
    found = [
        {
            "id": one.workflow.id,
            "name": one.workflow.name,
            "score": one.score,
            **_as_dicts(answer.reasons.get(one.workflow.id)),
        }
        for one in answer.matches.ranked
    ]
    row = {
        "query": answer.query,
        "ms": round(answer.milliseconds, 3),
        "confident": answer.matches.is_confident,
        "matches": found,
    }
    return json.dumps(row, ensure_ascii=False)


def _as_dicts(reasons: Sequence[Reason] | None) -> dict[str, Any]:
    return {"reasons": [dataclasses.asdict(reason) for reason in reasons]} if reasons is not None else {}


def _as_text(answer: Answer) -> str:
    rows = []
    for one in answer.matches.ranked:
        rows.append(f"{one.score:.2f}  {one.workflow.name}  {one.workflow.id}")
        rows += [_as_line(reason) for reason in answer.reasons.get(one.workflow.id, ())]
    return "\n".join(rows) or "Nothing fits."


def _as_line(reason: Reason) -> str:
    return f"      {reason.degree:.2f} of {reason.share:4.0%}  {reason.word}: {reason.because}"
