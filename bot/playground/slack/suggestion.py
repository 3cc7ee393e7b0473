"""What a newcomer may try, and how one sees that it worked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to try on the page."""

    text: str
    """The line to type, such as `/fix vpn`."""
    title: str = ""
    hint: str = ""
    """What will happen, in a sentence."""
    card: str = ""
    """Words of the message that comes of it."""
    ends: tuple[str, ...] = ()
    """Words in that message of which one says that it is over."""
    deciders: tuple[str, ...] = ()
    """Ids of the people who may decide, where somebody must."""
    decided_in: str = ""
    """The id of the channel where they are asked."""
