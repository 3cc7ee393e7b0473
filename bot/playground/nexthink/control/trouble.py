"""What can go wrong, by name: single troubles for an endpoint, and presets that a newcomer understands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.playground.nexthink.fault import (
    Endpoint,
    Fault,
    answer,
    cut,
    garbage,
    half,
    hang,
    slow,
    unreadable,
    wrong_shape,
)

USUAL_SECONDS = 5.0
"""How slow a slow answer is when nobody says."""
_RETRY_AFTER = "1"

ENDPOINTS: Mapping[Endpoint, str] = {
    Endpoint.EXECUTE: "Start a workflow",
    Endpoint.TRIGGER: "Resume an execution",
    Endpoint.NQL: "NQL (devices, status)",
    Endpoint.LIST: "List the workflows",
    Endpoint.DETAILS: "Details of a workflow",
    Endpoint.TOKEN: "Fetch a token",
}
"""What people call the endpoints."""
EVERYWHERE = "all"
"""Stands for every endpoint."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that can go wrong with a request."""

    label: str
    make: Callable[[float], Fault]
    """Makes the fault; the seconds matter only to what is slow."""
    takes_seconds: bool = False


def _always(fault: Fault) -> Callable[[float], Fault]:
    return lambda _seconds: fault


TROUBLES: Mapping[str, Trouble] = {
    "failing": Trouble("Failing (503)", _always(answer(503))),
    "busy": Trouble("Busy (429)", _always(answer(429, _RETRY_AFTER))),
    "slow": Trouble("Slow", slow, takes_seconds=True),
    "hanging": Trouble("Hangs without an answer", _always(hang())),
    "lost": Trouble("Work is done, the answer is lost", _always(cut(processed=True))),
    "cut": Trouble("Connection cut, nothing is done", _always(cut(processed=False))),
    "half": Trouble("Half of an answer", _always(half())),
    "garbled": Trouble("Garbled answer", _always(garbage())),
    "page": Trouble("A web page instead of JSON", _always(unreadable())),
    "other_shape": Trouble("JSON of another shape", _always(wrong_shape({"unexpected": True}))),
    "unauthorized": Trouble("Token refused (401)", _always(answer(401))),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A state of the whole Nexthink that one press brings about."""

    label: str
    hint: str
    trouble: str | None = None
    """None: no request goes wrong."""
    endpoints: tuple[Endpoint, ...] = tuple(Endpoint)
    is_online: bool = True

    @property
    def faults(self) -> dict[Endpoint, Fault]:
        """What every request of these endpoints gets until it is taken away."""
        if self.trouble is None:
            return {}
        return dict.fromkeys(self.endpoints, TROUBLES[self.trouble].make(USUAL_SECONDS))


NORMAL = "normal"
PRESETS: Mapping[str, Preset] = {
    "slow": Preset("Slow (5 s)", "Every answer takes five seconds.", "slow"),
    "busy": Preset("Busy (429)", "Turns every call away, to come back later.", "busy"),
    "failing": Preset("Failing (503)", "Answers every call with an error.", "failing"),
    "lost": Preset(
        "Loses answers", "Does the work, then cuts the connection.", "lost", (Endpoint.EXECUTE, Endpoint.TRIGGER)
    ),
    "garbled": Preset("Garbled answers", "Answers bytes that nobody can read.", "garbled"),
    "gone": Preset("Gone", "No connection can be made.", is_online=False),
    NORMAL: Preset("Back to normal", "Everything is answered, every device is online."),
}
"""In the order in which they are shown."""


def name_of(fault: Fault) -> str | None:
    """Find the name under which a fault can be planned; a fault that was made elsewhere has none."""
    return next((name for name, trouble in TROUBLES.items() if trouble.make(fault.seconds) == fault), None)


def label_of(fault: Fault) -> str:
    """Name a fault as people do."""
    name = name_of(fault)
    if name is None:
        return f"{fault.effect.name.capitalize()} ({fault.status})"
    trouble = TROUBLES[name]
    return f"{trouble.label} ({fault.seconds:g} s)" if trouble.takes_seconds else trouble.label
