"""Approvals by several people, with escalation, reasons, and a way back for whoever asked."""

import asyncio
import contextlib
import dataclasses
import tempfile
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.decision import Choice, Escalation
from bot.domain.errors import FixdeskError, NotAllowedError, TooLateError
from bot.domain.run import Requester, Run, RunId, RunState
from bot.domain.work import WorkKind
from bot.policy.rules import Policy, read_policy
from bot.usecases.approval import ask_approval, decide, escalate_approval, expire_approval, withdraw_run
from bot.usecases.decision import explain_decision
from bot.usecases.run import begin_run, prepare_run
from bot.usecases.start import start_run
from tests.domain.values import ADA, NOON, a_verdict, an_approval
from tests.usecases.fakes import Bench, HeldStore, make_bench

R1 = RunId("r-1")
GRACE = Requester(slack_id="UGRACE", name="Grace", upn="grace@example.com")


async def keep_asked(bench: Bench, requester: Requester = ADA, **approval: Any) -> Run:
    """Store a run that waits for two approvals."""
    asked = an_approval(**({"quorum": 2} | approval))
    return await bench.keep("#approved", state=RunState.AWAITING_APPROVAL, requester=requester, approval=asked)


async def test_second_agreement_approves(bench: Bench) -> None:
    """The first one is counted, and starts nothing."""
    await keep_asked(bench)

    await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)
    waiting = await bench.run()
    await start_run(R1, 1, desk=bench.desk)
    await decide(R1, "UALAN", Choice.APPROVE, desk=bench.desk)

    assert (waiting.state, waiting.approval and waiting.approval.missing) == (RunState.AWAITING_APPROVAL, 1)
    assert (await bench.run()).state is RunState.APPROVED
    assert bench.nexthink.starts == []


async def test_one_person_counts_once(bench: Bench) -> None:
    """They are told that others are still missing."""
    await keep_asked(bench)
    await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    with pytest.raises(TooLateError, match="You have approved this already; it cannot start before 1 more have"):
        await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)


async def test_one_person_under_two_accounts_counts_once(bench: Bench) -> None:
    """The UPN is the person, whatever account presses."""
    bench.people.profiles["UGRACE2"] = dataclasses.replace(bench.people.profiles["UGRACE"], slack_id="UGRACE2")
    await keep_asked(bench)
    await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    with pytest.raises(TooLateError, match="already"):
        await decide(R1, "UGRACE2", Choice.APPROVE, desk=bench.desk)


async def test_two_agreements_at_once_both_count(bench: Bench) -> None:
    """Neither is lost over the other."""
    await keep_asked(bench)

    await asyncio.gather(*(decide(R1, who, Choice.APPROVE, desk=bench.desk) for who in ("UGRACE", "UALAN")))

    assert (await bench.run()).state is RunState.APPROVED


async def test_one_denial_ends_it(bench: Bench) -> None:
    """Also after somebody has agreed."""
    await keep_asked(bench)
    await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    await decide(R1, "UALAN", Choice.DENY, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.approval and [vote.name for vote in run.approval.votes]) == (RunState.DENIED, ["Grace"])


async def test_too_few_in_time_expires(bench: Bench) -> None:
    """And says that it was too few."""
    await keep_asked(bench)
    await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    bench.clock.advance(hours=8)
    await expire_approval(R1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.note) == (RunState.EXPIRED, "Too few approved it in time.")


def policy(approval: str) -> Policy:
    """Return a policy with an approval."""
    return read_policy(
        f"""
version: 1
people: {{domains: [example.com]}}
groups:
  helpdesk: {{members: [grace@example.com, alan@example.com]}}
  security: {{members: [ada@example.com]}}
channels: {{approvals: CAPPR}}
workflows: [{{match: "#approved", run_by: everyone, approval: {{{approval}}}}}]
""",
        "policy.yaml",
    )


@pytest.mark.parametrize(
    "approval", ["by: [helpdesk], quorum: 3", "by: [security]", "by: [helpdesk, security], quorum: 3"]
)
async def test_request_that_nobody_can_approve_is_refused_at_once(store: HeldStore, approval: str) -> None:
    """In the form already, and on the card where the policy has changed since."""
    bench = await make_bench(store, policy(approval))
    ada = await bench.desk.person("UADA")
    run = await bench.keep("#approved")

    with pytest.raises(NotAllowedError, match="Nobody can approve this"):
        await prepare_run(run.workflow.id, ada, "", desk=bench.desk)
    await begin_run(R1, 1, desk=bench.desk)

    refused = await bench.run()
    assert (refused.state, refused.note.startswith("Nobody can approve this")) == (RunState.REFUSED, True)


async def test_timers_are_set_with_the_question(store: HeldStore) -> None:
    """A reminder, an escalation, and the end."""
    bench = await make_bench(store, policy("by: [helpdesk], remind: 30m, escalate: {to: [security], after: 2h}"))
    await bench.keep("#approved")

    await begin_run(R1, 1, desk=bench.desk)

    due = {work.kind: work.due_at - bench.clock.now for work in await bench.due(hours=8)}
    assert due[WorkKind.REMIND] == timedelta(minutes=30)
    assert due[WorkKind.ESCALATE] == timedelta(hours=2)
    assert due[WorkKind.EXPIRE_APPROVAL] == timedelta(hours=8)


async def test_escalation_lets_others_decide(bench: Bench) -> None:
    """When its time has come, and not before."""
    await keep_asked(bench, quorum=1, deciders=("nobody",), escalation=Escalation(to=("helpdesk",), at=NOON))
    bench.clock.advance(minutes=-1)
    await escalate_approval(R1, desk=bench.desk)
    with pytest.raises(NotAllowedError):
        await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    bench.clock.advance(minutes=1)
    await escalate_approval(R1, desk=bench.desk)
    await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    assert (await bench.run()).state is RunState.APPROVED


