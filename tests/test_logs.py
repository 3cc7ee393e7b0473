"""Log lines: always one JSON object a line, never a secret."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.logs import JSONFormatter, set_up_logs

SECRET = "9a8b7c6d5e4f"


def line_of(message: str, *arguments: object, **more: Any) -> dict[str, Any]:
    """Return a record as it is written, read back."""
    record = logging.LogRecord("bot.app", logging.WARNING, "app.py", 1, message, arguments, more.get("exc_info"))
    record.created = 1_772_452_800.5
    written = JSONFormatter().format(record)
    assert "\n" not in written
    read: dict[str, Any] = json.loads(written)
    return read


def test_line_says_when_what_and_who() -> None:
    """The time is UTC and says so."""
    assert line_of("%d rows", 3) == {
        "time": "2026-03-02T12:00:00.500+00:00",
        "level": "warning",
        "logger": "bot.app",
        "message": "3 rows",
    }


@given(st.text())
@settings(deadline=None)
def test_any_text_is_one_line_of_json(text: str) -> None:
    """Line breaks and quotes of a stranger break nothing."""
    assert set(line_of("%s", text)) == {"time", "level", "logger", "message"}


@pytest.mark.parametrize(
    ("message", "left"),
    [
        (f"token xoxb-1-{SECRET} refused", "token [redacted] refused"),
        (f"token xapp-1-A-{SECRET}", "token [redacted]"),
        (f"Authorization: Bearer {SECRET}", "Authorization: Bearer [redacted]"),
        (f"authorization: bearer {SECRET} sent", "authorization: bearer [redacted] sent"),
        (f"Authorization: Basic {SECRET}==", "Authorization: Basic [redacted]"),
        (
            f"{{'Authorization': 'Bearer {SECRET}', 'Accept': 'x'}}",
            "{'Authorization': 'Bearer [redacted]', 'Accept': 'x'}",
        ),
        (f'{{"Authorization": "Bearer {SECRET}"}}', '{"Authorization": "Bearer [redacted]"}'),
        (f"wss://wss.example/link/?ticket={SECRET}&app_id=1", "wss://wss.example/link/?ticket=[redacted]&app_id=1"),
        (f"Bearer {SECRET}\nnext line", "Bearer [redacted]\nnext line"),
        (f"Bearer {SECRET}\ttabbed", "Bearer [redacted]\ttabbed"),
        (f'Bearer {SECRET}"quoted', 'Bearer [redacted]"quoted'),
        (f"Bearer ü{SECRET}\\ end", "Bearer [redacted] end"),
    ],
)
def test_secret_is_blotted_out_and_the_line_stays_json(message: str, left: str) -> None:
    """Whatever a library puts into its message; what stands around it is kept."""
    assert line_of("%s", message)["message"] == left


def test_trace_is_part_of_the_line_without_a_secret() -> None:
    """One object a line, however long the trace is."""
    try:
        raise ValueError(f"Bearer {SECRET}")  # noqa: TRY301 - the trace is what the test is about
    except ValueError:
        line = line_of("broken", exc_info=sys.exc_info())

    assert line["trace"].startswith("Traceback")
    assert SECRET not in line["trace"]
    assert line["message"] == "broken"


@pytest.fixture
def loggers() -> Iterator[None]:
    """The loggers as pytest has them, put back in the end."""
    root, bot = logging.getLogger(), logging.getLogger("bot")
    before = (root.handlers, root.level, bot.level)
    yield
    root.handlers = before[0]
    root.setLevel(before[1])
    bot.setLevel(before[2])


@pytest.mark.usefixtures("loggers")
def test_libraries_speak_only_of_trouble(capsys: pytest.CaptureFixture[str]) -> None:
    """The lines of fixdesk are all there, on standard error."""
    set_up_logs()

    logging.getLogger("bot.app").info("up")
    logging.getLogger("bot.app").debug("detail")
    logging.getLogger("slack_sdk").info("chatter")
    logging.getLogger("slack_sdk").warning("trouble")

    captured = capsys.readouterr()
    assert captured.out == ""
    assert [json.loads(line)["message"] for line in captured.err.splitlines()] == ["up", "trouble"]
