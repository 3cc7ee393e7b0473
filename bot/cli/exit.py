"""How a command ends: its exit status, and which error means which."""

import enum

from bot.domain.errors import FixdeskError, NexthinkError, NotAllowedError, StoreError


class ExitStatus(enum.IntEnum):
    """What a shell or a script learns."""

    DONE = 0
    FAILED = 1
    """Refused or failed."""
    WRONG = 2
    """The call, a file or the configuration is wrong."""
    UNKNOWN = 3
    """A result is unknown, or it cannot be followed; this counts before `FAILED`."""
    INTERRUPTED = 130
    """What shells use for Ctrl+C."""


def status_of(error: FixdeskError) -> ExitStatus:
    """Return the status of a command that an error ended before anything was done."""
    return ExitStatus.FAILED if isinstance(error, NotAllowedError | NexthinkError | StoreError) else ExitStatus.WRONG
