"""Faults on demand: what goes wrong with the next requests of an endpoint."""

import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from itertools import groupby
from typing import Any


class Endpoint(StrEnum):
    """What a request is for; the two versions of the start, and of a query, are one endpoint."""

    TOKEN = "token"  # noqa: S105 - the name of an endpoint, not a secret
    LIST = "list"
    DETAILS = "details"
    EXECUTE = "execute"
    TRIGGER = "trigger"
    NQL = "nql"


class Effect(Enum):
    """What the client sees."""

    ANSWER = auto()
    SLOW = auto()
    HALF = auto()
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
    body: bytes = b""
    content_type: str = "text/html"
    seconds: float = 0.0
    """How long the client waits before it is answered as usual."""


def answer(status: int, retry_after: str | None = None, *, body: str = "", processed: bool = False) -> Fault:
    """Answer with a status, and with Retry-After (seconds or an HTTP date) if one is given."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(Effect.ANSWER, processed, status, headers, body.encode())


def unreadable(body: str = "<html>not what you wanted", *, processed: bool = True) -> Fault:
    """Answer 200 with a body that is not JSON."""
    return Fault(Effect.ANSWER, processed, body=body.encode())


def garbage(*, processed: bool = True) -> Fault:
    """Answer 200 with bytes that are no text, and call them JSON."""
    return Fault(Effect.ANSWER, processed, body=bytes(range(256)), content_type="application/json")


def wrong_shape(body: Any, *, processed: bool = True) -> Fault:
    """Answer 200 with JSON that the endpoint never answers."""
    return Fault(Effect.ANSWER, processed, body=json.dumps(body).encode(), content_type="application/json")


def half(*, processed: bool = True) -> Fault:
    """Answer 200, and cut the connection before the whole of the promised body is sent."""
    return Fault(Effect.HALF, processed, body=b'{"requestUuid": "', content_type="application/json")


def slow(seconds: float) -> Fault:
    """Let the client wait, then take the request and answer it as usual; a release ends the wait."""
    return Fault(Effect.SLOW, processed=True, seconds=seconds)


def hang(*, processed: bool = False) -> Fault:
    """Say nothing until the faults are released or the server stops; then cut the connection."""
    return Fault(Effect.HANG, processed)


def cut(*, processed: bool) -> Fault:
    """Cut the connection before or after the request takes effect."""
    return Fault(Effect.CUT, processed)


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault, and how many requests in a row it will hit."""

    fault: Fault
    times: int | None
    """None for one that lasts until it is taken away."""


class Faults:
    """The faults that wait for requests, per endpoint: those that are counted first, in order, then the lasting one."""

    def __init__(self) -> None:
        self._counted: defaultdict[Endpoint, deque[Fault | None]] = defaultdict(deque)
        self._lasting: dict[Endpoint, Fault] = {}

    def add(self, endpoint: Endpoint, fault: Fault, times: int | None = 1, *, after: int = 0) -> None:
        """Plan a fault for the next requests, after some that go well; None lasts until it is taken away."""
        self._counted[endpoint].extend([None] * after)
        if times is None:
            self._lasting[endpoint] = fault
        else:
            self._counted[endpoint].extend([fault] * times)

    def clear(self, endpoint: Endpoint | None = None) -> None:
        """Forget what is planned, for one endpoint or for all."""
        for each in Endpoint if endpoint is None else (endpoint,):
            self._counted.pop(each, None)
            self._lasting.pop(each, None)

    def planned(self, endpoint: Endpoint) -> list[Planned]:
        """List what waits for an endpoint, the next one first; requests between that go well are left out."""
        runs = [(fault, len(list(run))) for fault, run in groupby(self._counted.get(endpoint, ()))]
        counted = [Planned(fault, times) for fault, times in runs if fault is not None]
        lasting = self._lasting.get(endpoint)
        return counted if lasting is None else [*counted, Planned(lasting, None)]

    def take(self, endpoint: Endpoint) -> Fault | None:
        """Take the fault of this request, if one is planned."""
        counted = self._counted[endpoint]
        return counted.popleft() if counted else self._lasting.get(endpoint)
