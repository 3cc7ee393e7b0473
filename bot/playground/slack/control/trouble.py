"""What can go wrong, by name: calls of the Web API, deliveries, connections."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.playground.slack.delivery.mishaps import Mishap
from bot.playground.slack.faults import Fault

Seconds = Literal["retry_after", "delay_seconds"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that can go wrong with a call."""

    label: str
    fault: Fault
    """As it usually is."""
    seconds_in: Seconds | None = None
    """The field of the fault that takes seconds, if one does."""
    takes_error: bool = False
    """Whether Slack's error string can be chosen."""

    @property
    def usual_seconds(self) -> float:
        """Return the seconds where nobody says; 0 where it takes none."""
        return float(getattr(self.fault, self.seconds_in)) if self.seconds_in else 0.0

    def make(self, seconds: float, error: str) -> Fault:
        """Make the fault; what it does not take does not matter."""
        chosen: dict[str, Any] = {"error": error} if self.takes_error else {}
        if self.seconds_in == "retry_after":
            chosen["retry_after"] = math.ceil(seconds)
        elif self.seconds_in == "delay_seconds":
            chosen["delay_seconds"] = seconds
        return replace(self.fault, **chosen)

    def has_made(self, fault: Fault) -> bool:
        """Tell whether a fault is of this kind."""
        if self.takes_error and not fault.error:
            return False
        return self.make(seconds_of(fault) or self.usual_seconds, fault.error) == fault


TROUBLES: Mapping[str, Trouble] = {
    "ratelimited": Trouble("Answer 429", Fault(retry_after=30), "retry_after"),
    "server_error": Trouble("Answer 500", Fault(status=500)),
    "unavailable": Trouble("Answer 503 with a web page", Fault(status=503, is_html=True)),
    "fatal_error": Trouble("Answer the error fatal_error", Fault(error="fatal_error")),
    "error": Trouble("Answer the error internal_error", Fault(error="internal_error"), takes_error=True),
    "slow": Trouble("Answer late", Fault(delay_seconds=5), "delay_seconds"),
    "hang": Trouble("Never answer", Fault(hangs=True)),
    "cut_before": Trouble("Cut the connection, nothing is done", Fault(cuts=True)),
    "cut_after": Trouble("Do it, then cut the connection", Fault(cuts=True, takes_effect=True)),
    "not_json": Trouble("Answer 200 with what is not JSON", Fault(is_garbled=True)),
}
"""In the order in which they are shown. https://docs.slack.dev/apis/web-api/#responses"""


def seconds_of(fault: Fault) -> float:
    """Return the seconds of a fault, 0 where it has none."""
    return fault.retry_after or fault.delay_seconds


def name_of(fault: Fault) -> str | None:
    """Find the name under which a fault can be planned; a fault that was made elsewhere may have none."""
    return next((name for name, trouble in TROUBLES.items() if trouble.has_made(fault)), None)


def label_of(fault: Fault) -> str:
    """Name a fault as people do."""
    name = name_of(fault)
    if name is None:
        return "A fault of its own"
    if TROUBLES[name].takes_error:
        return f"Answer the error {fault.error}"
    return f"{TROUBLES[name].label} ({seconds_of(fault):g} s)" if TROUBLES[name].seconds_in else TROUBLES[name].label


@dataclass(frozen=True, slots=True)
class Choice:
    """One press on the panel."""

    label: str
    hint: str


MISHAPS: Mapping[Mishap, Choice] = {
    Mishap.TWICE: Choice("Deliver twice", "The next thing somebody does reaches the app two times."),
    Mishap.LATE: Choice("Deliver late", "The next thing somebody does takes a while to reach the app."),
    Mishap.LOSE_ACK: Choice("Lose the ack", "The app answers the next delivery, and Slack never hears it."),
}
SOCKETS: Mapping[str, Choice] = {
    "drop": Choice("Cut a connection", "The oldest one ends without a word, as when a network fails."),
    "refresh": Choice("Refresh a connection", "A warning, ten seconds, the end: Slack does it every few hours."),
    "warning": Choice("Warn a connection", "It is told that it will soon be refreshed."),
    "silence": Choice("Silence a connection", "It stays open, and nothing comes through any more."),
    "link_disabled": Choice("Switch Socket Mode off", "As in the app's settings: every connection is closed."),
}
BACK_ON: Mapping[str, Choice] = {
    "link_enabled": Choice("Switch Socket Mode on", "As in the app's settings: connections are let in again."),
}
"""All that can be done with connections while Socket Mode is off."""
