"""Decisions: what a trigger carries."""

import pytest

from bot.domain.decision import Choice, DecisionState, Escalation
from tests.domain.values import NOON, a_resume, a_verdict, an_approval

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


def test_words_of_the_decider_are_filled_in_once() -> None:
    """Only where the policy writes them, and nothing that they hold is filled in again."""
    written = {Choice.DENY: {"why": "{reason} ({comment})", "by": "{approver_upn}", "plain": "no"}}
    resume = a_resume(parameters=written, verdict=a_verdict(Choice.DENY, reason="{approver_upn} says no"))

    assert resume.trigger_parameters() == {
        "why": "{approver_upn} says no ({approver_upn} says no)",
        "by": "grace@example.com",
        "plain": "no",
    }


def test_words_are_needed_only_where_they_are_sent() -> None:
    """So that one press decides everywhere else."""
    resume = a_resume(parameters={Choice.APPROVE: {"text": "so: {comment}"}, Choice.DENY: {"by": "{approver_upn}"}})

    assert (resume.needs_words(Choice.APPROVE), resume.needs_words(Choice.DENY)) == (True, False)


def test_last_missing_agreement_decides() -> None:
    """Until then the question is open."""
    first, second = a_verdict(), a_verdict(slack_id="UALAN", name="Alan", upn="alan@example.com")

    one = an_approval(quorum=2).with_vote(first)
    assert (one.missing, one.verdict, one.state) == (1, None, DecisionState.OPEN)

    both = one.with_vote(second)
    assert (both.missing, both.verdict, both.state) == (0, second, DecisionState.DECIDED)
    assert both.votes == (first, second)


def test_escalation_asks_others_as_well_once() -> None:
    """Whoever was asked may still decide."""
    approval = an_approval(escalation=Escalation(to=("security", "helpdesk"), at=NOON))

    escalated = approval.escalated()

    assert escalated.deciders == ("helpdesk", "security")
    assert escalated.escalated() is escalated
    plain = an_approval()
    assert plain.escalated() is plain
