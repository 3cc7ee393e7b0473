"""What a typed word may mean in one catalog: as it stands, inflected, unfinished, mistyped, compound, or a concept."""

import dataclasses
import math
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.postings import DESCRIPTION_WEIGHT, Place, Postings, TermId
from bot.domain.spelling import Spelling
from bot.domain.thesaurus import Combination, Kind, Meaning, Thesaurus
from bot.domain.words import stem

_EXACT = 0.95
_INFLECTED = 0.95
_PREFIX_FROM, _PREFIX_TO = 0.7, 0.95
"""Of a beginning: the more of the word is there, the surer it is."""
_MOST_BEGINNINGS = 40
_LEAST_PREFIX = 2
_LAST_LETTER = chr(sys.maxunicode)
_INITIALS = 0.9
_LEAST_PART = 3
_LEAST_COMPOUND = 6
_LINKS = ("", "s", "n", "en", "es")
"""What German puts between the parts of a compound."""
_MISREAD = 0.9
"""A known word is less likely to be a slip, or the beginning, of another."""

_KIND_WEIGHT = {Kind.THING: 1.0, Kind.ACT: 0.6, Kind.STATE: 0.63, Kind.PLACE: 0.45}
_ABSENT = 0.6
"""Of a known word that no workflow of the catalog has, where it is not a thing."""
_CODE = 0.4
"""Of an unknown word with digits in it, like the code of an error."""
_ASIDE = 0.1
_LETTER = 0.3

