"""Faults on demand: what goes wrong with the next requests of an endpoint."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto


class Endpoint(StrEnum):
    """What a request is for; both versions of the start are one endpoint."""

    TOKEN = "token"  # noqa: S105 - the name of an endpoint, not a secret
    LIST = "list"
    DETAILS = "details"
    EXECUTE = "execute"
    TRIGGER = "trigger"
    NQL = "nql"


class Effect(Enum):
    """What the client sees."""

    ANSWER = auto()
    HANG = auto()
    CUT = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with one request."""

    effect: Effect
    processed: bool
    """Whether the request takes effect all the same."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def answer(status: int, retry_after: str | None = None, *, body: str = "", processed: bool = False) -> Fault:
    """Answer with a status, and with Retry-After (seconds or an HTTP date) if one is given."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(Effect.ANSWER, processed, status, headers, body)


def unreadable(body: str = "<html>not what you wanted", *, processed: bool = True) -> Fault:
    """Answer 200 with a body that is not JSON."""
    return Fault(Effect.ANSWER, processed, body=body)


def hang(*, processed: bool = False) -> Fault:
    """Say nothing until the faults are released or the server stops; then cut the connection."""
    return Fault(Effect.HANG, processed)


def cut(*, processed: bool) -> Fault:
    """Cut the connection before or after the request takes effect."""
    return Fault(Effect.CUT, processed)


class Faults:
    """The faults that wait for a request, per endpoint, first in first out."""

    def __init__(self) -> None:
        self._planned: defaultdict[Endpoint, deque[Fault | None]] = defaultdict(deque)

    def add(self, endpoint: Endpoint, fault: Fault, times: int = 1, *, after: int = 0) -> None:
        """Plan a fault for the next requests, after some that go well."""
        self._planned[endpoint].extend([None] * after + [fault] * times)

    def clear(self) -> None:
        """Forget what is planned."""
        self._planned.clear()

    def take(self, endpoint: Endpoint) -> Fault | None:
        """Take the fault of this request, if one is planned."""
        planned = self._planned[endpoint]
        return planned.popleft() if planned else None
