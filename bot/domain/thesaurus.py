"""What people say and what it means: concepts, their words in seven languages, and what helps with what."""

import dataclasses
import enum
import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.spelling import Spelling
from bot.domain.words import root, spelled_out, stem, words_of

LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl")
NOT = "not"
FILLER = "filler"
ASIDE = "aside"
ELSEWHERE = "elsewhere"
"""Reserved concepts: negations, words without a meaning of their own, words that people say around the matter, and
phrases that are about something else."""
_RESERVED = (NOT, FILLER, ASIDE, ELSEWHERE)

Meaning = Mapping[str, float]
"""Concept → how surely it is meant, 0 to 1."""

_EXACT = 0.95
_INFLECTED = 0.9
_CONJUGATED = 0.85
_LEADS = {"means": 0.9, "suggests": 0.7, "hints": 0.45}
_FAINTEST = 0.3
"""What is suggested by what is suggested fades; below this it is nothing."""
_MOST_TERMS = 3
_SIMILAR = 0.6
_PLUS = " + "
_KIND = "kind"
_COMMENT = "#"
_COLUMNS = 3
_MISTYPED_FROM = 6
"""Shorter words are too near to each other across seven languages to be taken as mistyped."""
_LEAST_PREFIX = 4
_MOST_BEGINNINGS = 8
_BEGUN = 0.8


