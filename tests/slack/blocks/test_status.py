"""Cards: what they say in each state, when they have buttons, and that Slack takes and never parses them."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.card import Card, CardRole
from bot.domain.decision import Choice, DecisionState
from bot.domain.run import Device, Execution, ExecutionState, Requester, Run, RunId, RunState, Send, Target, WorkflowRef
from bot.domain.workflow import WorkflowId
from bot.playground.slack.kit.validate import check_message
from bot.slack.blocks.status import Message, card_message, status_line
from tests.domain.values import LAPTOP, NOON, a_resume, a_run, a_verdict, an_approval, an_execution
from tests.slack.blocks.texts import TEXTS, texts_in


def shown(
    run: Run, role: CardRole = CardRole.REQUESTER, ordinal: int = 0, values: Sequence[tuple[str, str]] = ()
) -> Message:
    """Return a copy of a run's card."""
    return card_message(run, Card(run_id=run.id, role=role, ordinal=ordinal), values)


def lines_of(message: Message) -> list[str]:
    """Return every text of a card, from top to bottom."""
    return [text["text"] for text in texts_in(message.blocks)]


def buttons_of(message: Message) -> list[tuple[str, str, str]]:
    """Return text, action and value of every button."""
    elements = [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]
    return [(element["text"]["text"], element["action_id"], element["value"]) for element in elements]


WORDS = {
    RunState.REQUESTED: "requested",
    RunState.AWAITING_APPROVAL: "waiting for approval",
    RunState.APPROVED: "approved, starting",
    RunState.STARTING: "starting",
    RunState.RUNNING: "running",
    RunState.SUCCEEDED: "done",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "cancelled",
    RunState.EXPIRED: "expired",
    RunState.DENIED: "denied",
    RunState.WITHDRAWN: "cancelled",
    RunState.REFUSED: "denied",
    RunState.UNTRACKED: "unknown",
    RunState.UNCERTAIN: "Result unknown: it may have started",
}


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("role", CardRole)
def test_last_line_says_the_state_in_a_word(state: RunState, role: CardRole) -> None:
    """Every copy ends with it, and so does the text of the notification; a sign only goes before it."""
    asked = an_execution(resume=a_resume())
    message = shown(a_run(state=state, approval=an_approval(), executions=(asked,)), role)

    last = lines_of(message)[-1]
    assert last.endswith(WORDS[state])
    assert last.partition(" ")[2].removeprefix("Status: ") == WORDS[state]
    assert message.text.splitlines()[-1] == last


_E = ExecutionState


@pytest.mark.parametrize(
    ("states", "word"),
    [
        ((_E.FAILED,), "failed"),
        ((_E.FAILED, _E.FAILED), "failed"),
        ((_E.FAILED, _E.SUCCEEDED), "failed: 1 of 2"),
        ((_E.FAILED, _E.CANCELLED, _E.SUCCEEDED, _E.SUCCEEDED, _E.SUCCEEDED), "failed: 2 of 5"),
        ((), "failed"),
    ],
)
def test_share_of_the_failed_is_told_where_some_succeeded(states: tuple[ExecutionState, ...], word: str) -> None:
    """Some failed is not all failed."""
    executions = tuple(an_execution(state, f"e-{place}") for place, state in enumerate(states))

    assert status_line(a_run(state=RunState.FAILED, executions=executions)).endswith(f"Status: {word}")


def test_requester_sees_what_runs_where_and_with_what() -> None:
    """The values are those that the caller gives, in their order; the run's own parameters are not looked at."""
    run = a_run(
        target=Target(upn="ada@example.com", send=Send.BOTH, device=LAPTOP, note="Chosen for you."),
        parameters={"ticket_number": "INC1", "secret": "hidden away", "correlation_id": "r-1"},
        note="Trying again.",
    )

    lines = lines_of(shown(run, values=[("Incident", "INC1"), ("Incident", "INC2")]))

    assert lines[0] == "Reset VPN"
    assert "For: Ada (ada@example.com)" in lines
    assert "Device: LT-1 · Windows" in lines
    assert [line for line in lines if line.startswith("Incident")] == ["Incident: INC1", "Incident: INC2"]
    assert not any(word in line for line in lines for word in ("hidden away", "orrelation", "icket"))
    assert lines[-4:-1] == ["Chosen for you.", "Trying again.", "Reference: r-1"]


