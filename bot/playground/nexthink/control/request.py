"""Reads what the control is asked."""

import json
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from bot.playground.nexthink.control.switches import SWITCHES, Choice
from bot.playground.nexthink.control.trouble import EVERYWHERE, TROUBLES, USUAL_SECONDS
from bot.playground.nexthink.fault import Endpoint, Fault

MOST_TIMES = 1_000
MOST_SECONDS = 600.0

Json = dict[str, Any]


class BadRequestError(Exception):
    """Something asked is wrong; the sentence names it and what is allowed."""


async def read_members(request: web.Request, allowed: Iterable[str]) -> Json:
    """Read a JSON object that has no other members than these; an empty body is an empty object."""
    if request.content_type != "application/json":
        raise BadRequestError("send JSON, with the content type application/json")
    try:
        members = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        raise BadRequestError("the body is not JSON") from None
    if not isinstance(members, dict):
        raise BadRequestError("the body must be a JSON object")
    known = list(allowed)
    unknown = sorted(set(members) - set(known))
    if unknown:
        raise BadRequestError(f"unknown: {', '.join(unknown)}; allowed: {', '.join(known) or 'nothing'}")
    return members


def read_name(members: Json, member: str, allowed: Iterable[str]) -> str:
    """Read a name that must be one of a few."""
    names = list(allowed)
    name = members.get(member)
    if not isinstance(name, str) or name not in names:
        raise BadRequestError(f"{member} is {_shown(name)}; it must be one of: {', '.join(names)}")
    return name


def read_endpoints(members: Json) -> list[Endpoint]:
    """Read one endpoint or all of them."""
    name = read_name(members, "endpoint", [*Endpoint, EVERYWHERE])
    return list(Endpoint) if name == EVERYWHERE else [Endpoint(name)]


def read_fault(members: Json) -> Fault:
    """Read which fault is to be planned, and how slow it is."""
    trouble = TROUBLES[read_name(members, "fault", TROUBLES)]
    seconds = members.get("seconds", USUAL_SECONDS)
    if "seconds" in members and not trouble.takes_seconds:
        raise BadRequestError(f"seconds go with slow alone, not with {members['fault']}")
    if not _is_number(seconds, int | float) or not 0 < seconds <= MOST_SECONDS:
        raise BadRequestError(f"seconds is {_shown(seconds)}; it must be a number above 0, at most {MOST_SECONDS:g}")
    return trouble.make(float(seconds))


def read_times(members: Json) -> int | None:
    """Read how often a fault happens; None is until it is taken away."""
    times = members.get("times", 1)
    if times is None:
        return None
    if not _is_number(times, int) or not 0 < times <= MOST_TIMES:
        raise BadRequestError(
            f"times is {_shown(times)}; it must be a whole number from 1 to {MOST_TIMES}, or null for always"
        )
    return int(times)


def read_choice(members: Json) -> tuple[str, Choice]:
    """Read a switch and the choice that it is turned to."""
    name = read_name(members, "name", SWITCHES)
    choice = SWITCHES[name].find(members.get("value"))
    if choice is None:
        allowed = ", ".join(_shown(one.value) for one in SWITCHES[name].choices)
        raise BadRequestError(f"the value of {name} is {_shown(members.get('value'))}; it must be one of: {allowed}")
    return name, choice


def read_flag(members: Json, member: str) -> bool:
    """Read true or false."""
    flag = members.get(member)
    if not isinstance(flag, bool):
        raise BadRequestError(f"{member} is {_shown(flag)}; it must be true or false")
    return flag


def _is_number(value: object, kind: Any) -> bool:
    """Tell whether a value is a number; `true` is none."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _shown(value: object) -> str:
    return "missing" if value is None else json.dumps(value)
