"""Printing: what goes where, and that nothing from outside steers the terminal."""

import json

import pytest

from bot.cli.exit import ExitStatus, status_of
from bot.cli.show import MAX_FAULTS, Fault, Screen, clean
from bot.domain.errors import (
    ConfigurationError,
    FixdeskError,
    NexthinkError,
    NexthinkFault,
    NotAllowedError,
    NotFoundError,
    StoreError,
)
from bot.usecases.terminal.targets import LineFault


def test_pipe_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Parted by tabs, without a header, and messages beside it."""
    screen = Screen(as_json=False)

    screen.table(("id", "name"), [("#a", "[bold]A[/bold]"), ("#b", "B\tb")])
    screen.say("by the way")
    screen.document({"a": 1})
    with screen.progress("Doing", 3) as advance:
        advance(2)

    assert capsys.readouterr() == ("#a\t[bold]A[/bold]\n#b\tB b\n", "by the way\n")


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else is on standard output."""
    screen = Screen(as_json=True)

    screen.line("a")
    screen.table(("id",), [("#a",)])
    screen.document({"ä": [1]})

    assert json.loads(capsys.readouterr().out) == {"ä": [1]}


def test_terminal_gets_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With a header; names are taken as they are, never as markup."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    Screen(as_json=False).table(("id", "name"), [("#a", "[bold]A[/bold]")])

    shown = capsys.readouterr().out
    assert "name" in shown
    assert "[bold]A[/bold]" in shown


def test_terminal_gets_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard error, so that the answer stays clean."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    with Screen(as_json=True).progress("Starting", 3) as advance:
        advance(2)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Starting" in shown.err


def test_text_from_outside_cannot_steer_the_terminal() -> None:
    """Neither colours, nor line breaks, nor a title."""
    assert clean("a\x1b[31mb\r\nc\x07 ü") == "a [31mb  c  ü"


@pytest.mark.parametrize("as_json", [True, False])
def test_many_faults_are_cut_as_text_alone(capsys: pytest.CaptureFixture[str], *, as_json: bool) -> None:
    """JSON has them all."""
    faults: list[Fault] = [LineFault(line, "x", "is wrong") for line in range(2, 102)]

    Screen(as_json=as_json).refuse([*faults, "and more"], ExitStatus.WRONG)

    shown = capsys.readouterr()
    lines = shown.err.splitlines()
    assert lines[0] == "fixdesk: line 2: 'x' is wrong"
    assert (len(lines), lines[-1]) == (MAX_FAULTS + 1, "fixdesk: and 81 more; --json shows them all")
    assert shown.out == "" if not as_json else len(json.loads(shown.out)["faults"]) == 101


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowedError("no"), ExitStatus.FAILED),
        (NexthinkError(NexthinkFault.UNREACHABLE, "x"), ExitStatus.FAILED),
        (StoreError("no"), ExitStatus.FAILED),
        (ConfigurationError(["no"]), ExitStatus.WRONG),
        (NotFoundError("no"), ExitStatus.WRONG),
        (FixdeskError("no"), ExitStatus.WRONG),
    ],
)
def test_error_has_its_status(error: FixdeskError, status: ExitStatus) -> None:
    """Refused or failed is told from wrongly called."""
    assert status_of(error) is status
