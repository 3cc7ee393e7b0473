"""What `fixdesk run` does once its arguments are read, against a simulated tenant in the same process."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.arguments import RunCall, RunOptions
from bot.cli.exit import ExitStatus
from bot.cli.show import Screen
from bot.cli.start import start
from bot.domain.errors import (
    ConfigurationError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    StoreError,
    TooLateError,
)
from bot.domain.targets import Identifier
from bot.domain.workflow import WorkflowId
from bot.playground.nexthink.fault import Endpoint, answer, cut, hang
from bot.playground.nexthink.server import SimulatedNexthink
from bot.store.database import SqlStore

ADA = "ada@example.com"
DONE, FAILED, UNKNOWN = ExitStatus.DONE, ExitStatus.FAILED, ExitStatus.UNKNOWN


def a_call(workflow: str = "quick", *upns: str, parameters: dict[str, str] | None = None, **options: Any) -> RunCall:
    """Return a call for some people."""
    given = {} if "file" in options else {Identifier.UPN: upns or (ADA,)}
    return RunCall(
        workflow_id=WorkflowId(f"#{workflow}"),
        given=given,
        parameters=parameters or {},
        options=RunOptions(**options),
    )


async def text_of(call: RunCall, capsys: pytest.CaptureFixture[str]) -> tuple[ExitStatus, list[str]]:
    """Carry a call out, and return its status and its lines."""
    status = await start(call, Screen(as_json=False))
    return status, capsys.readouterr().out.splitlines()


async def json_of(call: RunCall, capsys: pytest.CaptureFixture[str]) -> Any:
    """Carry a call out, and return its document."""
    status = await start(call, Screen(as_json=True))
    document = json.loads(capsys.readouterr().out)
    assert document.get("status", status) == status
    return document


def a_file(folder: Path, count: int) -> Path:
    """Write a file of so many users."""
    path = folder / f"{count}.csv"
    path.write_text("upn\n" + "".join(f"user{number}@example.com\n" for number in range(count)), encoding="utf-8")
    return path


async def recorded(folder: Path) -> list[str]:
    """Return what was recorded."""
    store = await SqlStore.open(f"sqlite+aiosqlite:///{folder / 'fixdesk.db'}")
    rows = await store.audit_rows()
    await store.close()
    return [row.entry.action for row in rows]


async def test_run_says_what_was_started(
    here: Path, tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the ids by which Nexthink's records name it; all of it is recorded."""
    status, lines = await text_of(a_call("quick", ADA, "grace@example.com", "ADA@example.com"), capsys)

    executions = tenant.executions
    assert status is DONE
    assert lines == [
        "The quick fix (#quick): 2 targets in 1 request",
        "started: 2",
        "not started: 0",
        "unknown: 0",
        f"request {executions[0].request_uuid}",
        *(f"execution {execution.uuid}" for execution in executions),
    ]
    assert await recorded(here) == ["batch.stored", "part.sending", "part.started"]