@pytest.mark.parametrize(
    ("target", "seen", "device"),
    [
        (Target(upn="a@b.co", send=Send.DEVICE, device=LAPTOP), (), "LT-1 · Windows"),
        (Target(upn="a@b.co", send=Send.DEVICE, device=Device(name="", collector_uid="c")), (), "the chosen one"),
        (Target(upn="a@b.co", send=Send.USER), (), "the most recently used one"),
        (Target(upn="a@b.co", send=Send.DEVICE), (), "the most recently used one"),
        (Target(upn="a@b.co", send=Send.USER), ("LT-7",), "LT-7"),
        (Target(upn="a@b.co", send=Send.DEVICE, device=LAPTOP), ("LT-7",), "LT-1 · Windows"),
        (Target(upn="a@b.co", send=Send.DEVICE, device=LAPTOP), ("LT-7", "LT-1"), "LT-1, LT-7"),
    ],
)
def test_card_names_the_device_as_far_as_it_is_known(target: Target, seen: tuple[str, ...], device: str) -> None:
    """What Nexthink recorded counts where fixdesk named none, or where there were several."""
    executions = tuple(an_execution(name=name, device_name=name) for name in seen)

    assert f"Device: {device}" in lines_of(shown(a_run(target=target, executions=executions)))


@pytest.mark.parametrize("state", RunState)
def test_only_an_open_approval_has_buttons(state: RunState) -> None:
    """They are called Approve and Deny, on the copy for those who decide."""
    run = a_run(state=state, approval=an_approval())

    expected = [
        ("Approve", "approval.approve", "r-1"),
        ("Deny", "approval.deny", "r-1"),
        ("Details", "decision.details", "r-1"),
    ]
    assert buttons_of(shown(run, CardRole.APPROVAL)) == (expected if state is RunState.AWAITING_APPROVAL else [])
    if state is not RunState.UNCERTAIN:
        withdraw = [("Withdraw", "run.withdraw", "r-1")]
        assert buttons_of(shown(run)) == (withdraw if state is RunState.AWAITING_APPROVAL else [])


def test_unknown_result_asks_whoever_asked() -> None:
    """On their copy alone; to start it a second time is asked about once more."""
    run = a_run(state=RunState.UNCERTAIN, approval=an_approval())

    assert [text for text, _, _ in buttons_of(shown(run))] == ["Check again", "Start again", "Leave it"]
    assert buttons_of(shown(run, CardRole.APPROVAL)) == []
    again = shown(run).blocks[-2]["elements"][1]
    assert again["confirm"]["text"]["text"] == "It may have started already. It would then run twice."


@pytest.mark.parametrize("state", DecisionState)
def test_only_an_open_resume_has_buttons(state: DecisionState) -> None:
    """Their value says which execution is meant."""
    asked = an_execution(resume=a_resume(state=state))
    run = a_run(state=RunState.RUNNING, executions=(an_execution(), asked))

    expected = [
        ("Approve", "resume.approve", "r-1.1"),
        ("Deny", "resume.deny", "r-1.1"),
        ("Details", "decision.details", "r-1.1"),
    ]
    assert buttons_of(shown(run, CardRole.RESUME, 1)) == (expected if state is DecisionState.OPEN else [])
    assert buttons_of(shown(run)) == []


@pytest.mark.parametrize("execution", [state for state in ExecutionState if state.has_ended])
def test_resume_of_an_execution_that_ended_has_no_buttons(execution: ExecutionState) -> None:
    """Its question is closed with it."""
    asked = an_execution(resume=a_resume())
    run = a_run(state=RunState.RUNNING, executions=(asked,)).follow((an_execution(execution, resume=a_resume()),), NOON)

    assert buttons_of(shown(run, CardRole.RESUME)) == []


def test_approver_sees_who_asks() -> None:
    """Who, what, and who decides."""
    message = shown(a_run(state=RunState.AWAITING_APPROVAL, approval=an_approval()), CardRole.APPROVAL)

    lines = lines_of(message)
    assert lines[:2] == [
        "Approval: Reset VPN",
        "Ada asks to run this. helpdesk decides whether it may start.",
    ]
    assert "helpdesk is asked to approve, until 2026-03-02 20:00 UTC." in lines
    assert message.text.startswith("Approval: Reset VPN, asked for by Ada\n")


