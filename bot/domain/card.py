"""Cards: which message, where, shows which run. What is written on them is Slack's part."""

import dataclasses
import enum

from bot.domain.run import RunId


class CardRole(enum.StrEnum):
    """Whom a copy of a run's card is for."""

    REQUESTER = "requester"
    APPROVAL = "approval"
    RESUME = "resume"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One copy of a run's card."""

    run_id: RunId
    role: CardRole
    ordinal: int = 0
    """Which execution it asks about; 0 for the other roles."""
    channel_id: str = ""
    """Empty until Slack said where the message went."""
    ts: str = ""
    """Slack's id of the message; empty while its posting has no known result."""
    shown_revision: int = -1
    """The run's revision that the message shows."""