@pytest.mark.usefixtures("here")
async def test_json_has_everything(tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids of each part, who asked, by which rule, and how it went."""
    document = await json_of(a_call("broken", waits=True), capsys)

    (execution,) = tenant.executions
    (part,) = document["parts"]
    assert (document["status"], document["actor"], document["rule"]) == (FAILED, "operator", "#broken")
    assert document["targets"] == {"total": 1, "started": 1, "not_started": 0, "unknown": 0, "duplicates": 0}
    assert (part["state"], part["version"], part["execution_ids"]) == ("started", 2, [execution.uuid])
    outcome = document["outcome"]
    assert (outcome["done"], outcome["failed"], outcome["executions"][0]["details"]) == (0, 1, "No such file")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("workflow", "status", "said"),
    [("quick", DONE, "done: 3 of 3"), ("broken", FAILED, "failed: 3 of 3")],
)
async def test_wait_says_how_it_went(
    capsys: pytest.CaptureFixture[str], workflow: str, status: ExitStatus, said: str
) -> None:
    """In the words of a card; a failure is the command's too."""
    ended, lines = await text_of(a_call(workflow, ADA, "a@example.com", "b@example.com", waits=True), capsys)

    assert (ended, said in lines) == (status, True)


@pytest.mark.usefixtures("here")
async def test_what_cannot_be_followed_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was started all the same."""
    monkeypatch.setenv("NEXTHINK_STATUS_QUERY", "")

    status = await start(a_call(waits=True), Screen(as_json=False))

    shown = capsys.readouterr()
    assert (status, "started: 1" in shown.out, "NEXTHINK_STATUS_QUERY" in shown.err) == (UNKNOWN, True, True)


async def test_twenty_thousand_targets_go_out_as_two_requests(
    here: Path, tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them are accounted for, each once."""
    path = a_file(here, 20_000)
    with path.open("a", encoding="utf-8") as file:
        file.write("USER0@example.com\n")

    document = await json_of(a_call(file=path), capsys)

    requests = tenant.log.to("/v2/workflows/execute")
    sent = [user["upn"] for request in requests for user in request.body["users"]]
    assert (len(requests), len(sent), len(set(sent))) == (2, 20_000, 20_000)
    assert document["targets"] == {"total": 20_000, "started": 20_000, "not_started": 0, "unknown": 0, "duplicates": 1}
    ids = [execution for part in document["parts"] for execution in part["execution_ids"]]
    assert set(ids) == {execution.uuid for execution in tenant.executions}


@pytest.mark.usefixtures("here")
async def test_each_version_is_asked_for_what_it_can_name(tenant: SimulatedNexthink) -> None:
    """SIDs alone go through V1, and UPNs through V2."""
    call = dataclasses.replace(
        a_call(), given={Identifier.UPN: (ADA,), Identifier.SID: (tenant.user("alan@example.com").sid,)}
    )

    assert await start(call, Screen(as_json=False)) is DONE

    assert len(tenant.log.to("/v1/workflows/execute")) == 1
    assert len(tenant.log.to("/v2/workflows/execute")) == 1


async def test_dry_run_shows_and_sends_nothing(
    here: Path, tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]
) -> None:
    """No database is made, and nothing but the details is asked for."""
    call = a_call("asking", parameters={"colour": "red", "ticket": "1"}, file=a_file(here, 10_001), is_dry_run=True)

    status, lines = await text_of(call, capsys)

    assert (status, lines[0]) == (DONE, "Dry run: nothing was sent.")
    assert "targets: 10,001 (10,001 by upn); where an identifier fits several, Nexthink takes the most recently" in (
        "\n".join(lines)
    )
    assert "requests: 2 (2 through V2)" in lines
    assert "parameters: colour=red, ticket=1" in lines
    assert "policy: allowed for operator (rule #asking)" in lines
    assert {request.path.rpartition("/")[2] for request in tenant.log} == {"token", "details"}
    assert not (here / "fixdesk.db").exists()


