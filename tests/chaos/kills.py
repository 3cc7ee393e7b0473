"""When a process of the bot is killed: at a request to one of the stand-ins, or at a commit of its own."""

import dataclasses
from collections import Counter
from enum import StrEnum

ANY = "*"


class Moment(StrEnum):
    """Where in a request, or around a commit, the kill comes."""

    LOST = "lost"
    """The request arrived, and nothing is done for it."""
    ARRIVED = "arrived"
    """The request is carried out, and nobody is left to be answered."""
    ANSWERED = "answered"
    """The answer is on its way."""
    BEFORE = "before"
    """What was to be committed is lost."""
    AFTER = "after"
    """The commit is the last thing that was done."""


AT_REQUEST = (Moment.LOST, Moment.ARRIVED, Moment.ANSWERED)
AT_COMMIT = (Moment.BEFORE, Moment.AFTER)
COMMIT = "commit"


@dataclasses.dataclass(frozen=True, slots=True)
class Kill:
    """One kill: at the n-th time that something comes to a place."""

    place: str
    """`nexthink:execute`, `slack:chat.postMessage`, `slack:*`, or `commit`."""
    moment: Moment
    number: int

    def __str__(self) -> str:
        """Write it as `read_kill` reads it."""
        return f"{self.place}/{self.moment}/{self.number}"

    @property
    def at_commit(self) -> str:
        """What the launcher is told, empty where it is not its business."""
        return f"{self.moment}:{self.number}" if self.place == COMMIT else ""

    def is_of(self, place: str) -> bool:
        """Tell whether a place is meant."""
        return self.place == place or (self.place.endswith(ANY) and place.startswith(self.place[:-1]))


def read_kill(text: str) -> Kill:
    """Read what `str` has written."""
    place, moment, number = text.split("/")
    return Kill(place, Moment(moment), int(number))


@dataclasses.dataclass(slots=True, eq=False)
class Armed:
    """A kill that waits for its moment in one life of one process."""

    kill: Kill
    victim: int
    """Which replica."""
    count: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """A kill whose moment has come."""

    moment: Moment
    victim: int


class Counted:
    """Counts what comes to each place, and says when a kill is due."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        """Place → requests in all lives; what a systematic list is made of."""
        self._armed: list[Armed] = []

    def arm(self, kill: Kill, victim: int) -> None:
        """Wait for a kill from now on."""
        self._armed.append(Armed(kill, victim))

    def next(self, place: str) -> Due | None:
        """Count a request; return which kill comes in it, None where none does."""
        self.seen[place] += 1
        for armed in [one for one in self._armed if one.kill.is_of(place)]:
            armed.count += 1
            if armed.count == armed.kill.number:
                self._armed.remove(armed)
                return Due(armed.kill.moment, armed.victim)
        return None