def test_deciders_see_the_same_values() -> None:
    """What they decide on stands on their copies too."""
    asked = an_execution(resume=a_resume())
    run = a_run(state=RunState.AWAITING_APPROVAL, approval=an_approval(), executions=(asked,))

    for role in CardRole:
        assert "Incident: INC1" in lines_of(shown(run, role, values=[("Incident", "INC1")]))


@pytest.mark.parametrize(
    ("state", "changes", "line"),
    [
        (RunState.AWAITING_APPROVAL, {}, "helpdesk is asked to approve, until 2026-03-02 20:00 UTC."),
        (RunState.EXPIRED, {"state": DecisionState.EXPIRED}, "The approval expired at 2026-03-02 20:00 UTC."),
        (RunState.RUNNING, {"verdict": a_verdict()}, "Approved by Grace at 12:00 UTC."),
        (RunState.DENIED, {"verdict": a_verdict(Choice.DENY)}, "Denied by Grace at 12:00 UTC."),
    ],
)
def test_story_says_what_became_of_the_approval(state: RunState, changes: dict[str, Any], line: str) -> None:
    """Both copies say it."""
    run = a_run(state=state, approval=an_approval(**changes))

    for role in (CardRole.REQUESTER, CardRole.APPROVAL):
        assert line in lines_of(shown(run, role))


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, ["helpdesk is asked to decide, until 2026-03-03 12:00 UTC."]),
        ({"note": "Not resumed."}, ["helpdesk is asked to decide, until 2026-03-03 12:00 UTC.", "Not resumed."]),
        ({"state": DecisionState.EXPIRED}, ["Nobody decided until 2026-03-03 12:00 UTC."]),
        ({"state": DecisionState.CLOSED}, ["It ended without a decision."]),
        (
            {"state": DecisionState.CLOSED, "verdict": a_verdict(), "note": "It ended before."},
            ["Approved by Grace at 12:00 UTC.", "It ended before."],
        ),
        (
            {"state": DecisionState.SENDING, "verdict": a_verdict(), "note": "Trying again."},
            ["Approved by Grace at 12:00 UTC.", "Trying again."],
        ),
        ({"state": DecisionState.DECIDED, "verdict": a_verdict(Choice.DENY)}, ["Denied by Grace at 12:00 UTC."]),
    ],
)
def test_story_says_what_became_of_the_pause(changes: dict[str, Any], lines: list[str]) -> None:
    """On the copy for those who decide, and on the requester's."""
    run = a_run(state=RunState.RUNNING, executions=(an_execution(resume=a_resume(**changes)),))

    assert [line for line in lines_of(shown(run, CardRole.RESUME)) if line in lines] == lines
    assert [line for line in lines_of(shown(run)) if line in lines] == lines


def test_denied_and_ended_are_both_told() -> None:
    """A denial fires a trigger as well, and the run then ends as Nexthink ends it."""
    denied = a_resume(state=DecisionState.DECIDED, verdict=a_verdict(Choice.DENY))
    ended = an_execution(ExecutionState.SUCCEEDED, resume=denied)

    lines = lines_of(shown(a_run(state=RunState.SUCCEEDED, executions=(ended,))))

    assert "Denied by Grace at 12:00 UTC." in lines
    assert lines[-1].endswith("done")


def test_more_executions_than_expected_are_told() -> None:
    """How many, and how they fare."""
    executions = (an_execution(ExecutionState.FAILED, "a", details="no licence"), an_execution(name="b", details="x"))

    lines = lines_of(shown(a_run(state=RunState.RUNNING, executions=executions)))

    assert "Nexthink made 2 executions of this, more than expected; all are followed: 1 failed, 1 running." in lines
    assert "Nexthink says: no licence" in lines
    assert "Nexthink says: x" not in lines


@pytest.mark.parametrize("role", [CardRole.APPROVAL, CardRole.RESUME])
@pytest.mark.parametrize("ordinal", [0, 5])
def test_copy_about_nothing_is_the_plain_card(role: CardRole, ordinal: int) -> None:
    """A copy outlives the question that it was made for."""
    assert shown(a_run(), role, ordinal) == shown(a_run())


