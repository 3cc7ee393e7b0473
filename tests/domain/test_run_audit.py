"""Tests for bot.domain.run_audit."""

import dataclasses
import json
from typing import Any

import pytest

from bot.domain.decision import Choice, DecisionState
from bot.domain.run import MOVES, Run, RunState, Send, Target
from bot.domain.run_audit import entries_of, fingerprint
from tests.domain.values import ADA, LAPTOP, NOON, a_resume, a_run, a_verdict, an_approval, an_execution


def actions(old: Run | None, new: Run, actor: str = "fixdesk") -> list[tuple[str, str]]:
    """Return who did what."""
    return [(entry.actor, entry.action) for entry in entries_of(old, new, NOON, actor)]


def test_request_is_recorded_with_all_that_was_asked() -> None:
    """By the person, with the device and the parameters."""
    run = a_run(target=Target(upn=ADA.upn, send=Send.DEVICE, device=LAPTOP), parameters={"size": "L"})

    (entry,) = entries_of(None, run, NOON)

    assert (entry.actor, entry.action, entry.at) == (ADA.upn, "run.requested", NOON)
    assert entry.subject["device"] == LAPTOP.collector_uid
    assert entry.subject["parameters"] == {"size": "L"}
    assert json.loads(json.dumps(entry.subject)) == entry.subject


@pytest.mark.parametrize(("before", "after"), [(state, to) for state, ends in MOVES.items() for to in sorted(ends)])
def test_every_move_is_recorded(before: RunState, after: RunState) -> None:
    """One entry a move, with what is needed to prove it."""
    old = a_run(state=before)

    (entry,) = entries_of(old, old.move(after, request_id="q-1", note="why"), NOON, "ada@example.com")

    assert (entry.actor, entry.action) == ("ada@example.com", f"run.{after}")
    assert entry.subject["request_id"] == "q-1"
    assert entry.subject["note"] == "why"
    assert entry.subject["fingerprint"] == fingerprint(old)


def test_other_words_on_a_card_are_no_deed() -> None:
    """Notes, and executions that go on, are not decided by anybody."""
    run = a_run(state=RunState.RUNNING, executions=(an_execution(),))

    assert actions(run, run.changed(note="later", executions=(an_execution(device_name="LT-1"),))) == []


@pytest.mark.parametrize("choice", Choice)
def test_decision_on_a_start_is_its_deciders(choice: Choice) -> None:
    """Not fixdesk's, which only stores it."""
    asked = a_run(state=RunState.AWAITING_APPROVAL, approval=an_approval())
    decided = an_approval(state=DecisionState.DECIDED, verdict=a_verdict(choice))
    to = RunState.APPROVED if choice is Choice.APPROVE else RunState.DENIED

    assert actions(asked, asked.move(to, approval=decided)) == [("grace@example.com", f"run.{to}")]
    if choice is Choice.APPROVE:
        approved = asked.move(to, approval=decided)
        assert actions(approved, approved.move(RunState.STARTING)) == [("fixdesk", "run.starting")]


def test_each_step_of_an_answer_is_recorded() -> None:
    """Asked, decided by Grace, sent with these parameters, taken."""
    steps = [
        a_resume(),
        a_resume(state=DecisionState.SENDING, verdict=a_verdict(Choice.DENY)),
        a_resume(state=DecisionState.FIRING, verdict=a_verdict(Choice.DENY)),
        a_resume(state=DecisionState.DECIDED, verdict=a_verdict(Choice.DENY)),
    ]
    run = a_run(state=RunState.RUNNING, executions=(an_execution(),))
    told, facts = [], dict[str, Any]()
    for resume in steps:
        new = run.with_execution(0, dataclasses.replace(run.executions[0], resume=resume))
        for entry in entries_of(run, new, NOON):
            told.append((entry.actor, entry.action))
            facts |= entry.subject
        run = new

    assert told == [
        ("fixdesk", "resume.open"),
        ("grace@example.com", "resume.sending"),
        ("fixdesk", "resume.firing"),
        ("fixdesk", "resume.decided"),
    ]
    assert facts["parameters"] == {"decision": "denied"}
    assert facts["choice"] == "deny"


def test_fingerprint_tells_what_would_run() -> None:
    """Anything that changes what a start does changes it; who asked, and when, does not."""
    run = a_run(parameters={"a": "1"})
    others = [
        dataclasses.replace(run, parameters={"a": "2"}),
        dataclasses.replace(run, workflow=dataclasses.replace(run.workflow, version="v-2")),
        dataclasses.replace(run, target=dataclasses.replace(run.target, device=LAPTOP)),
        dataclasses.replace(run, target=dataclasses.replace(run.target, upn="eve@example.com")),
    ]

    assert len({fingerprint(one) for one in (run, *others)}) == 5
    assert fingerprint(run) == fingerprint(dataclasses.replace(run, note="late", view_id="V-2"))
