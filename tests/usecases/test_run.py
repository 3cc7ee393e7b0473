"""Runs from the form to their start: submitted once, checked afresh, never on another device than the chosen one."""

import asyncio
import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import (
    FixdeskError,
    InvalidInputError,
    NexthinkFault,
    NotAllowedError,
    NotFoundError,
    StoreError,
)
from bot.domain.run import Device, Requester, RunId, RunState, Send, Target
from bot.domain.run_audit import fingerprint
from bot.domain.work import WorkKind
from bot.domain.workflow import Parameter, WorkflowId
from bot.usecases.due import START_PATIENCE
from bot.usecases.form import Answer
from bot.usecases.run import Submission, begin_run, give_up_run, prepare_run, submit_run
from tests.domain.values import ADA, LAPTOP, NOON, a_workflow, an_approval
from tests.usecases.fakes import Bench, HeldStore, make_bench

OTHER = Device(name="LT-2", collector_uid="c-2")
R1 = RunId("r-1")


def a_submission(workflow_id: str = "#reset_vpn", **changes: Any) -> Submission:
    """Return what Ada hands in."""
    plain: dict[str, Any] = {
        "view_id": "V-1",
        "slack_id": "UADA",
        "channel_id": "C1",
        "workflow_id": WorkflowId(workflow_id),
        "version": "v-1",
        "device_uid": "",
        "answers": {},
    }
    return Submission(**(plain | changes))


async def test_prepared_form_knows_workflow_and_devices(bench: Bench) -> None:
    """It holds what the modal shows."""
    ada = await bench.desk.person("UADA")

    prepared = await prepare_run(WorkflowId("#device"), ada, "C1", desk=bench.desk)

    assert (prepared.workflow.id, prepared.rule.match, prepared.send) == ("#device", "#device", Send.DEVICE)
    assert (prepared.found.newest, prepared.upn, prepared.fields) == (LAPTOP, "ada@example.com", ())


@pytest.mark.parametrize(
    ("workflow_id", "error"),
    [("#restart", NotAllowedError), ("#unruled", NotAllowedError), ("#gone", NotFoundError)],
)
async def test_form_is_refused_before_nexthink_is_asked(
    bench: Bench, workflow_id: str, error: type[FixdeskError]
) -> None:
    """Who may not run it does not cost a call."""
    ada = await bench.desk.person("UADA")

    with pytest.raises(error):
        await prepare_run(WorkflowId(workflow_id), ada, "C1", desk=bench.desk)

    assert bench.nexthink.calls == {"list_workflows": 1}


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_api_enabled": False}])
async def test_form_of_a_workflow_that_cannot_start_is_refused(bench: Bench, change: dict[str, Any]) -> None:
    """Its details may say so where the list did not."""
    listed = bench.nexthink.workflows[WorkflowId("#device")]
    bench.nexthink.workflows[listed.id] = dataclasses.replace(listed, **change)
    ada = await bench.desk.person("UADA")

    with pytest.raises(NotFoundError, match="cannot be started now"):
        await prepare_run(listed.id, ada, "C1", desk=bench.desk)


async def test_submission_becomes_a_run_that_begins_at_once(bench: Bench) -> None:
    """The run says who, what, for whom and where it was asked; its card is due along with its beginning."""
    run = await submit_run(a_submission(), desk=bench.desk)

    assert run == await bench.run()
    assert run is not None
    assert (run.state, run.requester, run.channel_id) == (RunState.REQUESTED, ADA, "C1")
    assert (run.workflow.id, run.workflow.uuid, run.workflow.version) == ("#reset_vpn", "w-reset_vpn", "v-1")
    assert run.target == Target(upn="ada@example.com", send=Send.USER)
    assert {work.kind for work in await bench.due()} == {WorkKind.BEGIN, WorkKind.SHOW}


