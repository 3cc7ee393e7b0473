"""Mistyped words: which known words are near, found without looking at all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

LEAST_LETTERS = 4
"""Shorter words are not taken as mistyped: almost any other short word is one letter away."""
TWO_SLIPS_FROM = 7
"""From so many letters a word may have two slips."""
_ONE_SLIP = 0.9
_TWO_SLIPS = 0.8
_MOST = 6


class Spelling:
    """Known words, found by what is typed for them.

    Leaving out any one letter of two words that are one slip apart (a letter more, less, another, or two swapped)
    gives the same string at least once: so one table of such strings finds them. Two slips are searched by length.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Make the tables for some words."""
        lengths: dict[int, set[str]] = defaultdict(set)
        for word in words:
            if len(word) >= LEAST_LETTERS:
                lengths[len(word)].add(word)
        # Sorted a length at a time: sorting all at once would hold every other thread, the event loop's too.
        self._by_length = {length: sorted(lengths[length]) for length in sorted(lengths)}
        self._without: dict[str, list[str]] = defaultdict(list)
        for known in self._by_length.values():
            for word in known:
                for short in _shortened(word):
                    self._without[short].append(word)

    def near(self, word: str) -> dict[str, float]:
        """Return the known words that a word may be a slip of, and how likely."""
        if len(word) < LEAST_LETTERS:
            return {}
        return self._one_slip(word) or (self._two_slips(word) if len(word) >= TWO_SLIPS_FROM else {})

    def _one_slip(self, word: str) -> dict[str, float]:
        found = {known for short in _shortened(word) for known in self._without.get(short, ())}
        near = (known for known in sorted(found) if OSA.distance(word, known, score_cutoff=1) <= 1)
        return {known: _ONE_SLIP for known in near if not is_other_beginning(word, known)}

    def _two_slips(self, word: str) -> dict[str, float]:
        lengths = range(max(len(word) - 2, TWO_SLIPS_FROM - 1), len(word) + 3)
        near = [found for length in lengths for found in self._of_length(word, length)]
        nearest = sorted(near, key=lambda one: (one[1], abs(len(one[0]) - len(word)), one[0]))[:_MOST]
        return {known: _TWO_SLIPS for known, _ in nearest if not is_other_beginning(word, known)}

    def _of_length(self, word: str, length: int) -> Iterator[tuple[str, int]]:
        """Yield the known words of a length that are up to two slips away, with their distance."""
        known = self._by_length.get(length, ())
        for one, distance, _ in process.extract(word, known, scorer=OSA.distance, score_cutoff=2, limit=_MOST):
            yield one, distance


def is_other_beginning(word: str, other: str) -> bool:
    """Tell whether two words differ in their first letter alone: that is another word, not a slip."""
    return word[1:] == other[1:] and word[:1] != other[:1]


def _shortened(word: str) -> Iterator[str]:
    """Yield a word, and it without each of its letters."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
