"""The one way to say no, in Slack's own words."""

from collections.abc import Mapping, Sequence
from typing import Any

HTTP_TOO_MANY_REQUESTS = 429


class RefusedError(Exception):
    """A call that Slack would refuse, with the error string that it would give."""

    def __init__(
        self,
        error: str,
        messages: Sequence[str] = (),
        *,
        facts: Mapping[str, Any] | None = None,
        status: int = 200,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = tuple(messages)
        self.facts = dict(facts or {})
        self.status = status
        self.retry_after = retry_after

    @property
    def answer(self) -> dict[str, Any]:
        """Return the body of the answer."""
        answer: dict[str, Any] = {"ok": False, "error": self.error, **self.facts}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        return answer


def rate_limited(retry_after: int) -> RefusedError:
    """Return the refusal of a call that came too soon."""
    return RefusedError("ratelimited", status=HTTP_TOO_MANY_REQUESTS, retry_after=retry_after)


def missing(argument: str) -> RefusedError:
    """Return the refusal of a call without a required argument."""
    return RefusedError("invalid_arguments", [f"[ERROR] missing required field: {argument}"])
