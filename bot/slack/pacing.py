"""When the next message to a conversation may go out.

Slack takes about one message a second for each, after a short burst; what comes faster is turned away.
See: https://docs.slack.dev/apis/web-api/rate-limits
"""

from datetime import datetime, timedelta

from bot.usecases.ports import Clock

INTERVAL = timedelta(seconds=1)
BURST = 3
"""So many messages go out at once where nothing was posted before."""


class Pacing:
    """Gives out turns, in the order in which they were asked for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[str, datetime] = {}
        """Conversation → the turn after the last one that was given out."""
        self._turns: dict[tuple[str, str], datetime] = {}
        self._held: dict[str, datetime] = {}

    def wait(self, conversation: str, message: str) -> timedelta | None:
        """Return how long a message has to wait, None where it is its turn, which is used up by that."""
        now = self._clock()
        self._forget_before(now)
        key = (conversation, message)
        if key not in self._turns:
            fullest = now - (BURST - 1) * INTERVAL
            turn = max(self._next.get(conversation, fullest), fullest)
            self._turns[key], self._next[conversation] = turn, turn + INTERVAL
        due_at = max(self._turns[key], self._held.get(conversation, now))
        if due_at > now:
            return due_at - now
        del self._turns[key]
        return None

    def held(self, conversation: str) -> timedelta | None:
        """Return how long nothing goes through, None where anything does."""
        until, now = self._held.get(conversation), self._clock()
        return until - now if until is not None and until > now else None

    def hold(self, conversation: str, pause: timedelta) -> None:
        """Let nothing more through for as long as Slack asked for."""
        self._held[conversation] = self._clock() + pause

    def _forget_before(self, now: datetime) -> None:
        """Forget what is of no consequence any more: also the turns of messages that nobody came back for."""
        for known in (self._held, self._next):
            for name in [name for name, at in known.items() if at <= now - BURST * INTERVAL]:
                del known[name]
        for key in [key for key, at in self._turns.items() if at < now - timedelta(minutes=10)]:
            del self._turns[key]
