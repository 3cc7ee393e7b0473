"""`fixdesk run` as a process: the journey, wrong calls and files, and what a sudden end leaves behind."""

import asyncio
import json
import signal
from collections.abc import Mapping

import pytest
from typer.testing import CliRunner

from bot.cli.main import cli
from bot.playground.nexthink.fault import Endpoint, hang
from bot.playground.nexthink.server import SimulatedNexthink
from tests.cli.conftest import Command, ended

ADA = "ada@example.com"


async def test_journey_needs_nothing_of_slack(
    fixdesk: Command, tenant: SimulatedNexthink, variables: Mapping[str, str]
) -> None:
    """Several values behind one option, started and followed; one JSON document, or plain lines."""
    call = ("run", "#quick", "--upn", ADA, "grace@example.com", "--wait")

    as_json = await fixdesk.run(*call, "--json", environment=variables)
    as_text = await fixdesk.run(*call, environment=variables)

    assert (as_json.status, as_json.err, as_text.status, as_text.err) == (0, "", 0, "")
    document = json.loads(as_json.out)
    assert (document["targets"]["started"], document["outcome"]["done"]) == (2, 2)
    assert {"started: 2", "done: 2 of 2"} <= set(as_text.out.splitlines())
    assert "\x1b" not in as_text.out
    assert tenant.counters.starts == 2


async def test_wrong_environment_is_told_at_once(fixdesk: Command, variables: Mapping[str, str]) -> None:
    """Every variable that is missing, and no secret."""
    told = await fixdesk.run("run", "#quick", "--upn", ADA)
    refused = await fixdesk.run("run", "#quick", "--upn", ADA, environment={**variables, "FIXDESK_POLICY": ""})

    names = {line.split()[1].rstrip(":") for line in told.err.splitlines()}
    assert told.status == 2
    assert names == {f"NEXTHINK_{name}" for name in ("CLIENT_ID", "CLIENT_SECRET", "INSTANCE", "REGION")}
    assert (refused.status, "fixdesk has no policy" in refused.err) == (1, True)


@pytest.mark.parametrize("as_json", [True, False])
def test_wrong_call_is_told_at_once(*, as_json: bool) -> None:
    """All that is wrong with it; nothing is opened for that."""
    arguments = ["run", "quick", "--upn", "ada", "--device", "LT-1", "--param", "x", "--continue", "--again"]

    result = CliRunner(env={"NEXTHINK_CLIENT_ID": ""}).invoke(cli, [*arguments, *(["--json"] if as_json else [])])

    lines = result.stderr.splitlines()
    assert result.exit_code == 2
    assert len(lines) == 6
    assert all(line.startswith("fixdesk: ") for line in lines)
    assert (len(json.loads(result.stdout)["faults"]) if as_json else result.stdout) == (6 if as_json else "")


async def test_every_bad_line_of_a_file_is_told(fixdesk: Command, variables: Mapping[str, str]) -> None:
    """The first twenty as text, all as JSON; the status is 2, and nothing is sent or stored."""
    rows = "".join(f"user{number}\n" for number in range(50))
    (fixdesk.folder / "bad.csv").write_text(f"upn\n{ADA}\n{rows}", encoding="utf-8")

    told = await fixdesk.run("run", "#quick", "--file", "bad.csv", "--json", environment=variables)

    lines = told.err.splitlines()
    assert told.status == 2
    assert lines[0].startswith("fixdesk: line 3: 'user0' is not a UPN that Nexthink takes")
    assert lines[-1] == "fixdesk: and 30 more; --json shows them all"
    assert [fault["line"] for fault in json.loads(told.out)["faults"]] == list(range(3, 53))
    assert not (fixdesk.folder / "fixdesk.db").exists()


async def test_part_of_a_killed_process_is_never_sent_again(
    fixdesk: Command, tenant: SimulatedNexthink, variables: Mapping[str, str]
) -> None:
    """It is listed as unknown and left alone; a new call of the same file says how to go on."""
    (fixdesk.folder / "targets.csv").write_text(f"upn\n{ADA}\n", encoding="utf-8")
    call = ("run", "#quick", "--file", "targets.csv")
    tenant.faults.add(Endpoint.EXECUTE, hang(processed=True))
    process = await fixdesk.start(*call, environment=variables)
    async with asyncio.timeout(20):
        await tenant.log.wait_for("/execute")

    process.kill()
    await process.wait()
    tenant.release()
    again = await fixdesk.run(*call, environment=variables)
    later = await fixdesk.run(*call, "--continue", environment=variables)

    assert (again.status, "Say --continue" in again.err) == (2, True)
    assert later.status == 3
    assert "Result unknown: it may have started" in later.out
    assert "There is nothing left to send." in later.err
    assert len(tenant.log.to("/execute")) == tenant.counters.starts == 1


async def test_stop_leaves_a_known_state(
    fixdesk: Command, tenant: SimulatedNexthink, variables: Mapping[str, str]
) -> None:
    """Ctrl+C: what is not answered is unknown, and the call says so before it ends."""
    tenant.faults.add(Endpoint.EXECUTE, hang(processed=True))
    process = await fixdesk.start("run", "#quick", "--upn", ADA, environment=variables)
    async with asyncio.timeout(20):
        await tenant.log.wait_for("/execute")

    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    said = await process.stderr.readline()
    tenant.release()
    stopped = await ended(process)

    assert (stopped.status, stopped.err) == (130, "")
    assert said.startswith(b"Stopping: ")
    assert "unknown: 1" in stopped.out.splitlines()
