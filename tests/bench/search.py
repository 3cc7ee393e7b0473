"""Search: how well people are understood, and a query's time beside other ways to search the same names."""

import difflib
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process
from thefuzz import process as thefuzz  # type: ignore[import-untyped] # it has no hints

from bot.cli.search import read_catalog
from bot.domain.search import Index, build_index
from bot.thesaurus.files import load_thesaurus
from tests.bench.catalogs import catalog_of

DATA = Path(__file__).parent / "data"
SIZES = (200, 2_000, 20_000, 100_000)
SLOW_FROM = 20_000
"""From this size on the slow ones are asked only a few times."""
FEW, MANY, ROUNDS = 3, 60, 3
NEGATIVE = ("negative", "neg_hard")

Search = Callable[[str], object]


def measure() -> list[str]:
    """Return the rows of quality, then those of speed."""
    queries = [json.loads(line) for line in (DATA / "search_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    return [*_quality(queries), *(_speed(size, [row["query"] for row in queries][::4]) for size in SIZES)]


def _quality(queries: Iterable[dict[str, Any]]) -> list[str]:
    index = build_index(read_catalog(DATA / "search_catalog.tsv"), {}, load_thesaurus())
    by_class: dict[str, list[tuple[int, bool, bool]]] = defaultdict(list)
    for row in queries:
        found = index.find(row["query"], 10)
        ids = [match.workflow.id for match in found.ranked]
        rank = next((place for place, one in enumerate(ids, 1) if one in row["expected"]), 0)
        by_class[row["cls"]].append((rank, bool(ids), found.is_confident))
    return [_of_class(name, rows) for name, rows in by_class.items()]


def _of_class(name: str, rows: Sequence[tuple[int, bool, bool]]) -> str:
    ranks = [rank for rank, _, _ in rows]
    count = len(rows)
    if name in NEGATIVE:
        shown, sure = sum(row[1] for row in rows) / count, sum(row[2] for row in rows) / count
        return f"search, {name:19}{count:4} queries   shown {shown:.2f}   confident {sure:.2f}"
    first, third = sum(rank == 1 for rank in ranks) / count, sum(0 < rank <= 3 for rank in ranks) / count
    reciprocal = sum(1 / rank for rank in ranks if rank) / count
    return f"search, {name:19}{count:4} queries   hit@1 {first:.2f}   hit@3 {third:.2f}   MRR@10 {reciprocal:.2f}"


def _speed(size: int, queries: Sequence[str]) -> str:
    workflows, thesaurus = catalog_of(size), load_thesaurus()
    names = [workflow.name.casefold() for workflow in workflows]
    began = time.perf_counter()
    index = build_index(workflows, {}, thesaurus)
    built = time.perf_counter() - began
    medians = _medians(_ways(index, names), queries, is_large=size >= SLOW_FROM)
    kernel = medians["cdist"]
    others = "   ".join(f"{name} {seconds / kernel:.1f}" for name, seconds in medians.items() if name != "cdist")
    return f"search, {size:7,} workflows   built in {built:.2f} s   cdist {1e6 * kernel:6.0f} µs   ratios: {others}"


def _ways(index: Index, names: Sequence[str]) -> dict[str, Search]:
    return {
        "cdist": lambda query: process.cdist([query], names, scorer=fuzz.ratio, dtype=np.uint8),
        "fixdesk": lambda query: index.find(query, 10),
        "WRatio": lambda query: process.extract(query, names, scorer=fuzz.WRatio, limit=10),
        "thefuzz": lambda query: thefuzz.extract(query, names, limit=10),
        "difflib": lambda query: difflib.get_close_matches(query, names, n=10),
    }


def _medians(ways: dict[str, Search], queries: Sequence[str], *, is_large: bool) -> dict[str, float]:
    """Time the ways in turn, a query after another, in rounds: words come again, as they do while people type."""
    taken: dict[str, list[float]] = defaultdict(list)
    slow = frozenset(ways) - {"cdist", "fixdesk"}
    for number, query in enumerate([*queries[:MANY]] * ROUNDS):
        for name, way in ways.items():
            if name not in slow or number < (FEW if is_large else MANY // 6):
                began = time.perf_counter()
                way(query)
                taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}
