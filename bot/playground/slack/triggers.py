"""Trigger ids: the short-lived right to open a modal in front of somebody.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.playground.slack.mint import Clock
from bot.playground.slack.refusal import RefusedError

TRIGGER_LIFE = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Trigger:
    """Who may be shown a modal, until when, and from inside which view."""

    id: str
    person: str
    view_id: str | None
    expires_at: datetime


class Triggers:
    """Hands out trigger ids and takes each back once."""

    def __init__(self, clock: Clock, life: timedelta = TRIGGER_LIFE) -> None:
        self.life = life
        self._clock = clock
        self._live: dict[str, Trigger] = {}
        self._used: set[str] = set()

    def issue(self, person: str, view_id: str | None = None) -> str:
        """Return a new trigger id."""
        at = self._clock()
        trigger = Trigger(f"{int(at.timestamp())}.2002.{secrets.token_hex(8)}", person, view_id, at + self.life)
        self._live[trigger.id] = trigger
        return trigger.id

    def check(self, trigger_id: str) -> Trigger:
        """Return a trigger that may still be used, without using it."""
        if trigger_id in self._used:
            raise RefusedError("exchanged_trigger_id")
        trigger = self._live.get(trigger_id)
        if trigger is None:
            raise RefusedError("invalid_trigger_id")
        if self._clock() > trigger.expires_at:
            raise RefusedError("expired_trigger_id")
        return trigger

    def use(self, trigger_id: str) -> Trigger:
        """Take a trigger back; it works once."""
        trigger = self.check(trigger_id)
        self._used.add(trigger_id)
        del self._live[trigger_id]
        return trigger
