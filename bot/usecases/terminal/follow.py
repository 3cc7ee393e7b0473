"""How the executions of a batch go, asked until all have ended, or until it is clear that nobody can say."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.domain.batch import Part
from bot.domain.errors import NexthinkError, NexthinkFault
from bot.domain.run import ExecutionState, Sighting
from bot.usecases.status import AWAY
from bot.usecases.terminal.session import Terminal

MAX_FOLLOWED = 1_000
"""Rows that one NQL answer has. Practitioners report it; Nexthink's page names no number.

See: https://docs.nexthink.com/api/nql/execute-an-nql
"""
EARLY = timedelta(minutes=2)
EARLY_PAUSE, LATE_PAUSE = 5.0, 20.0
"""Seconds between two questions, up to the age `EARLY` and later."""
SILENCE = timedelta(minutes=10)
"""How long executions that no answer has shown are waited for."""

NOT_SET_UP = "It cannot be followed: the query for the status is not set up (NEXTHINK_STATUS_QUERY)."
SILENT = "It cannot be followed: for 10 minutes Nexthink has not shown all that was started."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was seen of the executions."""

    expected: int
    sightings: tuple[Sighting, ...]
    trouble: str = ""
    """Why the rest cannot be seen; nothing where all have ended."""

    @property
    def ended(self) -> Counter[ExecutionState]:
        """How many ended in which way."""
        return Counter(seen.state for seen in self.sightings if seen.state.has_ended)


class Follower:
    """Asks how the started parts of a batch go; `outcome` is what was seen so far."""

    def __init__(self, parts: Sequence[Part], terminal: Terminal) -> None:
        self._terminal = terminal
        self._parts = tuple(parts)
        self._seen: dict[str, dict[str, Sighting]] = {part.request_id: {} for part in self._parts}
        """By request and execution; ids are compared without regard to case."""
        self._news_at = terminal.clock()

    async def follow(self, on_change: Callable[[Outcome], None], say: Callable[[str], None]) -> Outcome:
        """Return when all have ended, or when it is clear that they cannot be followed. Trouble is said once."""
        began_at = self._terminal.clock()
        is_away = False
        while True:
            try:
                await self._look()
            except NexthinkError as error:
                if not error.may_pass:
                    return self.outcome(_why_never(error))
                if not is_away:
                    say(AWAY)
                is_away = True
                self._news_at = self._terminal.clock()
            else:
                is_away = False
            on_change(self.outcome())
            if all(map(self._has_ended, self._parts)):
                return self.outcome()
            now = self._terminal.clock()
            if now - self._news_at >= SILENCE and self._waits_for_rows():
                return self.outcome(SILENT)
            await self._terminal.sleep(EARLY_PAUSE if now - began_at < EARLY else LATE_PAUSE)

    def outcome(self, trouble: str = "") -> Outcome:
        """Return what was seen so far."""
        sightings = tuple(seen for rows in self._seen.values() for seen in rows.values())
        expected = sum(max(_expected(part), len(self._seen[part.request_id])) for part in self._parts)
        return Outcome(expected=expected, sightings=sightings, trouble=trouble)

    async def _look(self) -> None:
        """Ask for each part that goes on; an end stays an end."""
        for part in self._parts:
            if self._has_ended(part):
                continue
            rows = self._seen[part.request_id]
            for seen in await self._terminal.nexthink.executions_of(part.request_id):
                name = seen.execution_id.casefold()
                known = rows.get(name)
                if known is None or not known.state.has_ended:
                    self._note_news(known, seen)
                    rows[name] = seen

    def _note_news(self, known: Sighting | None, seen: Sighting) -> None:
        if known is None or known.state is not seen.state:
            self._news_at = self._terminal.clock()

    def _has_ended(self, part: Part) -> bool:
        rows = self._seen[part.request_id]
        return self._is_all_shown(part) and all(seen.state.has_ended for seen in rows.values())

    def _is_all_shown(self, part: Part) -> bool:
        """Tell whether every execution was shown: those whose ids are known, and as many as are expected."""
        rows = self._seen[part.request_id]
        known = {execution.casefold() for execution in part.execution_ids}
        return known <= rows.keys() and len(rows) >= _expected(part)

    def _waits_for_rows(self) -> bool:
        """Tell whether all that is waited for is that an execution is shown at all."""
        goes_on = any(not seen.state.has_ended for rows in self._seen.values() for seen in rows.values())
        return not goes_on


def _expected(part: Part) -> int:
    """Return how many executions a part should have: an answer without ids leaves it at one for each target."""
    return len(part.execution_ids) or len(part.targets)


def _why_never(error: NexthinkError) -> str:
    if error.fault is NexthinkFault.NOT_FOUND:
        return NOT_SET_UP
    return f"It cannot be followed. {error}"
