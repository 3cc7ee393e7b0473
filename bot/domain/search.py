"""Finding workflows by what people type: an index over names, descriptions and aliases, and a ranking.

Words of the query are matched against the vocabulary of the catalog (exact, beginning, inflected, mistyped), weighted
by how rare they are; a workflow's score is the share of the query's weight that it matches. So there is a natural
"nothing fits", and a long description cannot win by its length.
"""

import dataclasses
import math
import re
import sys
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.domain.workflow import Workflow, WorkflowId

MOST_WORDS = 30
"""Of a query; a keystroke is answered on the event loop."""
NAME_WEIGHT = 1.0
ALIAS_WEIGHT = 0.95
DESCRIPTION_WEIGHT = 0.6

SHOWN_FROM = 0.4
"""Below this score a workflow does not fit."""
CLEAR_FROM = 0.6
CLEAR_LEAD = 0.12
"""A match is clear, and preselected, from a score and with a lead over the next."""
CONFIDENT_FROM = 0.8
"""Sure enough to speak up unasked, with the same lead."""

_PREFIX = 0.9
_INFLECTED = 0.95
_MISTYPED_FROM = 0.7
_LEAST_PREFIX = 2
_LAST_LETTER = chr(sys.maxunicode)
_SHORT_WORD = 4
"""Words shorter than this are not taken as mistyped: almost any other short word is one letter away."""


