"""Which workflows have which terms: the words of names, aliases and descriptions, with what they stand for."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.domain.thesaurus import Meaning, Thesaurus
from bot.domain.words import initials, words_of
from bot.domain.workflow import Workflow

Place = int
"""Of a workflow in its index."""
TermId = int

DESCRIPTION_WEIGHT = 0.74
"""What a word says in a description, beside one in a name."""
_PHRASE = 0.95
_INITIALS_LENGTHS = (3, 4, 5)


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """A word where it stands: "bin" in "recycle bin" is another term than "bin" alone."""

    word: str
    meaning: Meaning


class Postings:
    """Collects the texts of workflows, one workflow after another."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        """Collect with the concepts of a thesaurus."""
        self._thesaurus = thesaurus
        self.terms: list[Term] = []
        """By their ids."""
        self.names: list[tuple[tuple[TermId, ...], ...]] = []
        """Place → its aliases and, last, its name, without the words that have no meaning."""
        self.texts: list[tuple[str, ...]] = []
        """Place → the same, as texts."""
        self.name_terms: list[tuple[TermId, ...]] = []
        """Place → all that its names say, once."""
        self.descriptions: list[tuple[TermId, ...]] = []
        """Place → its description, of which its names say nothing yet."""
        self.named: list[list[Place]] = []
        """Term → the workflows with it in the name or an alias, in order."""
        self.described: list[list[Place]] = []
        """Term → the workflows with it only in the description, in order."""
        self.by_initials: dict[str, list[Place]] = defaultdict(list)
        """Initials of consecutive words of a name → the workflows."""
        self._ids: dict[tuple[str, tuple[str, ...]], TermId] = {}

    def add(self, workflow: Workflow, aliases: Iterable[str]) -> None:
        """Take the next workflow."""
        place = len(self.names)
        texts = [words_of(text) for text in (*aliases, workflow.name)]
        names = tuple(self._terms_of(words) for words in texts)
        named = dict.fromkeys(term for name in names for term in name)
        described = dict.fromkeys(self._terms_of(words_of(workflow.description)))
        self.names.append(names)
        self.texts.append(tuple(" ".join(self.terms[term].word for term in name) for name in names))
        self.name_terms.append(tuple(named))
        self.descriptions.append(tuple(term for term in described if term not in named))
        for term in named:
            self.named[term].append(place)
        for term in self.descriptions[-1]:
            self.described[term].append(place)
        for short in {short for words in texts for short in _initials_of(words)}:
            self.by_initials[short].append(place)

    def _terms_of(self, words: Sequence[str]) -> tuple[TermId, ...]:
        phrases: dict[int, tuple[str, ...]] = {}
        for concept, places in self._thesaurus.phrases_in(words):
            for place in places:
                phrases[place] = (*phrases.get(place, ()), concept)
        fillers = self._thesaurus.fillers
        return tuple(
            self._id_of(word, phrases.get(place, ()))
            for place, word in enumerate(words)
            if word not in fillers or place in phrases
        ) or tuple(self._id_of(word, ()) for word in words)

    def _id_of(self, word: str, phrases: tuple[str, ...]) -> TermId:
        known = self._ids.get((word, phrases))
        if known is None:
            known = self._ids[word, phrases] = len(self.terms)
            self.terms.append(Term(word, {**self._thesaurus.meaning(word), **dict.fromkeys(phrases, _PHRASE)}))
            self.named.append([])
            self.described.append([])
        return known


def _initials_of(words: Sequence[str]) -> Iterable[str]:
    for length in _INITIALS_LENGTHS:
        for start in range(len(words) - length + 1):
            yield initials(words[start : start + length])


def place_order(workflow: Workflow) -> tuple[int, str]:
    """Order workflows so that among equals the one with the shorter name comes first."""
    return (len(words_of(workflow.name)), workflow.id)