class Kind(enum.StrEnum):
    """What sort of thing a concept is: what is done, what is complained of, or what it is about."""

    ACT = "act"
    STATE = "state"
    THING = "thing"
    PLACE = "place"
    """Where it happens, and so hardly ever what it is about: the laptop, the user."""


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A line of a thesaurus."""

    concept: str
    """Or several, parted by ` + `."""
    relation: str
    values: tuple[str, ...]
    origin: str = ""
    """Its file and line."""

    @property
    def terms(self) -> frozenset[str]:
        """The concept, or those that are combined."""
        return frozenset(term.strip() for term in self.concept.split(_PLUS))


@dataclasses.dataclass(frozen=True, slots=True)
class Combination:
    """Concepts that together mean more."""

    terms: frozenset[str]
    leads: Meaning


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Thesaurus:
    """All that is known of words. It is made once and shared: an index of any catalog is built with it."""

    kinds: Mapping[str, Kind] = dataclasses.field(default_factory=dict)
    fillers: frozenset[str] = frozenset()
    asides: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset({NOT})
    words: Mapping[str, Meaning] = dataclasses.field(default_factory=dict)
    stems: Mapping[str, Meaning] = dataclasses.field(default_factory=dict)
    roots: Mapping[str, Meaning] = dataclasses.field(default_factory=dict)
    phrases: Mapping[tuple[str, str], tuple[tuple[tuple[str, ...], str], ...]] = dataclasses.field(default_factory=dict)
    """First two stems of a phrase → its stems, and the concept; the longest first."""
    combinations: Mapping[str, tuple[Combination, ...]] = dataclasses.field(default_factory=dict)
    """One of its terms → the combination."""
    leads: Mapping[str, Meaning] = dataclasses.field(default_factory=dict)
    """Concept → itself, and what it leads to."""
    spelling: Spelling = dataclasses.field(default_factory=lambda: Spelling(()))
    """Of the long words."""
    vocabulary: Sequence[str] = ()
    """Every word, sorted."""

    def meaning(self, word: str) -> Meaning:
        """Return the concepts that a word may stand for by itself."""
        found = self.words.get(word) or self.stems.get(stem(word)) or self.roots.get(root(word))
        return found or {}

    def beginning_with(self, word: str) -> dict[str, float]:
        """Return the words that begin with enough letters."""
        if len(word) < _LEAST_PREFIX:
            return {}
        start = bisect_left(self.vocabulary, word)
        begun = itertools.takewhile(
            lambda known: known.startswith(word), itertools.islice(self.vocabulary, start, None)
        )
        return dict.fromkeys(itertools.islice(begun, _MOST_BEGINNINGS), _BEGUN)

    def phrases_in(self, words: Sequence[str]) -> list[tuple[str, tuple[int, ...]]]:
        """Return each concept that is said in several words, with the places of these words.

        Looked for as it stands, and without the words that have no meaning of their own.
        """
        stems = [NOT if word in self.negations else stem(word) for word in words]
        found = self._phrases_at(stems, range(len(words)))
        kept = [place for place, word in enumerate(words) if word not in self.fillers]
        if len(kept) < len(words):
            found |= self._phrases_at([stems[place] for place in kept], kept)
        return list(found)

    def _phrases_at(self, stems: Sequence[str], places: Sequence[int]) -> dict[tuple[str, tuple[int, ...]], None]:
        return {
            (concept, tuple(places[start : start + len(phrase)])): None
            for start, pair in enumerate(itertools.pairwise(stems))
            if pair in self.phrases
            for phrase, concept in self.phrases[pair]
            if tuple(stems[start : start + len(phrase)]) == phrase
        }


def parse_rows(text: str, name: str) -> list[Row]:
    """Read a table; a line that is none becomes a row with a relation that `problems_of` refuses."""
    lines = ((number, line.strip("\n\r")) for number, line in enumerate(text.split("\n"), 1))
    return [
        _parse_row(line, f"{name}, line {number}")
        for number, line in lines
        if line.strip() and not line.startswith(_COMMENT)
    ]


def _parse_row(line: str, origin: str) -> Row:
    cells = line.split("\t")
    if len(cells) != _COLUMNS:
        return Row(line, "", (), origin)
    concept, relation, values = (cell.strip() for cell in cells)
    return Row(concept, relation, tuple(filter(None, (value.strip() for value in values.split(",")))), origin)


def problems_of(rows: Iterable[Row], others: Iterable[Row] = ()) -> list[str]:
    """Say what is wrong with rows that are added to others, each with its place and the mend."""
    rows = list(rows)
    known = frozenset(_RESERVED) | {
        row.concept for row in (*rows, *others) if len(row.terms) == 1 and row.relation in (*LANGUAGES, _KIND)
    }
    return [f"{row.origin}: {problem}" for row in rows for problem in _problems_of(row, known)]


def _problems_of(row: Row, known: frozenset[str]) -> Iterator[str]:
    if not row.relation or not row.values:
        yield "a line has three columns, parted by tabs: concept, relation, values parted by commas"
        return
    if row.relation not in (*LANGUAGES, _KIND, *_LEADS):
        relations = ", ".join((*LANGUAGES, _KIND, *_LEADS))
        yield f'"{row.relation}" is no relation; there are {relations}'
    elif row.relation == _KIND and row.values[0] not in set(Kind):
        yield f'"{row.values[0]}" is no kind; there are {", ".join(Kind)}'
    if len(row.terms) > _MOST_TERMS or (len(row.terms) > 1 and row.relation not in _LEADS):
        yield f'"{row.concept}": up to three concepts can be combined, with {", ".join(_LEADS)}'
    needed = (*row.terms, *row.values) if row.relation in _LEADS else ()
    for name in needed:
        if name not in known:
            yield f'no line says what "{name}" is; {_advice(name, known)}'


def _advice(name: str, known: frozenset[str]) -> str:
    near = process.extractOne(name, sorted(known), scorer=OSA.normalized_similarity, score_cutoff=_SIMILAR)
    other = f'was "{near[0]}" meant? Else add' if near else "add"
    return f"{other} a line with its words in a language"


def build_thesaurus(rows: Iterable[Row]) -> Thesaurus:
    """Compile rows, whose concepts and relations hold what `problems_of` asks for."""
    return _Builder(list(rows)).build()


class _Builder:
    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._reserved = {
            name: frozenset(
                word
                for row in rows
                if row.concept == name and row.relation in LANGUAGES
                for value in row.values
                for words in [words_of(value)]
                if len(words) == 1
                for word in words
            )
            for name in (FILLER, ASIDE, NOT)
        }
        self._words: dict[str, dict[str, float]] = defaultdict(dict)
        self._stems: dict[str, dict[str, float]] = defaultdict(dict)
        self._roots: dict[str, dict[str, float]] = defaultdict(dict)
        self._phrases: dict[tuple[str, str], dict[tuple[tuple[str, ...], str], None]] = defaultdict(dict)
        self._kinds: dict[str, Kind] = {}
        self._links: dict[str, dict[str, float]] = defaultdict(dict)
        self._combined: dict[frozenset[str], dict[str, float]] = defaultdict(dict)

    def build(self) -> Thesaurus:
        for row in self._rows:
            self._take(row)
        leads = {name: self._closure(name) for name in self._kinds}
        return Thesaurus(
            kinds=self._kinds,
            fillers=self._reserved[FILLER] - self._words.keys(),
            asides=frozenset(stem(word) for word in self._reserved[ASIDE]),
            negations=self._reserved[NOT] | {NOT},
            words=dict(self._words),
            stems=dict(self._stems),
            roots=dict(self._roots),
            phrases={
                first: tuple(sorted(found, key=lambda one: -len(one[0]))) for first, found in self._phrases.items()
            },
            combinations=self._combinations(leads),
            leads=leads,
            spelling=Spelling(word for word in self._words if len(word) >= _MISTYPED_FROM),
            vocabulary=sorted(self._words),
        )

    def _take(self, row: Row) -> None:
        terms = row.terms
        if len(terms) == 1 and row.concept not in self._kinds:
            self._kinds[row.concept] = Kind.THING
            if row.concept not in (FILLER, ASIDE, ELSEWHERE, NOT):
                self._express(row.concept, row.concept, "en")
        if row.relation == _KIND:
            self._kinds[row.concept] = Kind(row.values[0])
        elif row.relation in LANGUAGES:
            for value in row.values:
                self._express(row.concept, value, row.relation)
        else:
            links = self._links[row.concept] if len(terms) == 1 else self._combined[terms]
            for value in row.values:
                links[value] = max(_LEADS[row.relation], links.get(value, 0.0))

    def _express(self, concept: str, expression: str, language: str) -> None:
        self._express_words(concept, words_of(expression), language)
        other = spelled_out(expression)
        if language == "de" and other != expression.casefold():
            self._express_words(concept, words_of(other), language)

    def _express_words(self, concept: str, words: Sequence[str], language: str) -> None:
        if len(words) == 1 and concept not in (FILLER, ASIDE, NOT):
            word = words[0]
            self._words[word][concept] = _EXACT
            _raise(self._stems[stem(word)], concept, _INFLECTED)
            if language != "en":
                _raise(self._roots[root(word)], concept, _CONJUGATED)
        elif len(words) > 1:
            stems = self.phrase_of(words)
            self._phrases[stems[0], stems[1]][stems, concept] = None

    def phrase_of(self, words: Sequence[str]) -> tuple[str, ...]:
        """Reduce an expression to the stems that matter; where only one would be left, all stay."""
        known = [NOT if word in self._reserved[NOT] else word for word in words]
        kept = [word for word in known if word not in self._reserved[FILLER]]
        return tuple(stem(word) for word in (kept if len(kept) > 1 else known))

    def _closure(self, concept: str) -> dict[str, float]:
        found = {concept: 1.0}
        edge = [concept]
        while edge:
            name = edge.pop()
            for other, degree in self._links.get(name, {}).items():
                through = found[name] * degree
                if through >= _FAINTEST and through > found.get(other, 0.0):
                    found[other] = through
                    edge.append(other)
        return found

    def _combinations(self, leads: Mapping[str, Meaning]) -> dict[str, tuple[Combination, ...]]:
        uses: dict[str, int] = defaultdict(int)
        for term in itertools.chain.from_iterable(self._combined):
            uses[term] += 1
        by_term: dict[str, list[Combination]] = defaultdict(list)
        for terms, links in self._combined.items():
            reached: dict[str, float] = {}
            for name, degree in links.items():
                for other, through in leads.get(name, {name: 1.0}).items():
                    if degree * through >= _FAINTEST:
                        _raise(reached, other, degree * through)
            by_term[min(terms, key=lambda term: (uses[term], term))].append(Combination(terms, reached))
        return {term: tuple(found) for term, found in by_term.items()}


def _longest_first(phrase: tuple[tuple[str, ...], str]) -> int:
    return -len(phrase[0])


def _raise(meaning: dict[str, float], concept: str, degree: float) -> None:
    meaning[concept] = max(degree, meaning.get(concept, 0.0))
