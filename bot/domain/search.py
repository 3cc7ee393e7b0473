"""Finding workflows by what people type: an index over a catalog, a ranking, and how sure it is.

A query is understood word by word (see `query`): as it stands, inflected, unfinished, mistyped, joined or split, by
what it means in seven languages, and by what helps with it. Each word weighs by its rarity in the catalog, and a
workflow's score is the share of the query's weight that it matches, less a little for what its name says beyond the
query. So there is a natural "nothing fits", and a long description cannot win by its length.
"""

import dataclasses
import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from bot.domain.appraisal import Appraisal
from bot.domain.explanation import Reason, explain
from bot.domain.lexicon import Lexicon
from bot.domain.postings import Place, Postings, place_order
from bot.domain.query import Unit, units_of
from bot.domain.thesaurus import Thesaurus
from bot.domain.words import words_of
from bot.domain.workflow import Workflow, WorkflowId

SHOWN_FROM = 0.42
"""Below this score a workflow does not fit."""
CLEAR_FROM = 0.6
CLEAR_LEAD = 0.12
"""A match is clear, and preselected, from a score and with a lead over the next."""
NEAREST_FROM = 0.8
"""From so good on, it is enough that the words as a whole are as much more alike to its name."""
CONFIDENT_FROM = 0.62
"""Sure enough to speak up unasked."""
MOST_DOUBTFUL = 0.2
"""The share of a query, by weight, that may be unknown or mistyped where it is answered unasked."""
NEAR = 0.02
"""Of two matches whose scores are so near, the more familiar one comes first."""

_NEARLY = 0.999
_BY_ALIAS = 0.9995
"""Only what is called so, word for word, has a score of 1; what has it as an alias comes next."""
_EXCESS = 0.25
_UNLIKE = 0.02
"""What a name loses at most for what it says beyond the query, and for saying it in another way."""
_LEAST_LOOKED_AT = 12
_WIDER = 8
_PART = 2_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A workflow found for some words."""

    workflow: Workflow
    score: float
    """0 to 1: the share of the words that it matches, by weight."""
    likeness: float = 0.0
    """0 to 1: how alike the words are to its name, or to an alias, as a whole."""
    words: tuple[str, ...] = ()
    """The words of its name, without case and accents, that were asked for."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Everything found, best first."""

    ranked: tuple[Match, ...] = ()
    is_confident: bool = False
    """Whether the best match is good enough to be offered unasked."""

    @property
    def clear(self) -> Match | None:
        """The best match, if it is clear enough to be preselected."""
        if not self.ranked:
            return None
        best, *others = self.ranked
        if not others:
            return best if best.score >= CLEAR_FROM else None
        lead, is_alike = best.score - others[0].score, best.likeness - others[0].likeness >= CLEAR_LEAD
        is_clear = best.score >= CLEAR_FROM and lead >= CLEAR_LEAD
        is_nearest = best.score >= NEAREST_FROM and (is_alike or best.likeness == 1.0) and lead > 0
        return best if is_clear or is_nearest else None


def _strange(_: WorkflowId) -> float:
    return 0.0


def _any(_: Workflow) -> bool:
    return True


def _order(match: Match, familiarity: Callable[[WorkflowId], float]) -> tuple[float, str]:
    return (-match.score - NEAR * familiarity(match.workflow.id), match.workflow.id)


def _sorted(workflows: Iterable[Workflow], key: Callable[[Workflow], tuple[Any, ...]]) -> tuple[Workflow, ...]:
    """Sort a part at a time: sorting all at once would hold every other thread, the event loop's too."""
    listed = list(workflows)
    parts = [sorted(listed[start : start + _PART], key=key) for start in range(0, len(listed), _PART)]
    return tuple(heapq.merge(*parts, key=key))


