"""Errors: the sentence and the facts that each carries."""

import pytest

from bot.domain.errors import ConfigurationError, InvalidInputError, NexthinkError, NexthinkFault


@pytest.mark.parametrize(
    ("fault", "surely_not_done", "may_pass"),
    [
        (NexthinkFault.UNREACHABLE, True, True),
        (NexthinkFault.AWAY, True, True),
        (NexthinkFault.BUSY, True, True),
        (NexthinkFault.UNAUTHORIZED, True, False),
        (NexthinkFault.FORBIDDEN, True, False),
        (NexthinkFault.REFUSED, True, False),
        (NexthinkFault.NOT_FOUND, True, False),
        (NexthinkFault.UNCLEAR, False, True),
    ],
)
def test_fault_tells_whether_a_call_may_be_sent_again(
    fault: NexthinkFault, *, surely_not_done: bool, may_pass: bool
) -> None:
    """Only after an unclear answer may the call have had an effect."""
    error = NexthinkError(fault, "starting a workflow")

    assert (error.surely_not_done, error.may_pass) == (surely_not_done, may_pass)


@pytest.mark.parametrize(
    ("code", "details", "said"),
    [("", "", ""), ("E1", "", " It said: E1"), ("E1", "no such user", " It said: no such user")],
)
def test_nexthink_error_says_what_was_done_and_what_came_back(code: str, details: str, said: str) -> None:
    """The sentence holds the deed, the fault and Nexthink's best words."""
    error = NexthinkError(NexthinkFault.REFUSED, "starting a workflow", code=code, details=details)

    assert str(error) == f"Nexthink trouble while starting a workflow: Nexthink refused the request.{said}"


def test_several_faults_are_told_together() -> None:
    """A fault stands on a line, a field's sentence in a row."""
    assert str(ConfigurationError(["one", "two"])) == "one\ntwo"
    assert str(InvalidInputError({"a": "One.", "b": "Two."})) == "One. Two."
