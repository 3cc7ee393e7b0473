"""Which workflows are worth looking at for a word of a query: those with a term that fits it well."""

from collections.abc import Sequence
from itertools import islice

from bot.domain.postings import Place, Postings, TermId
from bot.domain.query import Unit

MOST_NOMINATED = 1_500
"""By one word. Where more workflows have it, those that another word names too come first, then the shortest names:
the others match less, or no more."""
INITIALS = 0.9
"""How well a word fits what has it as initials."""

_STRONG, _FAINT = 0, 2


class Nomination:
    """The workflows that each word names: first what fits it strongly, then what fits it weakly."""

    def __init__(self, units: Sequence[Unit], postings: Postings) -> None:
        """Nominate for the words of a query."""
        self._units = units
        self._postings = postings
        self._strong: dict[int, frozenset[Place]] = {}
        self._levels = [_STRONG for _ in units]

    def bound(self, number: int) -> float:
        """Return how well a workflow that was not nominated yet can fit a word."""
        level, sources = self._levels[number], self._units[number].sources
        initials = INITIALS if level == _STRONG and any(source.initials_of for source in sources) else 0.0
        return max((one.best for source in sources for one in source.levels[level:]), default=initials) or initials

    def next(self, number: int) -> frozenset[Place]:
        """Nominate those with a term that fits a word on the next level, or with the word as initials."""
        level, sources = self._levels[number], self._units[number].sources
        self._levels[number] += 1
        return self._bounded(number, [term for source in sources for term in source.levels[level].terms])

    def is_done(self, number: int) -> bool:
        """Tell whether a word has no more nominees."""
        return self._levels[number] >= _FAINT

    def _bounded(self, number: int, terms: Sequence[TermId]) -> frozenset[Place]:
        lists = self._lists(terms)
        if sum(map(len, lists)) <= MOST_NOMINATED:
            return frozenset().union(*lists, *(source.initials_of for source in self._units[number].sources))
        others = frozenset().union(*(self._all(other) for other in range(len(self._units)) if other != number))
        shared = sorted(frozenset().union(*lists) & others)[:MOST_NOMINATED]
        each = MOST_NOMINATED // len(lists) + 1
        return frozenset(shared).union(*(islice(places, each) for places in lists))

    def _all(self, number: int) -> frozenset[Place]:
        known = self._strong.get(number)
        if known is None:
            terms = [term for source in self._units[number].sources for term in source.levels[_STRONG].terms]
            known = self._strong[number] = frozenset().union(*self._lists(terms))
        return known

    def _lists(self, terms: Sequence[TermId]) -> list[list[Place]]:
        """Return the workflows of each term, the shortest names first."""
        named, described = self._postings.named, self._postings.described
        return [places for term in terms for places in (named[term], described[term]) if places]
