"""Every error of fixdesk, each with the sentence that a person reads.

::

    FixdeskError                what went wrong, as a sentence
      NotAllowedError           the policy, or what Slack says of the person, forbids it
      TooLateError              somebody else, or time, was first
        ResultUnknownError      it was sent before, and may have arrived
      NotFoundError             it is not there (any more)
      InvalidInputError         a form's fields, each with its own sentence
      ConfigurationError        every fault of the environment or the policy file, at once
      StoreError                the database did not take or give something
      NexthinkError             Nexthink refused, was away, or left the result open
"""

import dataclasses
import enum
from collections.abc import Mapping, Sequence


class FixdeskError(Exception):
    """Something that a person is told about: `str(error)` is the sentence."""


class NotAllowedError(FixdeskError):
    """The person may not do this; the sentence says why and who could help."""


class TooLateError(FixdeskError):
    """The thing was decided, ended or expired before; the sentence says by whom or when."""


class ResultUnknownError(TooLateError):
    """The thing was sent before, and nobody knows whether it arrived: it is not sent again."""


class NotFoundError(FixdeskError):
    """What was named is not known."""


class InvalidInputError(FixdeskError):
    """Fields of a form that need another value."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)
        """Field name → sentence."""


class ConfigurationError(FixdeskError):
    """The environment, the policy file or the database path is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
        """One sentence a fault, each with the name of the thing and how to mend it."""


class StoreError(FixdeskError):
    """The database failed; nothing of the transaction was kept."""


class NexthinkFault(enum.Enum):
    """What kind of trouble a call to Nexthink met."""

    UNREACHABLE = "no connection could be made"
    AWAY = "Nexthink has not been answering, so it is left alone for some seconds"
    BUSY = "Nexthink asks for fewer calls (429)"
    UNAUTHORIZED = "the credential was not accepted (401)"
    FORBIDDEN = "the credential lacks a permission (403)"
    REFUSED = "Nexthink refused the request"
    NOT_FOUND = "Nexthink does not know it (404)"
    UNCLEAR = "the answer never came or could not be read"


_PASSING = frozenset({NexthinkFault.UNREACHABLE, NexthinkFault.AWAY, NexthinkFault.BUSY, NexthinkFault.UNCLEAR})


class Effect(enum.Enum):
    """What a call that failed may have done all the same."""

    NOT_SENT = enum.auto()
    """It surely did not arrive."""
    REFUSED = enum.auto()
    """It arrived, and Nexthink said no."""
    UNKNOWN = enum.auto()
    """It may have been carried out."""


@dataclasses.dataclass(eq=False)
class NexthinkError(FixdeskError):
    """A call to Nexthink that did not succeed, with the facts."""

    fault: NexthinkFault
    doing: str
    """What was being done: "reading the catalog"."""
    code: str = ""
    details: str = ""
    retry_after: float | None = None
    """Seconds to wait, where Nexthink said so."""
    status: int | None = None
    """The HTTP status, where there was an answer."""

    def __str__(self) -> str:
        """Say it as a sentence without any secret."""
        said = f" It said: {self.details or self.code}" if self.details or self.code else ""
        return f"Nexthink trouble while {self.doing}: {self.fault.value}.{said}"

    @property
    def effect(self) -> Effect:
        """What the call may have done."""
        if self.fault is NexthinkFault.UNCLEAR:
            return Effect.UNKNOWN
        return Effect.NOT_SENT if self.status is None else Effect.REFUSED

    @property
    def surely_not_done(self) -> bool:
        """Whether the call certainly had no effect, so that it may be sent again."""
        return self.effect is not Effect.UNKNOWN

    @property
    def is_about_nexthink(self) -> bool:
        """Whether it says that Nexthink is away or does not take the credential, and not that one request is wrong."""
        return self.may_pass or self.fault in {NexthinkFault.UNAUTHORIZED, NexthinkFault.FORBIDDEN}

    @property
    def may_pass(self) -> bool:
        """Whether the same call may succeed a little later."""
        return self.fault in _PASSING
