"""How well people are understood, on labelled queries: a floor that no change may go below."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from bot.cli.search import read_catalog
from bot.domain.search import Matches, build_index
from bot.thesaurus.files import load_thesaurus

DATA = Path(__file__).parents[1] / "bench" / "data"
LEXICAL = ("prefix", "wordprefix", "typo1", "typo2", "transpose", "reorder", "missing", "extra")
JOINED = ("abbrev", "concat")
MEANING = ("intent", "foreign")
NEGATIVE = ("negative", "neg_hard")

Answers = list[tuple[dict[str, Any], Matches]]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Every labelled query with its matches."""
    index = build_index(read_catalog(DATA / "search_catalog.tsv"), {}, load_thesaurus())
    lines = (DATA / "search_dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [(row, index.find(row["query"])) for row in map(json.loads, lines)]


def of(answers: Answers, classes: Collection[str]) -> Answers:
    """Return the answers of some classes."""
    return [(row, found) for row, found in answers if row["cls"] in classes]


def hits(answers: Answers, rank: int) -> float:
    """Return the share of queries with a right workflow among the first."""
    found = [any(one.workflow.id in row["expected"] for one in matches.ranked[:rank]) for row, matches in answers]
    return sum(found) / len(found)


@pytest.mark.parametrize(
    ("classes", "rank", "least"),
    [
        (LEXICAL, 1, 0.98),
        (JOINED, 1, 0.92),
        (MEANING, 1, 0.75),
        (MEANING, 3, 0.90),
        ((*LEXICAL, *JOINED, *MEANING), 1, 0.90),
    ],
)
def test_right_workflow_comes_first(answers: Answers, classes: tuple[str, ...], rank: int, least: float) -> None:
    """Typing errors, joined words and abbreviations, symptoms and other languages."""
    assert hits(of(answers, classes), rank) >= least


def test_what_is_off_topic_finds_nothing(answers: Answers) -> None:
    """Hardly ever something is shown, and fixdesk does not speak up."""
    off_topic = of(answers, NEGATIVE)

    assert sum(bool(found.ranked) for _, found in off_topic) <= 0.20 * len(off_topic)
    assert sum(found.is_confident for _, found in off_topic) <= 0.03 * len(off_topic)


def test_it_speaks_up_often_and_rightly(answers: Answers) -> None:
    """In a channel, it is sure of most symptoms, and then it is right."""
    meaning = of(answers, MEANING)
    sure = [(row, found) for row, found in meaning if found.is_confident]

    assert len(sure) >= 0.60 * len(meaning)
    assert hits(sure, 1) >= 0.90
