"""How an interaction ended for the person who started it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.playground.slack.delivery.envelope import Delivery

_SENTENCES: Mapping[str, str] = {
    "dispatch_failed": "the app is not connected",
    "invalid_blocks": "the app answered with a message that Slack refuses",
    "invalid_arguments": "the app answered with a view that Slack refuses",
    "invalid_response_action": "the app answered with something that does not fit a modal",
    "invalid_options": "the app answered with options that Slack refuses",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the app took it, what it answered, and how long that took."""

    ok: bool
    error: str = ""
    message: str = ""
    """The sentence that the person's client shows."""
    payload: Mapping[str, Any] | None = None
    ms: float = 0.0
    errors: Mapping[str, str] = field(default_factory=dict)
    """Texts under fields: block_id → text."""

    @property
    def options(self) -> list[dict[str, Any]]:
        """Return the options of a type-ahead answer, groups taken apart."""
        payload = self.payload or {}
        grouped = [option for group in payload.get("option_groups", []) for option in group["options"]]
        return [*payload.get("options", []), *grouped]


def answer_of(delivery: Delivery, what: str, limit: timedelta) -> Answer:
    """Turn a delivery into an answer, with a sentence where it failed."""
    if delivery.ok:
        return Answer(ok=True, payload=delivery.payload or None, ms=delivery.ms)
    return failure(delivery.error, what, limit, delivery)


def failure(error: str, what: str, limit: timedelta, delivery: Delivery) -> Answer:
    """Return the answer of an interaction that failed, in words like those of Slack's client."""
    late = f"the app did not answer within {limit.total_seconds():g} seconds"
    why = late if error == "operation_timeout" else _SENTENCES.get(error, "Slack refuses what the app answered")
    sentence = f"{what} failed with the error `{error}`: {why}"
    return Answer(ok=False, error=error, message=sentence, payload=delivery.payload, ms=delivery.ms)