RESUMES = st.builds(
    a_resume,
    deciders=st.lists(TEXTS, min_size=1, max_size=2).map(tuple),
    state=st.sampled_from(DecisionState),
    verdict=st.none() | st.builds(a_verdict, name=TEXTS),
    note=TEXTS,
)
EXECUTIONS = st.lists(
    st.builds(
        Execution,
        id=st.uuids().map(str),
        state=st.sampled_from(ExecutionState),
        details=TEXTS,
        device_name=TEXTS,
        resume=st.none() | RESUMES,
    ),
    max_size=3,
).map(tuple) | st.sampled_from([ExecutionState.FAILED, ExecutionState.RUNNING]).map(
    lambda state: tuple(
        an_execution(state, f"e-{number}", details=f"why {number}", resume=a_resume(note=f"note {number}"))
        for number in range(70)
    )
)
RUNS = st.builds(
    Run,
    id=st.just(RunId("0123456789abcdef")),
    view_id=st.just("V1"),
    requester=st.builds(Requester, slack_id=st.just("U1"), name=TEXTS, upn=TEXTS),
    workflow=st.builds(WorkflowRef, id=st.just(WorkflowId("#a")), uuid=st.just("w"), name=TEXTS, version=st.just("1")),
    target=st.builds(
        Target,
        upn=TEXTS,
        send=st.sampled_from(Send),
        device=st.none() | st.builds(Device, name=TEXTS, collector_uid=st.just("c"), platform=TEXTS),
        note=TEXTS,
    ),
    parameters=st.just({}),
    created_at=st.just(NOON),
    state=st.sampled_from(RunState),
    note=TEXTS,
    approval=st.none() | st.builds(an_approval, verdict=st.none() | st.builds(a_verdict, name=TEXTS)),
    executions=EXECUTIONS,
)


VALUES = st.lists(st.tuples(TEXTS, TEXTS), max_size=12)


@given(RUNS, st.sampled_from(CardRole), st.integers(0, 3), VALUES)
@settings(max_examples=150, deadline=None)
def test_card_of_anything_is_within_slacks_limits(
    run: Run, role: CardRole, ordinal: int, values: list[tuple[str, str]]
) -> None:
    """Any names, texts, values and executions; nothing in the blocks is parsed, nor in the escaped text."""
    message = shown(run, role, ordinal, values)

    assert check_message(message.blocks) == []
    assert {text["type"] for text in texts_in(message.blocks)} == {"plain_text"}
    assert 0 < len(message.text) <= 4000
    assert not set("<>") & set(message.text)
    assert lines_of(message)[-1] == status_line(run)


@pytest.mark.parametrize("text", ["<!channel>", "<@U1>", "*bold* & `code`", "<https://evil.example|Approve>"])
def test_name_that_would_mention_or_format_is_shown_as_it_is(text: str) -> None:
    """Whoever named a workflow or an account cannot make a card do anything."""
    run = a_run(
        workflow=WorkflowRef(id=WorkflowId("#a"), uuid="w", name=text, version="1"),
        requester=Requester(slack_id="U1", name=text, upn=text),
    )

    message = shown(run, values=[(text, text)])

    assert lines_of(message)[0] == text
    assert f"{text}: {text}" in lines_of(message)
    assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in message.text


def test_notification_of_a_long_name_still_says_the_state() -> None:
    """What is cut is the name."""
    long = WorkflowRef(id=WorkflowId("#a"), uuid="w", name="x" * 5000, version="1")

    assert shown(a_run(workflow=long, state=RunState.SUCCEEDED)).text.endswith("Status: done")


@pytest.mark.parametrize(
    ("run", "role"),
    [
        (a_run(state=RunState.AWAITING_APPROVAL, approval=an_approval()), CardRole.APPROVAL),
        (a_run(state=RunState.RUNNING, executions=(an_execution(resume=a_resume()),)), CardRole.RESUME),
        (a_run(state=RunState.UNCERTAIN), CardRole.REQUESTER),
    ],
)
def test_buttons_keep_their_block_through_edits(run: Run, role: CardRole) -> None:
    """A press that is under way while the card is edited still finds what it was made on."""
    blocks = [
        [block["block_id"] for block in shown(one, role).blocks if block["type"] == "actions"]
        for one in (run, run.changed(note="later"))
    ]

    assert blocks[0] == blocks[1]
    assert len(blocks[0]) == 1
