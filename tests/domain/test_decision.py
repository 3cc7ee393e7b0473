"""Decisions: what a trigger carries."""

import pytest

from bot.domain.decision import Choice
from tests.domain.values import a_resume, a_verdict

WRITTEN = {
    Choice.APPROVE: {"decision": "approved", "by": "{approver_upn}", "text": "by {approver_upn}, {approver_upn}"},
    Choice.DENY: {"decision": "denied", "blank": "  ", "empty": "", "other": "{other}"},
}


@pytest.mark.parametrize(
    ("choice", "carried"),
    [
        (
            Choice.APPROVE,
            {
                "decision": "approved",
                "by": "grace@example.com",
                "text": "by grace@example.com, grace@example.com",
            },
        ),
        (Choice.DENY, {"decision": "denied", "other": "{other}"}),
    ],
)
def test_trigger_carries_the_chosen_parameters(choice: Choice, carried: dict[str, str]) -> None:
    """The approver's UPN is filled in, blank values are left out, and nothing is added."""
    assert a_resume(parameters=WRITTEN, verdict=a_verdict(choice)).trigger_parameters() == carried


def test_blank_approver_leaves_the_parameter_out() -> None:
    """A value that becomes blank by filling it in is not sent."""
    resume = a_resume(parameters={Choice.APPROVE: {"by": "{approver_upn}"}}, verdict=a_verdict(upn=""))

    assert resume.trigger_parameters() == {}


def test_undecided_question_carries_nothing() -> None:
    """Without a verdict there is nothing to fire."""
    assert a_resume().trigger_parameters() == {}


@pytest.mark.parametrize(("choice", "past"), [(Choice.APPROVE, "approved"), (Choice.DENY, "denied")])
def test_choice_has_a_past_word(choice: Choice, past: str) -> None:
    """Sentences say what somebody did."""
    assert choice.past == past