async def test_one_modal_starts_one_run(bench: Bench) -> None:
    """However often Submit is pressed, and even all at once."""
    runs = await asyncio.gather(*(submit_run(a_submission(), desk=bench.desk) for _ in range(5)))

    assert len([run for run in runs if run is not None]) == 1
    assert {work.identity for work in await bench.due()} == {"run.begin:r-1", "card.show:r-1"}


@pytest.mark.parametrize("stale", [{"version": "v-0"}, {"workflow_id": WorkflowId("#gone")}])
async def test_form_of_an_older_version_is_refused(bench: Bench, stale: Mapping[str, Any]) -> None:
    """What was filled in belongs to another form."""
    with pytest.raises(NotFoundError, match="changed meanwhile"):
        await submit_run(a_submission(**stale), desk=bench.desk)

    assert await bench.store.run(R1) is None


@pytest.mark.parametrize("workflow_id", ["#restart", "#unruled"])
@pytest.mark.parametrize("is_known", [True, False])
async def test_submission_without_a_right_is_refused(bench: Bench, workflow_id: str, *, is_known: bool) -> None:
    """What is remembered decides; of somebody unknown only the rule that is missing can."""
    if not is_known:
        bench.people.remembered.clear()

    if is_known or workflow_id == "#unruled":
        with pytest.raises(NotAllowedError, match="not allowed"):
            await submit_run(a_submission(workflow_id), desk=bench.desk)
        assert await bench.store.run(R1) is None
    else:
        assert await submit_run(a_submission(workflow_id), desk=bench.desk)


async def test_nothing_is_submitted_without_a_policy(store: HeldStore) -> None:
    """The person is told that there is none."""
    bench = await make_bench(store, policy=None)

    with pytest.raises(NotAllowedError, match="no policy"):
        await submit_run(a_submission(), desk=bench.desk)


async def test_somebody_unknown_is_looked_up_when_the_run_begins(bench: Bench) -> None:
    """The answer to a submission never waits for Slack."""
    bench.people.remembered.clear()

    run = await submit_run(a_submission(), desk=bench.desk)
    assert run is not None
    assert run.requester == Requester(slack_id="UADA", name="", upn="")

    await begin_run(run.id, 1, desk=bench.desk)
    begun = await bench.run()
    assert (begun.requester, begun.target.upn) == (ADA, "ada@example.com")


async def test_faults_of_a_form_store_nothing(bench: Bench) -> None:
    """A submission is taken as a whole or not at all."""
    await _with_parameters(bench, Parameter(id="reason"), Parameter(id="correlation_id"))

    with pytest.raises(InvalidInputError) as caught:
        await submit_run(a_submission(), desk=bench.desk)

    assert set(caught.value.fields) == {"reason"}
    assert await bench.store.run(R1) is None


async def test_correlation_parameter_carries_the_id_of_the_run(bench: Bench) -> None:
    """So that a workflow can name the run when it calls back."""
    await _with_parameters(bench, Parameter(id="reason"), Parameter(id="correlation_id"))

    run = await submit_run(a_submission(answers={"reason": Answer(text="slow")}), desk=bench.desk)

    assert run is not None
    assert run.parameters == {"reason": "slow", "correlation_id": run.id}


async def _with_parameters(bench: Bench, *parameters: Parameter) -> None:
    workflow = a_workflow("#reset_vpn", parameters=parameters)
    bench.nexthink.workflows[workflow.id] = workflow
    await bench.desk.catalog.refresh()


async def test_chosen_device_is_named_as_far_as_it_is_remembered(bench: Bench) -> None:
    """A device that is not remembered is an id, until the run begins."""
    await bench.desk.devices.find("ada@example.com")

    known = await submit_run(a_submission("#device", device_uid="c-1"), desk=bench.desk)
    other = await submit_run(a_submission("#device", device_uid="c-9", view_id="V-2"), desk=bench.desk)

    assert known is not None
    assert other is not None
    assert known.target.device == LAPTOP
    assert other.target.device == Device(name="", collector_uid="c-9")


