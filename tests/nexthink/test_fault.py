"""What is made of refusals, network troubles and the texts that come with them."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NexthinkFault
from bot.nexthink import fault
from tests.nexthink.loopback import NOON


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (302, NexthinkFault.UNCLEAR),
        (400, NexthinkFault.REFUSED),
        (401, NexthinkFault.UNAUTHORIZED),
        (403, NexthinkFault.FORBIDDEN),
        (404, NexthinkFault.NOT_FOUND),
        (408, NexthinkFault.UNCLEAR),
        (409, NexthinkFault.UNCLEAR),
        (422, NexthinkFault.REFUSED),
        (425, NexthinkFault.UNCLEAR),
        (429, NexthinkFault.BUSY),
        (499, NexthinkFault.UNCLEAR),
        (500, NexthinkFault.UNCLEAR),
        (503, NexthinkFault.UNCLEAR),
    ],
)
def test_status_tells_the_fault(status: int, expected: NexthinkFault) -> None:
    """Only a plain refusal says that nothing was done, not what stands in between; the status itself is kept."""
    error = fault.of_answer(httpx.Response(status), "testing", now=NOON)

    assert (error.fault, error.status) == (expected, status)


@pytest.mark.parametrize(
    ("error", "is_surely_not_done"),
    [
        (httpx.ConnectError(""), True),
        (httpx.ConnectTimeout(""), True),
        (httpx.PoolTimeout(""), True),
        (httpx.ProxyError(""), True),
        (httpx.ReadTimeout(""), False),
        (httpx.WriteTimeout(""), False),
        (httpx.ReadError(""), False),
        (httpx.WriteError(""), False),
        (httpx.RemoteProtocolError(""), False),
        (httpx.DecodingError(""), False),
        (httpx.TooManyRedirects(""), False),
    ],
)
def test_only_what_was_never_sent_is_surely_not_done(error: httpx.HTTPError, *, is_surely_not_done: bool) -> None:
    """Whatever happens once a connection stands leaves the result open."""
    told = fault.of_exception(error, "testing")

    assert (told.surely_not_done, told.status) == (is_surely_not_done, None)


@pytest.mark.parametrize(
    ("body", "code", "details"),
    [
        ({"code": "BAD", "details": "no such thing"}, "BAD", "no such thing"),
        ({"message": "unknown query", "code": 100, "source": "nql"}, "100", "unknown query"),
        ({"error": "invalid_client", "error_description": "who?"}, "invalid_client", "who?"),
        ({"code": None, "details": ["a"]}, "", ""),
        ({"details": "tok-1 and\x00\u202etok-1\r\n  end"}, "", "*** and *** end"),
        ("just a text", "", "just a text"),
        ([1], "", ""),
    ],
)
def test_body_tells_code_and_details(body: Any, code: str, details: str) -> None:
    """Each shape of an error is read, without secrets and without characters that do not print."""
    error = fault.of_answer(httpx.Response(400, json=body), "testing", now=NOON, secrets=["", "tok-1"])

    assert (error.code, error.details) == (code, details)


@pytest.mark.parametrize(
    ("content", "details"), [(b"", ""), (b" <html>busy</html>", ""), (b"plain\xff", "plain\ufffd")]
)
def test_body_without_json_is_text_or_nothing(content: bytes, details: str) -> None:
    """A plain text is shown, a page is not."""
    assert fault.of_answer(httpx.Response(500, content=content), "testing", now=NOON).details == details


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("3", 3.0),
        (" 120 ", 120.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 13:00:30 +0100", 30.0),
        ("Mon, 23 Nov 2026 12:00:30 -0000", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("1e9", None),
        ("inf", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    """Both published forms are read, a date that is past as none to wait, and anything else not at all."""
    assert fault.retry_after(value, NOON) == seconds


@given(st.text(max_size=1_000))
def test_clean_text_is_one_short_printable_line(text: str) -> None:
    """Whatever came, it can be shown and logged."""
    line = fault.clean(text)

    assert len(line) <= fault.MAX_DETAILS
    assert line.isprintable()
    assert line == line.strip()
