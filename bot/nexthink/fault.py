"""Refusals and network troubles, translated into `NexthinkError`; what a body says is untrusted text."""

import email.utils
import http
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.domain.errors import NexthinkError, NexthinkFault

MAX_DETAILS = 300
MAX_RETRY_AFTER = 86_400.0

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
"""What httpx raises before a byte of the request is on its way."""

CLIENT_CLOSED_REQUEST = 499
"""What some proxies answer when they gave up waiting."""

_FAULTS: Mapping[int, NexthinkFault] = {
    http.HTTPStatus.UNAUTHORIZED: NexthinkFault.UNAUTHORIZED,
    http.HTTPStatus.FORBIDDEN: NexthinkFault.FORBIDDEN,
    http.HTTPStatus.NOT_FOUND: NexthinkFault.NOT_FOUND,
    # These four may come after the request was carried out, from whatever stands in between.
    http.HTTPStatus.REQUEST_TIMEOUT: NexthinkFault.UNCLEAR,
    http.HTTPStatus.CONFLICT: NexthinkFault.UNCLEAR,
    http.HTTPStatus.TOO_EARLY: NexthinkFault.UNCLEAR,
    CLIENT_CLOSED_REQUEST: NexthinkFault.UNCLEAR,
    http.HTTPStatus.TOO_MANY_REQUESTS: NexthinkFault.BUSY,
}

# Workflows say code and details, NQL code and message, the token endpoint error and error_description.
_CODES = ("code", "error")
_DETAILS = ("details", "message", "error_description")


def of_answer(response: httpx.Response, doing: str, *, now: datetime, secrets: Sequence[str] = ()) -> NexthinkError:
    """Translate an answer that is no success; what it says is shown without the secrets that it may echo."""
    code, details = _said(response.content, secrets)
    # A conflict that Nexthink itself explains is a refusal; any other may come from whatever stands in between.
    is_refused = response.status_code == http.HTTPStatus.CONFLICT and code
    return NexthinkError(
        NexthinkFault.REFUSED if is_refused else of_status(response.status_code),
        doing,
        code=code,
        details=details,
        retry_after=retry_after(response.headers.get("Retry-After"), now),
        status=response.status_code,
    )


def of_status(status: int) -> NexthinkFault:
    """Name what a status without success means; only a plain refusal says that nothing was done."""
    is_refusal = http.HTTPStatus.BAD_REQUEST <= status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    return _FAULTS.get(status, NexthinkFault.REFUSED if is_refusal else NexthinkFault.UNCLEAR)


def of_exception(error: httpx.HTTPError | TimeoutError, doing: str) -> NexthinkError:
    """Translate a call without an answer."""
    fault = NexthinkFault.UNREACHABLE if isinstance(error, NEVER_SENT) else NexthinkFault.UNCLEAR
    return NexthinkError(fault, doing)


def unreadable(doing: str) -> NexthinkError:
    """Say that an answer came and could not be read."""
    return NexthinkError(NexthinkFault.UNCLEAR, doing)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, given as seconds or as a date, a day at most."""
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), MAX_RETRY_AFTER)
    try:
        until = email.utils.parsedate_to_datetime(text)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(0.0, (until - now).total_seconds()), MAX_RETRY_AFTER)
    except (ValueError, OverflowError):
        return None


def clean(text: str) -> str:
    """Make a text from outside one line of at most `MAX_DETAILS` printable characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= MAX_DETAILS else line[: MAX_DETAILS - 1] + "…"


def parse_json(content: bytes) -> Any:
    """Read JSON; raise ValueError where there is none, nested beyond measure included."""
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _said(content: bytes, secrets: Sequence[str]) -> tuple[str, str]:
    """Return the code and the details of an error's body; a page of HTML says nothing."""
    try:
        body = parse_json(content)
    except ValueError:
        body = content.decode(errors="replace")
    if isinstance(body, Mapping):
        return _first(body, _CODES, secrets), _first(body, _DETAILS, secrets)
    says_something = isinstance(body, str) and not body.lstrip().startswith("<")
    return "", _without(body, secrets) if says_something else ""


def _first(body: Mapping[str, Any], names: Sequence[str], secrets: Sequence[str]) -> str:
    """Return the first of some members that is a text or a number."""
    values = (body.get(name) for name in names)
    return next((_without(str(value), secrets) for value in values if isinstance(value, str | int) and value != ""), "")


def _without(text: str, secrets: Sequence[str]) -> str:
    """Clean a text, secrets first, so that none is left in halves."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return clean(text)