async def test_device_has_to_be_chosen_where_two_are_equally_recent(bench: Bench) -> None:
    """Nobody guesses for the person; a user alone needs no device."""
    bench.nexthink.devices = [LAPTOP, dataclasses.replace(OTHER, last_seen=LAPTOP.last_seen)]
    await bench.desk.devices.find("ada@example.com")

    with pytest.raises(InvalidInputError) as caught:
        await submit_run(a_submission("#device"), desk=bench.desk)
    assert caught.value.fields == {"device": "please choose the device that it shall run on."}
    assert await bench.store.run(R1) is None

    assert await submit_run(a_submission("#device", device_uid="c-2"), desk=bench.desk)
    assert await submit_run(a_submission(view_id="V-2"), desk=bench.desk)


DEVICE = Target(upn="ada@example.com", send=Send.DEVICE)
CHOSEN = dataclasses.replace(DEVICE, device=Device(name="", collector_uid="c-1"))


UNNAMED = "The form named no device: Nexthink takes the device that you used last."


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        (DEVICE, dataclasses.replace(DEVICE, note=UNNAMED)),
        (
            dataclasses.replace(DEVICE, device=Device(name="", collector_uid="c-2")),
            dataclasses.replace(DEVICE, device=OTHER),
        ),
        (dataclasses.replace(DEVICE, send=Send.USER, device=OTHER), dataclasses.replace(DEVICE, send=Send.USER)),
    ],
)
async def test_run_begins_on_a_device_of_the_person(bench: Bench, asked: Target, target: Target) -> None:
    """None that the form named is none, a chosen one is looked up, and a user alone needs none."""
    bench.nexthink.devices = [LAPTOP, OTHER]
    await bench.keep("#device", target=asked)

    await begin_run(R1, 1, desk=bench.desk)

    run = await bench.run()
    assert run.target == target
    assert run.state is RunState.REQUESTED
    assert await bench.kinds_due() == {WorkKind.START}


async def test_foreign_device_is_refused(bench: Bench) -> None:
    """Whatever id came with the form, it runs on one's own device only."""
    await bench.keep("#device", target=dataclasses.replace(DEVICE, device=Device(name="", collector_uid="c-boss")))

    await begin_run(R1, 1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.ended_at) == (RunState.REFUSED, NOON)
    assert run.note == "You are not allowed to run this on that device: it is not one of yours."
    assert await bench.kinds_due() == set()


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (NexthinkFault.NOT_FOUND, "The query for devices is not set up"),
        (NexthinkFault.UNREACHABLE, "Nexthink could not name your devices"),
        (None, "Nexthink names no device of yours"),
    ],
)
async def test_user_name_alone_is_sent_where_no_device_was_chosen(
    bench: Bench, fault: NexthinkFault | None, trouble: str
) -> None:
    """Nexthink then takes the device, and the card says so."""
    bench.nexthink.devices = []
    if fault is not None:
        bench.nexthink.fail("devices_of", fault)
    await bench.keep("#device", target=DEVICE)

    assert await begin_run(R1, 1, desk=bench.desk) is None

    run = await bench.run()
    note = f"{trouble}: Nexthink takes the device that you used last."
    assert run.target == dataclasses.replace(DEVICE, note=note)
    assert await bench.kinds_due() == {WorkKind.START}


async def test_chosen_device_is_recalled_while_nexthink_is_away(bench: Bench) -> None:
    """What was found within eight hours says whose it is."""
    await bench.desk.devices.find("ada@example.com")
    bench.clock.advance(hours=8)
    bench.nexthink.fail("devices_of", NexthinkFault.UNREACHABLE)
    await bench.keep("#device", target=CHOSEN, created_at=bench.clock.now)

    assert await begin_run(R1, 1, desk=bench.desk) is None

    assert (await bench.run()).target == dataclasses.replace(DEVICE, device=LAPTOP)
    assert await bench.kinds_due() == {WorkKind.START}