class Index:
    """A catalog, ready to be searched. Building it takes time in proportion to the catalog: do it off the loop."""

    def __init__(
        self, workflows: Iterable[Workflow], aliases: Mapping[WorkflowId, Sequence[str]], thesaurus: Thesaurus
    ) -> None:
        """Index workflows with the operator's aliases and the help desk's words."""
        self.workflows = _sorted(workflows, place_order)
        self.by_name = _sorted(self.workflows, lambda workflow: (workflow.name.casefold(), workflow.id))
        self.by_id = {workflow.id: workflow for workflow in self.workflows}
        self._postings = Postings(thesaurus)
        self._places: dict[str, set[Place]] = defaultdict(set)
        """Name or alias, as words → the workflows that are called so."""
        for place, workflow in enumerate(self.workflows):
            self._postings.add(workflow, aliases.get(workflow.id, ()))
            for name in (workflow.name, *aliases.get(workflow.id, ())):
                self._places[" ".join(words_of(name))].add(place)
        self._lexicon = Lexicon(self._postings, thesaurus)

    def find(
        self,
        query: str,
        limit: int = 10,
        *,
        familiarity: Callable[[WorkflowId], float] = _strange,
        permits: Callable[[Workflow], bool] = _any,
    ) -> Matches:
        """Rank the workflows that fit some words; the same words always give the same answer.

        `familiarity`, 0 to 1, orders near equals. What `permits` refuses is left out; it is asked in their order.
        """
        words = words_of(query)
        units = units_of(words, self._lexicon)
        total = sum(unit.weight for unit in units)
        if not total:
            return Matches()
        exact = self._places.get(" ".join(words), set())
        looked_at, ranked = max(limit + 2, _LEAST_LOOKED_AT), list[Match]()
        appraisal = Appraisal(self._lexicon.telling(words), units, self._postings, self._lexicon.rarities)
        while True:
            shares = appraisal.shares(looked_at, SHOWN_FROM) | dict.fromkeys(exact, 1.0)
            nearest = heapq.nsmallest(looked_at, ((-share, place) for place, share in shares.items()))
            found = [self._match(appraisal, place, -share, is_exact=place in exact) for share, place in nearest]
            shown = sorted(filter(None, found), key=lambda match: _order(match, familiarity))
            ranked = [match for match in shown if permits(match.workflow)]
            if len(ranked) >= limit or (appraisal.is_complete and looked_at >= len(shares)):
                break
            looked_at *= _WIDER
        return Matches(ranked=tuple(ranked[:limit]), is_confident=bool(ranked) and _is_sure(ranked[0], units, total))

    def explain(self, query: str, workflow_id: WorkflowId) -> tuple[Reason, ...]:
        """Say for each word that counts what it has to do with a workflow of the catalog."""
        place = self.workflows.index(self.by_id[workflow_id])
        return explain(units_of(words_of(query), self._lexicon), place, self._postings)

    def _match(self, appraisal: Appraisal, place: Place, share: float, *, is_exact: bool) -> Match | None:
        """Score a workflow; there is no match where what its name says beyond the query takes too much away."""
        most = share * (1 - _EXCESS * appraisal.excess(place))
        if most < SHOWN_FROM and not is_exact:
            return None
        likeness = appraisal.likeness(place)
        called = 1.0 if likeness == 1.0 else _BY_ALIAS
        score = called if is_exact else min(most - share * _UNLIKE * (1 - likeness), _NEARLY)
        if score < SHOWN_FROM:
            return None
        return Match(
            workflow=self.workflows[place], score=round(score, 4), likeness=likeness, words=appraisal.words(place)
        )


def _is_sure(best: Match, units: Collection[Unit], total: float) -> bool:
    doubtful = sum(unit.weight for unit in units if not (unit.is_known and unit.is_sure))
    is_about_something = any(unit.is_topic for unit in units)
    return best.score >= CONFIDENT_FROM and doubtful <= MOST_DOUBTFUL * total and is_about_something


def build_index(
    workflows: Iterable[Workflow], aliases: Mapping[WorkflowId, Sequence[str]], thesaurus: Thesaurus | None = None
) -> Index:
    """Build the index of a catalog with the operator's aliases."""
    return Index(workflows, aliases, thesaurus or Thesaurus())
