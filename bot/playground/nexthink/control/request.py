"""Reads what the control of Nexthink alone is asked."""

from bot.playground.control import BadRequestError, Json, read_name, read_seconds, shown
from bot.playground.nexthink.control.switches import SWITCHES, Choice
from bot.playground.nexthink.control.trouble import EVERYWHERE, TROUBLES, USUAL_SECONDS
from bot.playground.nexthink.fault import Endpoint, Fault


def read_endpoints(members: Json) -> list[Endpoint]:
    """Read one endpoint or all of them."""
    name = read_name(members, "endpoint", [*Endpoint, EVERYWHERE])
    return list(Endpoint) if name == EVERYWHERE else [Endpoint(name)]


def read_fault(members: Json) -> Fault:
    """Read which fault is to be planned, and how slow it is."""
    trouble = TROUBLES[read_name(members, "fault", TROUBLES)]
    if "seconds" in members and not trouble.takes_seconds:
        raise BadRequestError(f"seconds go with slow alone, not with {members['fault']}")
    return trouble.make(read_seconds(members, USUAL_SECONDS))


def read_choice(members: Json) -> tuple[str, Choice]:
    """Read a switch and the choice that it is turned to."""
    name = read_name(members, "name", SWITCHES)
    choice = SWITCHES[name].find(members.get("value"))
    if choice is None:
        allowed = ", ".join(shown(one.value) for one in SWITCHES[name].choices)
        raise BadRequestError(f"the value of {name} is {shown(members.get('value'))}; it must be one of: {allowed}")
    return name, choice