async def test_recalled_device_of_somebody_else_is_not_taken(bench: Bench) -> None:
    """What Grace uses says nothing of Ada."""
    await bench.desk.devices.find("grace@example.com")
    bench.nexthink.fail("devices_of", NexthinkFault.UNREACHABLE)
    await bench.keep("#device", target=CHOSEN)

    assert await begin_run(R1, 1, desk=bench.desk) is not None

    assert await bench.kinds_due() == set()


@pytest.mark.parametrize("fault", [NexthinkFault.NOT_FOUND, NexthinkFault.UNCLEAR, None])
async def test_chosen_device_that_nobody_can_verify_is_never_another_one(
    bench: Bench, fault: NexthinkFault | None
) -> None:
    """The run waits, and begins on that device as soon as Nexthink names it again."""
    bench.nexthink.devices = []
    if fault is not None:
        bench.nexthink.fail("devices_of", fault)
    await bench.keep("#device", target=CHOSEN)

    assert await begin_run(R1, 1, desk=bench.desk) is not None

    waiting = await bench.run()
    assert (waiting.state, waiting.target) == (RunState.REQUESTED, CHOSEN)
    assert waiting.note.startswith("Not started yet: ")
    assert waiting.note.endswith(", and you chose one. Trying again.")
    assert await bench.kinds_due() == set()

    bench.nexthink.devices = [LAPTOP]
    bench.clock.advance(minutes=6)  # an answer without a device is remembered for a while as well
    assert await begin_run(R1, 2, desk=bench.desk) is None
    begun = await bench.run()
    assert (begun.target, begun.note) == (dataclasses.replace(DEVICE, device=LAPTOP), "")
    assert await bench.kinds_due() == {WorkKind.START}


async def test_rights_are_checked_afresh(bench: Bench) -> None:
    """What is remembered of a person is not enough when the work is done."""
    await submit_run(a_submission(), desk=bench.desk)
    bench.people.profiles["UADA"] = dataclasses.replace(bench.people.profiles["UADA"], is_deactivated=True)
    await bench.due()

    await begin_run(R1, 1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.ended_at) == (RunState.REFUSED, NOON)
    assert "deactivated" in run.note
    assert await bench.kinds_due() == set()


@pytest.mark.parametrize(
    ("workflow_id", "why"),
    [("#restart", "only helpdesk may"), ("#unruled", "no rule"), ("#gone", "not in the catalog any more")],
)
async def test_late_refusal_goes_to_the_card(bench: Bench, workflow_id: str, why: str) -> None:
    """A run that may not begin ends with the reason."""
    await bench.keep(workflow_id)

    await begin_run(R1, 1, desk=bench.desk)

    run = await bench.run()
    assert run.state is RunState.REFUSED
    assert why in run.note


SILENT_SLACK = FixdeskError("Slack does not say who you are at the moment.")


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 2), (2, 4), (9, 15)])
async def test_run_waits_while_slack_does_not_say_who_asks(bench: Bench, attempts: int, seconds: float) -> None:
    """The card says why it takes long, once, and the next attempt is soon."""
    await bench.keep()
    bench.people.failure = SILENT_SLACK

    again_at = await begin_run(R1, attempts, desk=bench.desk)

    waiting = await bench.run()
    assert again_at == NOON + timedelta(seconds=seconds)
    assert waiting.state is RunState.REQUESTED
    assert waiting.note == "Not started yet: Slack does not say who you are at the moment. Trying again."

    await begin_run(R1, attempts + 1, desk=bench.desk)
    assert await bench.run() == waiting

    bench.people.failure = None
    assert await begin_run(R1, attempts + 2, desk=bench.desk) is None
    assert (await bench.run()).note == ""
    assert await bench.kinds_due() == {WorkKind.START}


