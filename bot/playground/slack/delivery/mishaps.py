"""What goes wrong with the next deliveries, on demand: one comes twice, or late, or its ack is lost."""

from dataclasses import dataclass
from enum import StrEnum

DEFAULT_DELAY = 5.0
"""Seconds; more than a trigger_id lives."""


class Mishap(StrEnum):
    """What can happen to a delivery."""

    TWICE = "twice"
    LATE = "late"
    LOSE_ACK = "lose_ack"


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to one delivery."""

    is_doubled: bool = False
    delay_seconds: float = 0.0
    loses_ack: bool = False


class Mishaps:
    """The mishaps that wait for their delivery."""

    def __init__(self) -> None:
        self._left = dict.fromkeys(Mishap, 0)
        self._delay = DEFAULT_DELAY

    def plan(self, mishap: Mishap, *, times: int = 1, seconds: float = DEFAULT_DELAY) -> None:
        """Let it happen to the next deliveries; 0 times takes it back."""
        self._left[mishap] = times
        if mishap is Mishap.LATE:
            self._delay = seconds

    def left(self, mishap: Mishap) -> int:
        """Return to how many deliveries it will still happen."""
        return self._left[mishap]

    def next_fate(self) -> Fate:
        """Return what happens to the delivery that is just due."""
        happens = {mishap for mishap in Mishap if self._left[mishap]}
        for mishap in happens:
            self._left[mishap] -= 1
        return Fate(
            is_doubled=Mishap.TWICE in happens,
            delay_seconds=self._delay if Mishap.LATE in happens else 0.0,
            loses_ack=Mishap.LOSE_ACK in happens,
        )

    def clear(self) -> None:
        """Let everything go well again."""
        self._left = dict.fromkeys(Mishap, 0)
