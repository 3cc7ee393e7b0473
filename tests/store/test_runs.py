"""Runs: what comes back, who wins, and which are listed."""

import asyncio
import dataclasses
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.decision import Approval, Choice, DecisionState, Escalation, Resume, Verdict
from bot.domain.run import (
    Device,
    Execution,
    ExecutionId,
    ExecutionState,
    Requester,
    Run,
    RunId,
    RunState,
    Send,
    Target,
    WorkflowRef,
)
from bot.domain.work import NewWork
from bot.domain.workflow import WorkflowId
from bot.store import runs
from bot.store.database import SqlStore

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
TIMES = st.datetimes(
    min_value=datetime(2000, 1, 2),  # noqa: DTZ001 - Hypothesis wants bounds without a zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)


def _whole(kind: type[T], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Build values with every field varied, so that no field can be forgotten by the store."""
    assert set(fields) == {field.name for field in dataclasses.fields(kind)}
    return st.builds(kind, **fields)


VERDICTS = _whole(
    Verdict, choice=st.sampled_from(Choice), slack_id=TEXTS, name=TEXTS, upn=TEXTS, at=TIMES, reason=TEXTS
)
DECIDERS = st.lists(TEXTS, max_size=3).map(tuple)
ESCALATIONS = _whole(Escalation, to=DECIDERS, at=TIMES, is_done=st.booleans())
APPROVALS = _whole(
    Approval,
    deciders=DECIDERS,
    channel_id=TEXTS,
    expires_at=TIMES,
    fingerprint=TEXTS,
    quorum=st.integers(1, 5),
    votes=st.lists(VERDICTS, max_size=2).map(tuple),
    escalation=st.none() | ESCALATIONS,
    state=st.sampled_from(DecisionState),
    verdict=st.none() | VERDICTS,
)
RESUMES = _whole(
    Resume,
    deciders=DECIDERS,
    channel_id=TEXTS,
    expires_at=TIMES,
    parameters=st.dictionaries(st.sampled_from(Choice), st.dictionaries(TEXTS, TEXTS, max_size=2)),
    state=st.sampled_from(DecisionState),
    verdict=st.none() | VERDICTS,
    note=TEXTS,
    title=TEXTS,
    text=TEXTS,
)
EXECUTIONS = _whole(
    Execution,
    id=TEXTS.map(ExecutionId),
    state=st.sampled_from(ExecutionState),
    details=TEXTS,
    device_name=TEXTS,
    resume=st.none() | RESUMES,
)
DEVICES = _whole(Device, name=TEXTS, collector_uid=TEXTS, platform=TEXTS, last_seen=st.none() | TIMES)
RUNS = _whole(
    Run,
    id=st.just(RunId("")),
    view_id=st.just(""),
    requester=_whole(Requester, slack_id=TEXTS, name=TEXTS, upn=TEXTS),
    workflow=_whole(WorkflowRef, id=TEXTS.map(WorkflowId), uuid=TEXTS, name=TEXTS, version=TEXTS),
    target=_whole(Target, upn=TEXTS, send=st.sampled_from(Send), device=st.none() | DEVICES, note=TEXTS),
    parameters=st.dictionaries(TEXTS, TEXTS, max_size=3),
    created_at=TIMES,
    channel_id=TEXTS,
    state=st.sampled_from(RunState),
    revision=st.integers(0, 1000),
    request_id=TEXTS,
    sent_at=st.none() | TIMES,
    started_at=st.none() | TIMES,
    ended_at=st.none() | TIMES,
    note=TEXTS,
    approval=st.none() | APPROVALS,
    executions=st.lists(EXECUTIONS, max_size=3, unique_by=lambda execution: execution.id).map(tuple),
)
NAMES = itertools.count()


def _resume(state: DecisionState, at: datetime) -> Resume:
    return Resume(deciders=("it",), channel_id="C1", expires_at=at, parameters={}, state=state)


def _waiting(name: str, resume: Resume | None) -> Execution:
    return Execution(id=ExecutionId(name), state=ExecutionState.WAITING, resume=resume)


SHARED_STORE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
"""Each example has a run of its own, so that one store does for all; building runs takes its time."""


@settings(max_examples=40, deadline=None, suppress_health_check=SHARED_STORE)
@given(first=RUNS, second=RUNS)
async def test_run_comes_back_as_it_was_stored(store: SqlStore, first: Run, second: Run) -> None:
    """Every shape of a run survives being added, and being written over another."""
    name = RunId(f"run-{next(NAMES)}")
    old = dataclasses.replace(first, id=name, view_id=name)
    new = dataclasses.replace(second, id=name, view_id=name, revision=old.revision + 1)

    assert await store.add_run(old)
    assert await store.run(name) == old
    assert await store.replace_run(old, new)
    assert await store.run(name) == new


@pytest.mark.parametrize("changes", [{"id": RunId("two")}, {"view_id": "V-two"}, {}])
async def test_modal_starts_one_run(
    store: SqlStore, make_run: Callable[..., Run], make_work: Callable[..., NewWork], changes: dict[str, str]
) -> None:
    """The same modal, or the same id, stores neither a second run nor its work."""
    await store.add_run(make_run())

    assert not await store.add_run(make_run(note="second", **changes), [make_work()])
    assert await store.runs_of("U1", 10) == [make_run()]
    assert await store.next_due_at() is None


async def test_run_is_stored_with_its_work(
    store: SqlStore, make_run: Callable[..., Run], make_work: Callable[..., NewWork], noon: datetime
) -> None:
    """What is due because of a run is stored in the run's transaction, when added and when replaced."""
    run = make_run()

    await store.add_run(run, [make_work("begin")])
    await store.replace_run(run, run.changed(note="x"), [make_work("show", is_repeatable=True), make_work("begin")])

    claimed = await store.claim_work(noon, timedelta(minutes=1), 10)
    assert [row.identity for row in claimed] == ["begin", "show"]


async def test_unknown_run_is_none(store: SqlStore) -> None:
    """Asking for what is not there is no failure."""
    assert await store.run(RunId("nobody")) is None


async def test_second_of_two_deciders_is_too_late(
    store: SqlStore, url: str, make_run: Callable[..., Run], make_work: Callable[..., NewWork]
) -> None:
    """Of two that read the same revision, here with one's write held open until the other has begun, one wins."""
    old = make_run(state=RunState.AWAITING_APPROVAL)
    approved, denied = old.move(RunState.APPROVED), old.move(RunState.DENIED)
    await store.add_run(old)
    other = await SqlStore.open(url)

    async with store._writer.begin() as connection:
        assert await runs.replace(connection, old, approved)
        late = asyncio.create_task(other.replace_run(old, denied, [make_work("tell")]))
        await asyncio.sleep(0)
    is_late_stored = await late
    await other.close()

    assert not is_late_stored
    assert await store.run(old.id) == approved
    assert await store.next_due_at() is None


async def test_many_deciders_at_once_have_one_winner(store: SqlStore, make_run: Callable[..., Run]) -> None:
    """However many press at the same time, one is stored and the others are told."""
    old = make_run()
    await store.add_run(old)
    contenders = [old.changed(note=str(number)) for number in range(10)]

    answers = await asyncio.gather(*(store.replace_run(old, new) for new in contenders))

    assert answers.count(True) == 1
    assert await store.run(old.id) == contenders[answers.index(True)]


async def test_lost_comparison_keeps_the_children(store: SqlStore, make_run: Callable[..., Run]) -> None:
    """Who comes too late does not touch executions either."""
    old = make_run(executions=(_waiting("e", None),))
    await store.add_run(old)
    stale = dataclasses.replace(old, revision=7)

    assert not await store.replace_run(stale, stale.changed(executions=()))
    assert await store.run(old.id) == old


async def test_skipped_revision_is_a_fault_of_the_program(store: SqlStore, make_run: Callable[..., Run]) -> None:
    """A comparison by revision holds only if each change raises it by one."""
    run = make_run()

    with pytest.raises(ValueError, match="is not followed by"):
        await store.replace_run(run, run.changed().changed())


async def test_running_runs_are_followed_oldest_first(
    store: SqlStore, make_run: Callable[..., Run], noon: datetime
) -> None:
    """Only running runs are followed, each once, since its start or the last answer to a pause."""
    verdict = Verdict(choice=Choice.DENY, slack_id="U2", name="Bo", upn="bo@example.com", at=noon)
    answers = [dataclasses.replace(verdict, at=noon + timedelta(hours=late)) for late in (3, 2)]
    decided = _resume(DecisionState.DECIDED, noon)
    answered = [_waiting(f"e-{one.at}", dataclasses.replace(decided, verdict=one)) for one in answers]
    facts = {"state": RunState.RUNNING, "request_id": "q"}
    later = noon + timedelta(hours=1)
    new = make_run("new", created_at=later, started_at=later, executions=(_waiting("e", None),), **facts)
    old = make_run("old", created_at=noon, started_at=noon, executions=tuple(answered), **facts)
    for run in (new, old, make_run("ended", state=RunState.FAILED), make_run("asked")):
        await store.add_run(run)

    followed = await store.followed_runs()

    assert [(one.id, one.stepped_at) for one in followed] == [("old", noon + timedelta(hours=3)), ("new", later)]
    assert {(one.request_id, one.workflow_id) for one in followed} == {("q", old.workflow.id)}


async def test_runs_of_a_person_are_newest_first(store: SqlStore, make_run: Callable[..., Run], noon: datetime) -> None:
    """A person sees their own latest runs, as many as asked for."""
    mine = [make_run(str(hour), created_at=noon + timedelta(hours=hour)) for hour in range(4)]
    theirs = make_run("theirs", requester=Requester(slack_id="U2", name="Bo", upn="bo@example.com"))
    for run in (*mine, theirs):
        await store.add_run(run)

    assert await store.runs_of("U1", 3) == [mine[3], mine[2], mine[1]]


async def test_uses_are_counted_by_person_and_workflow(
    store: SqlStore, make_run: Callable[..., Run], noon: datetime
) -> None:
    """How often since then, and when last."""
    for number, minutes in enumerate((-1, 0, 5)):
        await store.add_run(
            make_run(id=RunId(f"u-{number}"), view_id=f"W-{number}", created_at=noon + timedelta(minutes=minutes))
        )

    uses = await store.uses_since(noon)

    assert [(use.slack_id, use.times, use.last_at) for use in uses] == [("U1", 2, noon + timedelta(minutes=5))]


async def test_open_decisions_are_listed(store: SqlStore, make_run: Callable[..., Run], noon: datetime) -> None:
    """A run is undecided while its approval or any resume is open, and is listed once."""
    is_open, is_decided = (_resume(state, noon) for state in (DecisionState.OPEN, DecisionState.DECIDED))
    approval = Approval(deciders=("it",), channel_id="C1", expires_at=noon)
    asked = make_run("asked", created_at=noon + timedelta(hours=2), approval=approval)
    paused = make_run("paused", executions=(_waiting("a", is_decided), _waiting("b", is_open), _waiting("c", is_open)))
    decided = make_run("decided", executions=(_waiting("a", is_decided),))
    for run in (asked, paused, decided, make_run("plain")):
        await store.add_run(run)

    assert await store.undecided_runs() == [paused, asked]


async def test_unanswered_starts_are_found(store: SqlStore, make_run: Callable[..., Run], noon: datetime) -> None:
    """On their way, of unknown result, or left at that a while ago; one with a request is known."""
    left: dict[str, Any] = {"state": RunState.UNTRACKED, "sent_at": noon}
    kept: dict[str, dict[str, Any]] = {
        "starting": {"state": RunState.STARTING, "sent_at": noon - timedelta(days=9)},
        "uncertain": {"state": RunState.UNCERTAIN, "sent_at": noon - timedelta(days=9)},
        "left": left,
        "left long ago": left | {"sent_at": noon - timedelta(days=1)},
        "silent": left | {"request_id": "q-1"},
        "running": {"state": RunState.RUNNING, "request_id": "q-2"},
    }
    for name, changes in kept.items():
        await store.add_run(make_run(name, **changes))

    found = await store.unanswered_runs(noon - timedelta(hours=1))

    assert {run.id for run in found} == {"starting", "uncertain", "left"}


async def test_request_of_somebody_is_known(store: SqlStore, make_run: Callable[..., Run]) -> None:
    """However its id is written."""
    await store.add_run(make_run("one", state=RunState.RUNNING, request_id="Q-1"))

    assert await store.requests_taken({"q-1", "q-2"}) == {"q-1"}
    assert await store.requests_taken(set()) == set()