async def test_beginning_is_given_up_after_its_patience(bench: Bench) -> None:
    """Ten minutes after the request it has failed, and surely was not started."""
    await bench.keep()
    bench.people.failure = SILENT_SLACK

    bench.clock.now += START_PATIENCE
    assert await begin_run(R1, 50, desk=bench.desk) is not None
    bench.clock.advance(seconds=1)
    assert await begin_run(R1, 51, desk=bench.desk) is None

    run = await bench.run()
    assert (run.state, run.ended_at) == (RunState.FAILED, bench.clock.now)
    assert run.note == "It was not started. Slack does not say who you are at the moment."
    assert timedelta(minutes=10) == START_PATIENCE


async def test_database_that_fails_is_no_word_for_the_card(bench: Bench) -> None:
    """The worker takes the row up again, and the run stays as it was."""
    before = await bench.keep()
    bench.people.failure = StoreError("The disk is full.")

    with pytest.raises(StoreError):
        await begin_run(R1, 1, desk=bench.desk)

    assert await bench.run() == before


async def test_approval_is_asked_for_before_the_start(bench: Bench) -> None:
    """The question says whom, where and until when; nothing is started, and the question expires."""
    await bench.keep("#approved")

    await begin_run(R1, 1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.approval) == (RunState.AWAITING_APPROVAL, an_approval(fingerprint=fingerprint(run)))
    assert await bench.kinds_due(hours=7.9) == set()
    assert await bench.kinds_due(hours=8) == {WorkKind.EXPIRE_APPROVAL}


async def test_beginning_twice_starts_once(bench: Bench) -> None:
    """A process may die between the change and the end of its row."""
    await bench.keep()

    await begin_run(R1, 1, desk=bench.desk)
    await begin_run(R1, 1, desk=bench.desk)

    assert [work.kind for work in await bench.due() if work.kind is not WorkKind.SHOW] == [WorkKind.START]


@pytest.mark.parametrize(
    ("workflow_id", "failure"),
    [("#reset_vpn", None), ("#approved", None), ("#gone", None), ("#reset_vpn", SILENT_SLACK)],
)
async def test_run_that_ended_while_it_was_checked_stays_ended(
    bench: Bench, workflow_id: str, failure: FixdeskError | None
) -> None:
    """Whatever is found out afterwards, nothing is asked, started or said of it."""

    async def end() -> None:
        await give_up_run(R1, desk=bench.desk)

    await bench.keep(workflow_id)
    bench.people.failure = failure
    bench.store.before_replace = end

    await begin_run(R1, 1, desk=bench.desk)

    run = await bench.run()
    assert (run.state, run.approval) == (RunState.FAILED, None)
    assert run.note.startswith("It was not started: something went wrong in fixdesk.")
    assert await bench.kinds_due(hours=9) == set()


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.REQUESTED])
async def test_only_a_requested_run_begins(bench: Bench, state: RunState) -> None:
    """A row that is done again changes nothing."""
    before = await bench.keep(state=state)

    await begin_run(R1, 1, desk=bench.desk)
    await begin_run(RunId("unknown"), 1, desk=bench.desk)

    assert await bench.run() == before


@pytest.mark.parametrize("state", RunState)
async def test_run_that_is_given_up_leaves_nobody_waiting(bench: Bench, state: RunState) -> None:
    """What may have started is uncertain, what was not started failed, and everything else stays as it was."""
    before = await bench.keep(state=state)

    await give_up_run(R1, desk=bench.desk)

    after = await bench.run()
    if state is RunState.STARTING:
        assert after.state is RunState.UNCERTAIN
    elif state in {RunState.REQUESTED, RunState.APPROVED}:
        assert (after.state, after.ended_at) == (RunState.FAILED, NOON)
        assert after.note.startswith("It was not started: something went wrong in fixdesk.")
    else:
        assert after == before
