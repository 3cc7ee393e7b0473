"""One thing that is wrong with Block Kit JSON, as data and as Slack's sentence.

Slack publishes the fields and one code, `failed_constraint`; the other codes are named in its manner.
https://docs.slack.dev/reference/methods/blocks.validate
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FAILED_CONSTRAINT = "failed_constraint"
MISSING_FIELD = "missing_field"
UNKNOWN_FIELD = "unknown_field"
WRONG_TYPE = "wrong_type"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and the JSON pointer to where it is."""

    message: str
    pointer: str
    code: str = FAILED_CONSTRAINT
    constraint: Mapping[str, Any] | None = None
    """The rule that was broken: its `type`, what was `expected` and what was `got`."""
    field: str | None = None

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"

    @property
    def answer(self) -> dict[str, Any]:
        """Return the entry of `errors` in the answer of blocks.validate."""
        entry: dict[str, Any] = {"code": self.code, "message": self.message, "pointer": self.pointer}
        extra = {"constraint": self.constraint, "field": self.field}
        return entry | {name: value for name, value in extra.items() if value is not None}


def broken(message: str, pointer: str, kind: str, expected: Any, got: Any) -> Problem:
    """Return the problem of a value that breaks a constraint of some kind."""
    return Problem(message, pointer, constraint={"type": kind, "expected": expected, "got": got})


def missing(name: str, pointer: str, when: str = "") -> Problem:
    """Return the problem of an object without a field that it needs."""
    return Problem(f"missing required field: {name}{when}", pointer, MISSING_FIELD, field=name)


def unknown(name: str, pointer: str) -> Problem:
    """Return the problem of a field that the object does not have."""
    return Problem(f"invalid additional property: {name}", pointer, UNKNOWN_FIELD, field=name)


def wrong_type(wanted: str, pointer: str) -> Problem:
    """Return the problem of a value of another JSON type."""
    return Problem(f"must provide {wanted}", pointer, WRONG_TYPE, {"type": "type", "expected": wanted})
