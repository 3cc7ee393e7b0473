"""How well workflows fit a query: which are worth looking at, how much of it each matches, and what else it says."""

import heapq
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from bot.domain.lexicon import STRONG_FROM, WEAK_FROM
from bot.domain.nomination import Nomination
from bot.domain.postings import DESCRIPTION_WEIGHT, Place, Postings, TermId
from bot.domain.query import Unit

_INITIALS = 0.9
_ALIAS = 0.99
"""What it counts for to be alike to an alias: a name that is as much alike comes first."""
_MATCHED_FROM = 0.3
"""From so well on a word of a name is one that was asked for."""


def _best_degree(unit: Unit) -> float:
    """Return how well anything in the catalog can fit a word: nothing fits an unknown one."""
    initials = _INITIALS if any(source.initials_of for source in unit.sources) else 0.0
    return max((source.best for source in unit.sources), default=initials) or initials


class Appraisal:
    """One query over one catalog."""

    def __init__(
        self, words: Sequence[str], units: Sequence[Unit], postings: Postings, rarities: Sequence[float]
    ) -> None:
        """Work out what each term of the catalog matches of the query."""
        self._text = " ".join(words)
        self._postings = postings
        self._rarities = rarities
        self._units = sorted(units, key=lambda unit: -unit.weight)
        self._total = sum(unit.weight for unit in units)
        self._gains = self._gains_of_terms()
        self._told = {
            term: [gain * DESCRIPTION_WEIGHT for gain in row]
            for term, row in self._gains.items()
            if postings.described[term]
        }
        self._known: dict[TermId, float] = {}
        self._initials = [
            (number, frozenset(source.initials_of))
            for number, unit in enumerate(self._units)
            for source in unit.sources
            if source.initials_of
        ]
        self._shares: dict[Place, float] = {}
        self.is_complete = False
        """Whether nothing that matches enough was left aside for being behind those that were wanted."""

    def _gains_of_terms(self) -> dict[TermId, list[float]]:
        """Return, for each term that matters, how much weight of each unit it matches."""
        gains: dict[TermId, list[float]] = {}
        none = [0.0] * len(self._units)
        for number, unit in enumerate(self._units):
            weight = unit.weight / self._total
            for source in unit.sources:
                for term, degree in source.terms.items():
                    row = gains.get(term)
                    if row is None:
                        row = gains[term] = none.copy()
                    row[number] = max(row[number], degree * weight)
        return gains

    def shares(self, wanted: int, least: float) -> dict[Place, float]:
        """Return the share of the query that workflows match, at least for the best ones, down to the least.

        The weightiest words nominate first. It ends as soon as nothing that was not nominated could be among the
        number that is wanted.
        """
        self.is_complete = True
        bounds = [unit.weight / self._total * _best_degree(unit) for unit in self._units]
        nomination = Nomination(self._units, self._postings)
        for degree, nominees in ((STRONG_FROM, nomination.strong), (WEAK_FROM, nomination.weak)):
            for number, unit in enumerate(self._units):
                if self._is_enough(sum(bounds), wanted, least):
                    return self._found(least)
                self._look_at(nominees(number))
                bounds[number] = min(bounds[number], unit.weight / self._total * degree)
        return self._found(least)

    def _is_enough(self, bound: float, wanted: int, least: float) -> bool:
        """Tell whether what was not nominated yet, and matches no more than a bound, can be left aside."""
        if bound < least:
            return True
        if len(self._shares) < wanted:
            return False
        self.is_complete = heapq.nlargest(wanted, self._shares.values())[-1] < bound
        return not self.is_complete

    def _found(self, least: float) -> dict[Place, float]:
        return {place: share for place, share in self._shares.items() if share >= least}

    def _look_at(self, places: Iterable[Place]) -> None:
        """Add up, for each unit, what the best of a workflow's terms matches of it."""
        named, described = self._postings.name_terms, self._postings.descriptions
        by_name, by_description, shares = self._gains.get, self._told.get, self._shares
        for place in places:
            if place not in shares:
                rows = [
                    *filter(None, map(by_name, named[place])),
                    *filter(None, map(by_description, described[place])),
                ]
                if self._initials:
                    rows.append(self._gains_of_initials(place))
                shares[place] = sum(map(max, *rows)) if len(rows) > 1 else sum(rows[0])

    def _gains_of_initials(self, place: Place) -> list[float]:
        row = [0.0] * len(self._units)
        for number, places in self._initials:
            if place in places:
                row[number] = self._units[number].weight / self._total * _INITIALS
        return row

    def look_at(self, place: Place) -> tuple[float, float, tuple[str, ...]]:
        """Return the share of its name that was not asked for, how alike the whole is, and the words asked for."""
        *aliases, name = self._postings.names[place]
        *spellings, text = self._postings.texts[place]
        fits = [self._asked(term) for term in name]
        excess, likeness = self._excess(name, fits), fuzz.token_sort_ratio(self._text, text) / 100
        for alias, spelling in zip(aliases, spellings, strict=True):
            excess = min(excess, self._excess(alias, [self._asked(term) for term in alias]))
            likeness = max(likeness, fuzz.token_sort_ratio(self._text, spelling) / 100 * _ALIAS)
        terms = self._postings.terms
        words = tuple(terms[term].word for term, fit in zip(name, fits, strict=True) if fit >= _MATCHED_FROM)
        return excess, likeness, words

    def _excess(self, name: Sequence[TermId], fits: Sequence[float]) -> float:
        total = left = 0.0
        for term, fit in zip(name, fits, strict=True):
            rarity = self._rarities[term]
            total += rarity
            left += rarity * (1 - fit)
        return left / total if total else 0.0

    def _asked(self, term: TermId) -> float:
        """Return how well a term fits the word that it fits best."""
        known = self._known.get(term)
        if known is None:
            gains = zip(self._gains.get(term, ()), self._units, strict=False)
            known = max((gain * self._total / unit.weight for gain, unit in gains if gain), default=0.0)
            self._known[term] = known
        return known
