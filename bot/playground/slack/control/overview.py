"""How a local Slack is, as one JSON object."""

from collections.abc import Mapping
from dataclasses import asdict

from bot.playground.clock import Clock
from bot.playground.control import Json
from bot.playground.slack.control.trouble import BACK_ON, MISHAPS, SOCKETS, TROUBLES, Choice, Trouble, label_of, name_of
from bot.playground.slack.delivery.deliveries import Deliveries
from bot.playground.slack.delivery.mishaps import Mishap
from bot.playground.slack.faults import ANY_METHOD, Planned
from bot.playground.slack.server import LocalSlack
from bot.playground.slack.webapi import METHODS

MINUTE, HOUR = 60, 3600
JUMPS: Mapping[str, int] = {
    "1 minute": MINUTE,
    "10 minutes": 10 * MINUTE,
    "1 hour": HOUR,
    "8 hours": 8 * HOUR,
    "1 day": 24 * HOUR,
    "1 week": 7 * 24 * HOUR,
}
"""In seconds."""


def overview(slack: LocalSlack, clock: Clock, *, may_jump: bool) -> Json:
    """Tell everything that the panel shows and that a script may want to know."""
    deliveries = slack.deliveries
    return {
        "transport": deliveries.transport,
        "request_url": deliveries.request_url.url,
        "connections": deliveries.connections,
        "clock": {"now": clock().isoformat().replace("+00:00", "Z"), "ahead_seconds": int(clock.ahead.total_seconds())},
        "methods": methods(),
        "faults": [_trouble(name, trouble) for name, trouble in TROUBLES.items()],
        "planned": [_planned(planned) for planned in slack.faults.planned],
        "deliveries": [_mishap(mishap, choice, deliveries) for mishap, choice in MISHAPS.items()],
        "sockets": [{"name": name, **asdict(choice)} for name, choice in socket_choices(deliveries).items()],
        "jumps": [{"label": label, "seconds": seconds} for label, seconds in JUMPS.items() if may_jump],
    }


def methods() -> list[str]:
    """List what a fault can be planned for; `*` is every method."""
    return [ANY_METHOD, *sorted(METHODS)]


def socket_choices(deliveries: Deliveries) -> Mapping[str, Choice]:
    """List what can be done with connections now: none where Slack delivers over HTTP."""
    if deliveries.transport != deliveries.sockets.name:
        return {}
    return SOCKETS if deliveries.sockets.is_on else BACK_ON


def _trouble(name: str, trouble: Trouble) -> Json:
    return {
        "name": name,
        "label": trouble.label,
        "takes_seconds": trouble.seconds_in is not None,
        "seconds": trouble.usual_seconds,
        "takes_error": trouble.takes_error,
    }


def _planned(planned: Planned) -> Json:
    return {
        "id": planned.id,
        "method": planned.method,
        "fault": name_of(planned.fault),
        "label": label_of(planned.fault),
        "times": planned.times,
    }


def _mishap(mishap: Mishap, choice: Choice, deliveries: Deliveries) -> Json:
    left, takes_seconds = deliveries.mishaps.left(mishap), mishap is Mishap.LATE
    return {"name": mishap, **asdict(choice), "takes_seconds": takes_seconds, "left": left}
