"""How well workflows fit a query: which are worth looking at, how much of it each matches, and what else it says."""

import heapq
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from bot.domain.nomination import INITIALS, Nomination
from bot.domain.postings import DESCRIPTION_WEIGHT, Place, Postings, TermId
from bot.domain.query import Unit

_ALIAS = 0.99
"""What it counts for to be alike to an alias: a name that is as much alike comes first."""
_MATCHED_FROM = 0.3
"""From so well on a word of a name is one that was asked for."""


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
        nomination = Nomination(self._units, self._postings)
        bounds = [self._bound(nomination, number) for number in range(len(self._units))]
        left = set(range(len(bounds)))
        while left and not self._is_enough(sum(bounds), wanted, least):
            number = max(left, key=lambda one: (bounds[one], -one))
            self._look_at(nomination.next(number))
            bounds[number] = self._bound(nomination, number)
            if nomination.is_done(number):
                left.remove(number)
        return {place: share for place, share in self._shares.items() if share >= least}

    def _bound(self, nomination: Nomination, number: int) -> float:
        return self._units[number].weight / self._total * nomination.bound(number)

    def _is_enough(self, bound: float, wanted: int, least: float) -> bool:
        """Tell whether what was not nominated yet, and matches no more than a bound, can be left aside."""
        if bound < least:
            return True
        if len(self._shares) < wanted:
            return False
        self.is_complete = heapq.nlargest(wanted, self._shares.values())[-1] < bound
        return not self.is_complete

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
                row[number] = self._units[number].weight / self._total * INITIALS
        return row

    def excess(self, place: Place) -> float:
        """Return the share of a workflow's name, or of the alias that fits best, that was not asked for, by weight."""
        return min(map(self._excess, self._postings.names[place]))

    def likeness(self, place: Place) -> float:
        """Return how alike the whole is to a workflow's name or an alias, 0 to 1."""
        *spellings, text = self._postings.texts[place]
        alike = fuzz.token_sort_ratio(self._text, text)
        return max([alike, *(fuzz.token_sort_ratio(self._text, one) * _ALIAS for one in spellings)]) / 100

    def words(self, place: Place) -> tuple[str, ...]:
        """Return the words of a workflow's name that were asked for."""
        terms, name = self._postings.terms, self._postings.names[place][-1]
        return tuple(terms[term].word for term in name if self._asked(term) >= _MATCHED_FROM)

    def _excess(self, name: Sequence[TermId]) -> float:
        total = left = 0.0
        known, rarities = self._known, self._rarities
        for term in name:
            rarity = rarities[term]
            total += rarity
            left += rarity * (1 - (known[term] if term in known else self._asked(term)))
        return left / total if total else 0.0

    def _asked(self, term: TermId) -> float:
        """Return how well a term fits the word that it fits best."""
        known = self._known.get(term)
        if known is None:
            gains = zip(self._gains.get(term, ()), self._units, strict=False)
            known = max((gain * self._total / unit.weight for gain, unit in gains if gain), default=0.0)
            self._known[term] = known
        return known