_LEVELS = (0.75, 0.5)
"""From so well on a term alone makes a workflow worth looking at: strongly, or where nothing fits better."""
_MOST_REMEMBERED = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """Terms that fit about equally well."""

    terms: tuple[TermId, ...]
    best: float
    """How well the best of them fits; 0 where there are none."""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """One way in which something typed is understood."""

    said: str
    """The way, in words, for whoever asks why."""
    terms: Mapping[TermId, float]
    """Terms of the catalog, and how well each fits, 0 to 1."""
    levels: tuple[Level, ...]
    """The terms by how well they fit: strongly, weakly, and too faintly to make a workflow worth looking at."""
    initials_of: Sequence[Place] = ()
    """The workflows whose names have it as initials."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """A typed word, or a phrase, by itself."""

    word: str
    weight: float
    """How much it says about which workflow is meant: the rarer the more."""
    source: Source
    concepts: Meaning
    is_known: bool
    is_sure: bool = True
    """Not where it is taken for a slip of what was meant."""
    is_topic: bool = False
    """Whether it is what a query can be about: not what is done, complained of, or where."""


class Lexicon:
    """The words of a catalog, with what the thesaurus knows of them."""

    def __init__(self, postings: Postings, thesaurus: Thesaurus) -> None:
        """Make the tables."""
        self.thesaurus = thesaurus
        self._postings = postings
        self._size = max(len(postings.names), 1)
        self._by_word: dict[str, list[TermId]] = defaultdict(list)
        self._by_concept: dict[str, dict[TermId, float]] = defaultdict(dict)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for term, one in enumerate(postings.terms):
            self._by_word[one.word].append(term)
            for concept, degree in one.meaning.items():
                self._by_concept[concept][term] = degree
        self._vocabulary = sorted(self._by_word)
        for word in self._vocabulary:
            self._stems[stem(word)].append(word)
        self._spelling = Spelling(self._vocabulary)
        self._readings: dict[tuple[str, bool], Reading] = {}
        self._parts: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, Reading] = {}
        self._combined: dict[tuple[frozenset[str], bool], Source] = {}
        self.rarities = [self._rarity([term]) for term in range(len(postings.terms))]
        """Term → how rare it is."""

    def read(self, word: str, *, is_last: bool) -> Reading:
        """Understand a word; the last one may not be finished yet."""
        known = self._readings.get((word, is_last))
        if known is None:
            if len(self._readings) > _MOST_REMEMBERED:
                self._readings.clear()
            known = self._readings[word, is_last] = self._read(word, is_last=is_last)
        return known

    def phrase(self, concept: str) -> Reading:
        """Understand a concept that was said in several words."""
        known = self._phrases.get(concept)
        if known is None:
            meaning = {concept: _EXACT}
            source = self._source(concept, {}, meaning)
            known = Reading(
                word=concept,
                weight=self._concept_weight(meaning),
                source=source,
                concepts=meaning,
                is_known=True,
                is_topic=self._is_topic(meaning),
            )
            self._phrases[concept] = known
        return known

    def combined(self, combination: Combination, *, is_thing: bool) -> Source:
        """Return what a combination of concepts leads to; a word for a thing in it does not stand for an act."""
        known = self._combined.get((combination.terms, is_thing))
        if known is None:
            said = " + ".join(sorted(combination.terms))
            leads = self._of_things(combination.leads) if is_thing else combination.leads
            known = self._combined[combination.terms, is_thing] = _sorted_out(said, self._terms_with(leads))
        return known

    def is_thing(self, concepts: Iterable[str]) -> bool:
        """Tell whether all concepts are of things."""
        return all(self.thesaurus.kinds.get(one, Kind.THING) is Kind.THING for one in concepts)

    def _of_things(self, leads: Meaning) -> Meaning:
        return {one: degree for one, degree in leads.items() if self.thesaurus.kinds.get(one) is not Kind.ACT}

    def knows(self, word: str) -> bool:
        """Tell whether a word stands in the catalog, or means something."""
        return word in self._by_word or word in self.thesaurus.words

    def has(self, word: str) -> bool:
        """Tell whether a word stands in the catalog."""
        return word in self._by_word

    def telling(self, words: Sequence[str]) -> list[str]:
        """Leave out the words without a meaning of their own, unless there are no others."""
        return [word for word in words if word not in self.thesaurus.fillers] or list(words)

    def parts(self, word: str) -> tuple[str, ...]:
        """Split what was typed as one word, or is a compound, into known words; an understood word stays whole."""
        known = self._parts.get(word)
        if known is None:
            if len(self._parts) > _MOST_REMEMBERED:
                self._parts.clear()
            known = self._parts[word] = self._split(word)
        return known

    def _split(self, word: str) -> tuple[str, ...]:
        if len(word) < _LEAST_COMPOUND or self._is_understood(word):
            return (word,)
        return min(self._splits(word), key=lambda parts: (-min(map(len, parts)), parts), default=(word,))

    def _is_understood(self, word: str) -> bool:
        return (
            self.knows(word)
            or stem(word) in self._stems
            or word in self.thesaurus.fillers
            or stem(word) in self.thesaurus.asides
            or bool(self.thesaurus.meaning(word) or self._beginning_with(word))
            or bool(self._spelling.near(word) or self.thesaurus.spelling.near(word))
        )

    def _splits(self, word: str) -> Iterator[tuple[str, ...]]:
        for cut in range(2, len(word) - 1):
            first, second = word[:cut], word[cut:]
            if not self._is_part(second):
                continue
            bare = (first.removesuffix(link) for link in _LINKS if first.endswith(link))
            known = next((one for one in bare if self._is_part(one)), None)
            if known is not None:
                yield (known, second)

    def _is_part(self, word: str) -> bool:
        if word in self.thesaurus.fillers:
            return False
        if len(word) < _LEAST_PART:
            return word in self._by_word
        return self.knows(word) or bool(self.thesaurus.meaning(word))

    def _read(self, word: str, *, is_last: bool) -> Reading:
        literal, meaning = self._literal(word), dict(self.thesaurus.meaning(word))
        if len(word) >= _LEAST_PREFIX or is_last:
            self._complete(word, literal, dampened=bool(literal or meaning))
        is_sure = bool(literal or meaning)
        if not literal and word not in self.thesaurus.words:
            self._correct(word, literal, meaning)
        if not literal and not meaning:
            meaning = self._guess(word, is_last=is_last)
        initials = self._postings.by_initials.get(word, ()) if not literal else ()
        is_known = bool(literal or meaning or initials)
        return Reading(
            word=word,
            weight=self._weight(word, literal, meaning) if is_known else self._unknown_weight(word),
            source=dataclasses.replace(self._source(word, literal, meaning), initials_of=initials),
            concepts=meaning,
            is_known=is_known,
            is_sure=is_sure or bool(initials),
            is_topic=is_known and self._is_topic(meaning),
        )

    def _is_topic(self, meaning: Meaning) -> bool:
        return not meaning or any(self.thesaurus.kinds.get(one, Kind.THING) is Kind.THING for one in meaning)

    def _literal(self, word: str) -> dict[str, float]:
        """Return the catalog's words that a word is, or is an inflection of."""
        found = dict.fromkeys(self._stems.get(stem(word), ()), _INFLECTED)
        if word in self._by_word:
            found[word] = 1.0
        return found

    def _complete(self, word: str, literal: dict[str, float], *, dampened: bool) -> None:
        """Add the catalog's words that begin with it."""
        for known in self._beginning_with(word)[:_MOST_BEGINNINGS]:
            degree = _PREFIX_FROM + (_PREFIX_TO - _PREFIX_FROM) * len(word) / len(known)
            literal.setdefault(known, degree * (_MISREAD if dampened else 1.0))

    def _correct(self, word: str, literal: dict[str, float], meaning: dict[str, float]) -> None:
        """Add the catalog's words that it may be a slip of, and what they mean."""
        doubt = _MISREAD if meaning else 1.0
        for known, degree in self._spelling.near(word).items():
            literal[known] = degree * doubt
            for concept, sureness in self.thesaurus.meaning(known).items():
                meaning[concept] = max(meaning.get(concept, 0.0), sureness * degree * doubt)

    def _guess(self, word: str, *, is_last: bool) -> dict[str, float]:
        """Return what a word means that is a slip or the beginning of a word of the thesaurus."""
        if stem(word) in self.thesaurus.asides:
            return {}
        near = self.thesaurus.spelling.near(word) or (self.thesaurus.beginning_with(word) if is_last else {})
        meaning: dict[str, float] = {}
        for known, degree in near.items():
            for concept, sureness in self.thesaurus.meaning(known).items():
                meaning[concept] = max(meaning.get(concept, 0.0), sureness * degree)
        return meaning

    def _beginning_with(self, word: str) -> Sequence[str]:
        words = self._vocabulary
        return words[bisect_left(words, word) : bisect_left(words, word + _LAST_LETTER)]

    def _source(self, said: str, literal: Mapping[str, float], meaning: Meaning) -> Source:
        """Gather the terms for the words that are meant, and for the concepts and all that they lead to."""
        leads: dict[str, float] = {}
        for concept, degree in meaning.items():
            reached = self.thesaurus.leads.get(concept, {concept: 1.0})
            for other, through in (self._of_things(reached) if self.is_thing([concept]) else reached).items():
                leads[other] = max(degree * through, leads.get(other, 0.0))
        terms = self._terms_with(leads)
        for known, degree in literal.items():
            for term in self._by_word[known]:
                terms[term] = max(degree, terms.get(term, 0.0))
        return _sorted_out(said, terms)

    def _terms_with(self, leads: Meaning) -> dict[TermId, float]:
        terms: dict[TermId, float] = {}
        for concept, degree in leads.items():
            for term, sureness in self._by_concept.get(concept, {}).items():
                terms[term] = max(degree * sureness, terms.get(term, 0.0))
        return terms

    def _weight(self, word: str, literal: Mapping[str, float], meaning: Meaning) -> float:
        """Weigh by the rarity of what is most surely meant, and by its kind."""
        weights = [self._concept_weight(meaning)] if meaning else []
        if literal:
            best = max(literal.values())
            surest = [term for known, degree in literal.items() if degree == best for term in self._by_word[known]]
            weights.append(self._rarity(surest) * (self._kind_weight(meaning) if meaning else 1.0))
        return min(weights, default=1.0) * (_LETTER if len(word) < _LEAST_PREFIX else 1.0)

    def _concept_weight(self, meaning: Meaning) -> float:
        kind = self._kind_weight(meaning)
        rarities = [self._rarity(self._by_concept[one]) for one in meaning if one in self._by_concept]
        if rarities:
            return min(rarities) * kind
        return kind if kind == 1.0 else kind * _ABSENT

    def _kind_weight(self, meaning: Meaning) -> float:
        return max(_KIND_WEIGHT[self.thesaurus.kinds.get(one, Kind.THING)] for one in meaning)

    def _unknown_weight(self, word: str) -> float:
        if stem(word) in self.thesaurus.asides:
            return _ASIDE
        return _CODE if any(char.isdigit() for char in word) and not word.isdigit() else 1.0

    def _rarity(self, terms: Iterable[TermId]) -> float:
        """Return 1 for what one workflow has at most, near 0 for what all have."""
        named, described = self._postings.named, self._postings.described
        found = sum(len(named[term]) + DESCRIPTION_WEIGHT * len(described[term]) for term in terms)
        return min(1.0, math.log1p(self._size / max(found, 1.0)) / math.log1p(self._size))


def _sorted_out(said: str, terms: Mapping[TermId, float]) -> Source:
    levels = [(least, list[TermId]()) for least in (*_LEVELS, 0.0)]
    for term, degree in terms.items():
        next(fitting for least, fitting in levels if degree >= least).append(term)
    best = (max((terms[term] for term in fitting), default=0.0) for _, fitting in levels)
    return Source(
        said, terms, tuple(Level(tuple(fitting), most) for (_, fitting), most in zip(levels, best, strict=True))
    )
