"""Why a workflow was found: for each word that counts, how it was understood and where the workflow has that."""

import dataclasses
from collections.abc import Iterable

from bot.domain.postings import DESCRIPTION_WEIGHT, Place, Postings, TermId
from bot.domain.query import Unit


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one word of a query has to do with a workflow."""

    word: str
    share: float
    """0 to 1: how much of the query it is."""
    degree: float
    """0 to 1: how well the workflow fits it."""
    because: str
    """In words, for an operator."""


def explain(units: Iterable[Unit], place: Place, postings: Postings) -> tuple[Reason, ...]:
    """Give a reason for every word that counts, in their order."""
    units = list(units)
    total = sum(unit.weight for unit in units) or 1.0
    return tuple(_reason(unit, unit.weight / total, place, postings) for unit in units)


def _reason(unit: Unit, share: float, place: Place, postings: Postings) -> Reason:
    named = {term: 1.0 for name in postings.names[place] for term in name}
    fields = {**dict.fromkeys(postings.descriptions[place], DESCRIPTION_WEIGHT), **named}
    ways = [
        (degree * fields[term], source.said, term)
        for source in unit.sources
        for term, degree in source.terms.items()
        if term in fields
    ]
    if ways:
        degree, said, term = max(ways)
        because = _because(unit.word, said, term, postings, is_named=term in named)
    else:
        is_short = any(place in source.initials_of for source in unit.sources)
        degree, because = 0.0, "its name has these initials" if is_short else _why_not(unit)
    return Reason(word=unit.word, share=round(share, 2), degree=round(degree, 2), because=because)


def _because(word: str, said: str, term: TermId, postings: Postings, *, is_named: bool) -> str:
    found = postings.terms[term].word
    where = "the name or an alias" if is_named else "the description"
    how = "" if found == word else f' for "{said}"'
    return f'"{found}" in {where}{how}'


def _why_not(unit: Unit) -> str:
    return "nothing of this" if unit.is_known else "nobody knows this word"
