"""What is asked for: the words of a query that say something, and all the ways in which each may be meant."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence

from bot.domain.lexicon import Lexicon, Reading, Source
from bot.domain.thesaurus import ELSEWHERE, FILLER, NOT, Combination

MOST_WORDS = 30
"""A keystroke is answered at once, however much was pasted."""

_NOT_WEIGHT = 0.15
_UNKNOWN_AMONG = {0: 1.0, 1: 0.88, 2: 0.76, 3: 0.67}
_UNKNOWN_AMONG_MANY = 0.46
"""What an unknown word weighs, by how many others are understood."""
_LEAST_JOINED = 4
_LEAST_SHARE = 0.2
_MEANT_FROM = 0.85
"""From so sure on a combination makes its concept one that others can be combined with."""
_MOST_ROUNDS = 3


@dataclasses.dataclass(slots=True)
class Unit:
    """A word that counts."""

    word: str
    weight: float
    sources: list[Source]
    concepts: dict[str, float]
    is_known: bool = True
    is_sure: bool = True
    is_topic: bool = False

    def also(self, source: Source, concepts: Mapping[str, float]) -> None:
        """Add another way to understand it."""
        self.sources.append(source)
        for concept, degree in concepts.items():
            self.concepts[concept] = max(degree, self.concepts.get(concept, 0.0))
        self.is_known = True


def units_of(typed: Sequence[str], lexicon: Lexicon) -> list[Unit]:
    """Understand the words of a query; nothing is left of one that has none."""
    words = [part for word in typed[:MOST_WORDS] for part in lexicon.parts(word)]
    units = _worded(words, lexicon)
    _join_neighbours(words, units, lexicon)
    _find_phrases(words, units, lexicon)
    _combine(units, lexicon)
    _discount_unknown(units.values())
    return [units[place] for place in sorted(units)]


def _discount_unknown(units: Collection[Unit]) -> None:
    """Let an unknown word, such as a name, weigh the less the more else was understood."""
    understood = sum(unit.is_known and unit.weight >= _NOT_WEIGHT for unit in units)
    discount = _UNKNOWN_AMONG.get(understood, _UNKNOWN_AMONG_MANY)
    for unit in units:
        if not unit.is_known:
            unit.weight *= discount


def _worded(words: Sequence[str], lexicon: Lexicon) -> dict[int, Unit]:
    """Read every word that has a meaning of its own; where none has, those that the catalog knows."""
    thesaurus = lexicon.thesaurus
    last = len(words) - 1
    meaningful = [place for place, word in enumerate(words) if word not in thesaurus.fillers]
    if all(words[place] in thesaurus.negations for place in meaningful):
        meaningful = [place for place, word in enumerate(words) if lexicon.has(word)]
    return {
        place: _negation(lexicon)
        if words[place] in thesaurus.negations
        else _unit(lexicon.read(words[place], is_last=place == last))
        for place in meaningful
    }


def _unit(reading: Reading) -> Unit:
    return Unit(
        reading.word,
        reading.weight,
        [reading.source],
        dict(reading.concepts),
        reading.is_known,
        reading.is_sure,
        reading.is_topic,
    )


def _negation(lexicon: Lexicon) -> Unit:
    return Unit(NOT, _NOT_WEIGHT, [lexicon.phrase(NOT).source], {NOT: 1.0})


def _join_neighbours(words: Sequence[str], units: dict[int, Unit], lexicon: Lexicon) -> None:
    """Take two neighbours as one word too, where that is one."""
    for place in range(len(words) - 1):
        pair = words[place] + words[place + 1]
        if not lexicon.knows(pair) or len(pair) < _LEAST_JOINED:
            continue
        reading = lexicon.read(pair, is_last=False)
        for spot in (place, place + 1):
            if spot in units:
                unit = units[spot]
                unit.also(reading.source, reading.concepts)
                unit.weight = min(unit.weight, reading.weight)
            else:
                units[spot] = Unit(words[spot], reading.weight / 2, [reading.source], dict(reading.concepts))


def _find_phrases(words: Sequence[str], units: dict[int, Unit], lexicon: Lexicon) -> None:
    """Give the words of a phrase what the phrase means."""
    for concept, places in lexicon.thesaurus.phrases_in(words):
        if concept == ELSEWHERE:
            units |= {place: Unit(words[place], 1.0, [], {}, is_known=False) for place in places if place in units}
        elif concept == FILLER:
            for place in places:
                units.pop(place, None)
        else:
            _mean(concept, words, [place for place in places if place in units] or [places[-1]], units, lexicon)


def _mean(concept: str, words: Sequence[str], places: Sequence[int], units: dict[int, Unit], lexicon: Lexicon) -> None:
    phrase = lexicon.phrase(concept)
    share = phrase.weight / len(places)
    for place in places:
        unit = units.get(place)
        if unit is None:
            unit = units[place] = Unit(words[place], share, [], {})
        elif not unit.is_known or NOT in unit.concepts:
            unit.weight = share
        else:
            unit.weight = min(unit.weight, max(share, _LEAST_SHARE))
        unit.also(phrase.source, phrase.concepts)
        unit.is_sure, unit.is_topic = True, unit.is_topic or phrase.is_topic


def _combine(units: Mapping[int, Unit], lexicon: Lexicon) -> None:
    """Add what concepts mean together, and what that means together with others."""
    fresh = present = {concept for unit in units.values() for concept in unit.concepts}
    for _ in range(_MOST_ROUNDS):
        new: set[str] = set()
        for combination in _combinations(present, fresh, lexicon):
            owners = [unit for unit in units.values() if not combination.terms.isdisjoint(unit.concepts)]
            if len(owners) > 1:
                new |= _lead(owners, combination, lexicon)
        fresh = new - present
        present = present | new
        if not fresh:
            return


def _combinations(present: set[str], fresh: set[str], lexicon: Lexicon) -> list[Combination]:
    known = lexicon.thesaurus.combinations
    return [
        combination
        for concept in sorted(present & known.keys())
        for combination in known[concept]
        if combination.terms <= present and not combination.terms.isdisjoint(fresh)
    ]


def _lead(owners: Sequence[Unit], combination: Combination, lexicon: Lexicon) -> set[str]:
    meant = {concept: degree for concept, degree in combination.leads.items() if degree >= _MEANT_FROM}
    is_mixed = not lexicon.is_thing(combination.terms)
    for unit in owners:
        is_thing = is_mixed and lexicon.is_thing(combination.terms & unit.concepts.keys())
        unit.also(lexicon.combined(combination, is_thing=is_thing), meant)
    return set(meant)