def words_of(text: str) -> list[str]:
    """Split a text into words: no case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", "".join(char for char in plain if not unicodedata.combining(char)))


_FILLERS = frozenset(
    words_of("""
    a an and are as at be been but by can can't cannot could do does doesn't don't for from get gets getting has have
    help how i i'm im in into is isn't it its just keep keeps me my need no not of on or our please so some that the
    there this to too up very want was what when where which while why will with won't would you your
    """)
)
"""Words that say nothing about which workflow is meant."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A workflow found for some words."""

    workflow: Workflow
    score: float
    """0 to 1: the share of the words that it matches."""
    likeness: float = 0.0
    """0 to 1: how alike the words are to its name, or to an alias, as a whole; parts near equals."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Everything found, best first."""

    ranked: tuple[Match, ...] = ()

    @property
    def clear(self) -> Match | None:
        """The best match, if it is clear enough to be preselected."""
        return self.ranked[0] if self._leads(CLEAR_FROM) or self._is_nearest() else None

    @property
    def is_confident(self) -> bool:
        """Whether the best match is good enough to be offered unasked."""
        return self._leads(CONFIDENT_FROM)

    def _is_nearest(self) -> bool:
        """Tell whether the best one matches about everything, and is more alike as a whole than the next."""
        first, second = self.ranked[:2] if len(self.ranked) > 1 else (None, None)
        if first is None or second is None:
            return False
        return first.score >= CONFIDENT_FROM and first.likeness - second.likeness >= CLEAR_LEAD

    def _leads(self, least: float) -> bool:
        if not self.ranked or self.ranked[0].score < least:
            return False
        return len(self.ranked) == 1 or self.ranked[0].score - self.ranked[1].score >= CLEAR_LEAD


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The vocabulary of a catalog. Building it takes time in proportion to the catalog; do it off the event loop."""

    workflows: tuple[Workflow, ...]
    vocabulary: tuple[str, ...]
    """Every word, sorted."""
    stems: Mapping[str, tuple[str, ...]]
    """Stem → the words that have it."""
    postings: Mapping[str, Mapping[int, float]]
    """Word → place in `workflows` → weight of the best field that has it."""
    rarity: Mapping[str, float]
    """Word → its inverse document frequency."""
    phrases: tuple[tuple[str, ...], ...]
    """Place in `workflows` → its name and aliases, in words."""

    def find(self, query: str, limit: int = 10) -> Matches:
        """Rank the workflows that fit some words; the same words always give the same answer."""
        typed = words_of(query)[:MOST_WORDS]
        words = _meaningful(typed)
        gained: dict[int, float] = defaultdict(float)
        total = 0.0
        for word in words:
            alike = self._alike(word)
            weight = self._weight(alike)
            total += weight
            for place, degree in self._degrees(alike).items():
                gained[place] += weight * degree
        text = " ".join(typed)
        matches = [
            Match(
                workflow=self.workflows[place],
                score=round(gain / total, 4),
                likeness=max(fuzz.token_sort_ratio(text, phrase) for phrase in self.phrases[place]) / 100,
            )
            for place, gain in gained.items()
            if gain >= SHOWN_FROM * total
        ]
        return Matches(ranked=tuple(sorted(matches, key=_order)[:limit]))

    def _alike(self, word: str) -> dict[str, float]:
        """Return the words of the vocabulary that a typed word may mean, and how surely."""
        alike = dict.fromkeys(self._beginning_with(word), _PREFIX)
        alike |= dict.fromkeys(self.stems.get(_stem(word), ()), _INFLECTED)
        if len(word) >= _SHORT_WORD:
            near = process.extract(
                word, self.vocabulary, scorer=OSA.normalized_similarity, score_cutoff=_MISTYPED_FROM, limit=8
            )
            for known, likeness, _ in near:
                alike.setdefault(known, likeness * _PREFIX)
        if word in self.postings:
            alike[word] = 1.0
        return alike

    def _beginning_with(self, word: str) -> Sequence[str]:
        """Return the words that begin with at least two typed letters."""
        if len(word) < _LEAST_PREFIX:
            return ()
        return self.vocabulary[bisect_left(self.vocabulary, word) : bisect_left(self.vocabulary, word + _LAST_LETTER)]

    def _weight(self, alike: Mapping[str, float]) -> float:
        """Weigh a typed word by the rarity of what it most surely means; an unknown word weighs as the rarest."""
        if not alike:
            return math.log1p(len(self.workflows))
        return self.rarity[max(alike, key=lambda known: alike[known])]

    def _degrees(self, alike: Mapping[str, float]) -> dict[int, float]:
        degrees: dict[int, float] = {}
        for known, likeness in alike.items():
            for place, weight in self.postings[known].items():
                degrees[place] = max(degrees.get(place, 0.0), likeness * weight)
        return degrees


def _order(match: Match) -> tuple[float, float, str]:
    """Order by score; near equals by how alike the whole phrase is, then by id."""
    return (-round(match.score, 2), -match.likeness, match.workflow.id)


def build_index(workflows: Iterable[Workflow], aliases: Mapping[WorkflowId, Sequence[str]]) -> Index:
    """Build the index of a catalog with the operator's aliases."""
    listed = tuple(sorted(workflows, key=lambda workflow: workflow.id))
    postings: dict[str, dict[int, float]] = defaultdict(dict)
    for place, workflow in enumerate(listed):
        fields = (
            (DESCRIPTION_WEIGHT, words_of(workflow.description)),
            (ALIAS_WEIGHT, _with_joined(words_of(" ".join(aliases.get(workflow.id, ()))))),
            (NAME_WEIGHT, _with_joined(words_of(workflow.name))),
        )
        for weight, words in fields:
            for word in words:
                postings[word][place] = max(weight, postings[word].get(place, 0.0))
    rarity = {word: math.log1p(len(listed) / len(places)) for word, places in postings.items()}
    stems: dict[str, list[str]] = defaultdict(list)
    for word in postings:
        stems[_stem(word)].append(word)
    return Index(
        workflows=listed,
        vocabulary=tuple(sorted(postings)),
        stems={stem: tuple(words) for stem, words in stems.items()},
        postings=dict(postings),
        rarity=rarity,
        phrases=tuple(
            tuple(" ".join(words_of(text)) for text in (workflow.name, *aliases.get(workflow.id, ())))
            for workflow in listed
        ),
    )


def _meaningful(words: Sequence[str]) -> list[str]:
    """Drop filler words, unless there is nothing else."""
    return [word for word in words if word not in _FILLERS] or list(words)


def _with_joined(words: Sequence[str]) -> list[str]:
    """Add each two neighbours as one word, so that "one drive" and "onedrive" meet."""
    return [*words, *(first + second for first, second in pairwise(words))]


def _stem(word: str) -> str:
    """Cut the commonest English endings of a long enough word."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORT_WORD - 1:
            return word.removesuffix(ending)
    return word
