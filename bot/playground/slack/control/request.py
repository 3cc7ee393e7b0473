"""Reads what the control of Slack alone is asked."""

import re
from urllib.parse import urlsplit

from bot.playground.control import MOST_TIMES, BadRequestError, Json, is_number, read_name, read_seconds, shown
from bot.playground.slack.control.trouble import TROUBLES
from bot.playground.slack.faults import Fault

_ERROR = re.compile(r"[a-z][a-z0-9_]{0,99}")


def read_fault(members: Json) -> Fault:
    """Read which fault is to be planned, with its seconds or its error."""
    name = read_name(members, "fault", TROUBLES)
    trouble = TROUBLES[name]
    if "seconds" in members and trouble.seconds_in is None:
        raise BadRequestError(f"seconds do not go with {name}; leave them out")
    if "error" in members and not trouble.takes_error:
        raise BadRequestError(f"an error does not go with {name}; leave it out, or choose the fault error")
    seconds = read_seconds(members, trouble.usual_seconds) if trouble.seconds_in else 0.0
    return trouble.make(seconds, _read_error(members, trouble.fault.error))


def _read_error(members: Json, usual: str) -> str:
    error = members.get("error", usual)
    if error != usual and not (isinstance(error, str) and _ERROR.fullmatch(error)):
        raise BadRequestError(f"error is {shown(error)}; it must be an error string of Slack, such as fatal_error")
    return str(error)


def read_mishaps(members: Json) -> int:
    """Read to how many deliveries something happens; 0 takes it back."""
    times = members.get("times", 1)
    if not is_number(times, int) or not 0 <= times <= MOST_TIMES:
        raise BadRequestError(
            f"times is {shown(times)}; it must be a whole number from 1 to {MOST_TIMES}, or 0 to take it back"
        )
    return int(times)


def read_address(members: Json, known: str) -> str:
    """Read the Request URL; left out it is the one that is known."""
    url = members.get("request_url", known)
    if not isinstance(url, str) or not is_address(url):
        raise BadRequestError(
            f"request_url is {shown(url or None)}; give the address where the app takes Slack's requests,"
            " such as http://127.0.0.1:3000/slack/events"
        )
    return url


def is_address(url: str) -> bool:
    """Tell whether something is the address of a server."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