async def test_request_is_taken_back(bench: Bench) -> None:
    """By whoever asked, while nobody has decided."""
    await keep_asked(bench)

    with pytest.raises(NotAllowedError, match="Only Ada may withdraw"):
        await withdraw_run(R1, "UGRACE", desk=bench.desk)
    await withdraw_run(R1, ADA.slack_id, desk=bench.desk)
    with pytest.raises(TooLateError, match="it was withdrawn"):
        await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)
    with pytest.raises(TooLateError, match="cannot be withdrawn any more"):
        await withdraw_run(R1, ADA.slack_id, desk=bench.desk)

    assert (await bench.run()).state is RunState.WITHDRAWN


async def test_reason_is_written_beside_the_decision(bench: Bench) -> None:
    """Once, and only by whoever decided."""
    await keep_asked(bench)

    with pytest.raises(FixdeskError, match="still being taken"):
        await explain_decision(R1, None, "UGRACE", "Too early", desk=bench.desk)
    await decide(R1, "UGRACE", Choice.DENY, desk=bench.desk)
    with pytest.raises(NotAllowedError, match="Only whoever decided"):
        await explain_decision(R1, None, "UALAN", "Mine", desk=bench.desk)
    await explain_decision(R1, None, "UGRACE", "Too early", desk=bench.desk)
    with pytest.raises(TooLateError, match="told already"):
        await explain_decision(R1, None, "UGRACE", "Another", desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.approval and run.approval.verdict) == (
        RunState.DENIED,
        a_verdict(Choice.DENY, reason="Too early"),
    )


async def test_what_was_not_approved_does_not_start(bench: Bench) -> None:
    """The request is held against the hash that was approved."""
    await keep_asked(bench, quorum=1)
    run = await bench.run()
    asked = dataclasses.replace(run.approval or an_approval(), fingerprint="another")
    assert await bench.store.replace_run(run, run.changed(approval=asked))
    await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)

    await start_run(R1, 1, desk=bench.desk)

    refused = await bench.run()
    assert (refused.state, "changed after it was approved" in refused.note) == (RunState.REFUSED, True)
    assert bench.nexthink.starts == []


async def test_what_was_approved_starts(bench: Bench) -> None:
    """With the hash that the question was asked with."""
    run = await bench.keep("#approved", state=RunState.REQUESTED)
    rule = next(rule for rule in (bench.desk.policy or policy("by: [helpdesk]")).workflows if rule.approval)
    assert rule.approval is not None
    approval = ask_approval(run, rule.approval, bench.desk)
    assert await bench.store.replace_run(run, run.move(RunState.AWAITING_APPROVAL, approval=approval))

    await decide(R1, "UGRACE", Choice.APPROVE, desk=bench.desk)
    await start_run(R1, 1, desk=bench.desk)

    assert (await bench.run()).state is RunState.RUNNING


PRESSES = st.lists(
    st.tuples(
        st.sampled_from(["UADA", "UGRACE", "UALAN", "UGRACE2", "UNOBODY"]),
        st.sampled_from(["approve", "deny", "withdraw", "wait", "explain"]),
    ),
    max_size=8,
)


@given(presses=PRESSES, quorum=st.integers(1, 3), asker=st.sampled_from([ADA, GRACE]))
@settings(deadline=None, max_examples=60)
def test_no_sequence_of_presses_starts_what_too_few_have_approved(
    presses: list[tuple[str, str]], quorum: int, asker: Requester
) -> None:
    """Whoever presses what, and how often: a start has enough different people behind it, never whoever asked."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_press(f"sqlite+aiosqlite:///{folder}/fixdesk.db", presses, quorum, asker))


async def _press(url: str, presses: list[tuple[str, str]], quorum: int, asker: Requester) -> None:
    store = await HeldStore.open(url)
    try:
        bench = await make_bench(store)
        bench.people.profiles["UGRACE2"] = dataclasses.replace(bench.people.profiles["UGRACE"], slack_id="UGRACE2")
        await keep_asked(bench, asker, quorum=quorum)
        agreed: set[str] = set()
        is_open = True
        for who, what in presses:
            with contextlib.suppress(FixdeskError):
                is_open = await _one_press(bench, who, what, agreed, is_open=is_open)
            await start_run(R1, 1, desk=bench.desk)
        run = await bench.run()
        is_started = bool(bench.nexthink.starts)
        assert is_started == (run.state is RunState.RUNNING)
        assert not is_started or (len(agreed) >= quorum and asker.upn not in agreed)
        assert agreed <= {"grace@example.com", "alan@example.com"}
    finally:
        await store.close()


async def _one_press(bench: Bench, who: str, what: str, agreed: set[str], *, is_open: bool) -> bool:
    """Press once; note whose agreement was taken, by UPN; return whether the question is still open."""
    if what == "wait":
        bench.clock.advance(hours=9)
        await expire_approval(R1, desk=bench.desk)
    elif what == "withdraw":
        await withdraw_run(R1, who, desk=bench.desk)
    elif what == "explain":
        await explain_decision(R1, None, who, "because", desk=bench.desk)
    else:
        await decide(R1, who, Choice(what), desk=bench.desk)
        if what == "approve":
            assert is_open
            agreed.add(bench.people.profiles[who].email)
    return (await bench.run()).state is RunState.AWAITING_APPROVAL