@pytest.mark.usefixtures("here")
async def test_dry_run_says_what_the_policy_would(capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal is the answer."""
    document = await json_of(a_call("approved", is_dry_run=True), capsys)

    assert (document["allowed"], document["rule"]) == (False, "#approved")
    assert "it needs an approval: ask for it in Slack" in document["reason"]


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (a_call("approved"), "needs an approval"),
        (a_call("own"), "Give --as EMAIL"),
        (a_call("own", "grace@example.com", acting_as=ADA), "only `--upn ada@example.com`"),
        (a_call(acting_as="eve@elsewhere.org"), "only addresses of example.com may"),
    ],
)
async def test_refusal_is_recorded_and_nothing_is_sent(
    here: Path, tenant: SimulatedNexthink, call: RunCall, why: str
) -> None:
    """Whoever asks."""
    with pytest.raises(NotAllowedError, match=why):
        await start(call, Screen(as_json=False))

    assert tenant.counters.starts == 0
    assert [action.rpartition(".")[2] for action in await recorded(here)] == ["not_allowed"]


@pytest.mark.usefixtures("here")
async def test_person_runs_it_for_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    """As in Slack."""
    document = await json_of(a_call("own", acting_as="Ada@Example.com"), capsys)

    assert (document["status"], document["actor"]) == (DONE, "Ada@Example.com")


@pytest.mark.usefixtures("here")
async def test_wrong_parameters_are_named(tenant: SimulatedNexthink) -> None:
    """By id, before anything is sent."""
    with pytest.raises(InvalidInputError) as caught:
        await start(a_call("asking", parameters={"colour": "blue", "size": "1"}), Screen(as_json=False))

    assert caught.value.fields.keys() == {"colour", "ticket", "size"}
    assert tenant.counters.starts == 0


async def test_call_that_cannot_be_followed_is_refused_first(here: Path, tenant: SimulatedNexthink) -> None:
    """More than 1,000 rows are not shown; and a file that is not there is told."""
    for options in ({"file": a_file(here, 1001), "waits": True}, {"file": here / "nowhere.csv"}):
        with pytest.raises(ConfigurationError):
            await start(a_call(**options), Screen(as_json=False))

    assert tenant.counters.requests == 0


async def test_what_surely_was_not_started_is_sent_later(
    here: Path, tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only that; until then the same file is not sent again by mistake."""
    call = a_call(file=a_file(here, 10_001))
    continued = a_call(file=call.options.file, continues=True)
    with pytest.raises(NotFoundError, match="run it without --continue"):
        await start(continued, Screen(as_json=False))
    tenant.faults.add(Endpoint.EXECUTE, answer(400, body='{"code": "X", "details": "Not today."}'))

    first = await json_of(call, capsys)
    with pytest.raises(TooLateError, match="Say --continue"):
        await start(call, Screen(as_json=False))
    second = await json_of(continued, capsys)
    third = await json_of(continued, capsys)

    assert (first["status"], second["status"], third["status"]) == (FAILED, DONE, DONE)
    assert "Not today." in next(part["note"] for part in first["parts"] if part["state"] == "refused")
    assert first["batch"] == second["batch"] == third["batch"]
    assert len(tenant.executions) == 10_001
    assert len(tenant.log.to("/execute")) == 3


async def test_unknown_result_is_told_and_left_alone(
    here: Path, tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may have started, so that only a person may send it again."""
    call = a_call(file=a_file(here, 2))
    tenant.faults.add(Endpoint.EXECUTE, cut(processed=True))

    status, lines = await text_of(call, capsys)
    later, more = await text_of(a_call(file=call.options.file, continues=True), capsys)

    assert (status, later) == (UNKNOWN, UNKNOWN)
    assert any("Result unknown: it may have started" in line for line in lines)
    assert lines[:4] == more[:4] == [lines[0], "started: 0", "not started: 0", "unknown: 2"]
    assert len(tenant.log.to("/execute")) == 1
    assert (await json_of(a_call(file=call.options.file, again=True), capsys))["status"] == DONE


async def test_dry_run_says_what_is_left(
    here: Path, tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the batch that would be gone on with; nothing of it changes."""
    call = a_call(file=a_file(here, 2))
    rehearsal = a_call(file=call.options.file, continues=True, is_dry_run=True)
    with pytest.raises(NotFoundError):
        await start(rehearsal, Screen(as_json=False))
    tenant.faults.add(Endpoint.EXECUTE, answer(403))
    await json_of(call, capsys)

    assert (await json_of(rehearsal, capsys))["left"] == 2


async def refuse(folder: Path, action: str) -> None:
    """Let the database refuse the record of something."""
    store = await SqlStore.open(f"sqlite+aiosqlite:///{folder / 'fixdesk.db'}")
    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("DROP TRIGGER IF EXISTS full")
        await connection.exec_driver_sql(
            f"CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.action = '{action}' "
            "BEGIN SELECT RAISE(ABORT, 'it is full'); END"
        )
    await store.close()


async def test_nothing_goes_out_without_its_record(here: Path, tenant: SimulatedNexthink) -> None:
    """Where the batch cannot be recorded, it is not sent."""
    await refuse(here, "batch.stored")

    with pytest.raises(StoreError, match="it is full"):
        await start(a_call(), Screen(as_json=False))

    assert tenant.counters.starts == 0


@pytest.mark.parametrize(
    ("action", "started", "said"),
    [
        ("part.sending", 0, "part 1 (1 target): surely not started: it was never tried"),
        ("part.started", 1, "started: 1"),
    ],
)
async def test_what_went_out_is_told_though_it_cannot_be_recorded(
    here: Path,
    tenant: SimulatedNexthink,
    capsys: pytest.CaptureFixture[str],
    action: str,
    started: int,
    said: str,
) -> None:
    """The command fails, for its record is not whole."""
    await refuse(here, action)

    status, lines = await text_of(a_call(), capsys)

    assert (status, tenant.counters.starts) == (FAILED, started)
    assert said in lines


@pytest.mark.usefixtures("here")
async def test_stopped_call_says_what_is_known(
    tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one document, with the status of a stop."""
    monkeypatch.setattr("bot.usecases.terminal.send.STOP_PATIENCE", 0.01)
    tenant.faults.add(Endpoint.EXECUTE, hang())
    work = asyncio.create_task(start(a_call(), Screen(as_json=True)))
    await tenant.log.wait_for("/execute")

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    document = json.loads(capsys.readouterr().out)
    assert (document["status"], document["targets"]["unknown"]) == (ExitStatus.INTERRUPTED, 1)
