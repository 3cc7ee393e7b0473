"""Which workflows are worth looking at for a word of a query: those with a term that fits it well."""

from collections.abc import Sequence
from itertools import islice

from bot.domain.postings import Place, Postings, TermId
from bot.domain.query import Unit

MOST_NOMINATED = 1_500
"""By one word. Where more workflows have it, those that another word names too come first, then the shortest names:
the others match less, or no more."""


class Nomination:
    """The workflows that each word names, well or less well."""

    def __init__(self, units: Sequence[Unit], postings: Postings) -> None:
        """Nominate for the words of a query."""
        self._units = units
        self._postings = postings
        self._strong: dict[int, frozenset[Place]] = {}

    def strong(self, number: int) -> frozenset[Place]:
        """Return the workflows with a term that fits a word strongly, or with the word as initials."""
        return self._bounded(number, [term for source in self._units[number].sources for term in source.strong])

    def weak(self, number: int) -> frozenset[Place]:
        """Return the workflows with a term that fits a word less well."""
        return self._bounded(number, [term for source in self._units[number].sources for term in source.weak])

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
            terms = [term for source in self._units[number].sources for term in source.strong]
            known = self._strong[number] = frozenset().union(*self._lists(terms))
        return known

    def _lists(self, terms: Sequence[TermId]) -> list[list[Place]]:
        """Return the workflows of each term, the shortest names first."""
        named, described = self._postings.named, self._postings.described
        return [places for term in terms for places in (named[term], described[term]) if places]
