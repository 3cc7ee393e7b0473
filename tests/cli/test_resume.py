"""`fixdesk resume` as a process: a paused execution goes on, once, and everything else is told."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import cli
from bot.playground.nexthink.fault import Endpoint, cut, hang
from bot.playground.nexthink.server import SimulatedNexthink
from bot.store.database import SqlStore
from tests.cli.conftest import ENOUGH, Command, ended

GIVEN = ("--param", "decision=approved")


@pytest.fixture
def paused(tenant: SimulatedNexthink) -> str:
    """An execution that waits for its event."""
    return tenant.start_elsewhere("#pausing", "ada@example.com").uuid


async def recorded(folder: Path) -> list[str]:
    """Return what was recorded."""
    store = await SqlStore.open(f"sqlite+aiosqlite:///{folder / 'fixdesk.db'}")
    rows = await store.audit_rows()
    await store.close()
    return [row.entry.action for row in rows]


async def test_execution_is_resumed_by_id(
    fixdesk: Command, tenant: SimulatedNexthink, variables: Mapping[str, str], paused: str
) -> None:
    """A second time nothing is sent; on purpose it is, Nexthink refuses it, and its words are passed on."""
    call = ("resume", "#pausing", paused, *GIVEN)
    first = await fixdesk.run(*call, environment=variables)
    second = await fixdesk.run(*call, "--wait", environment=variables)
    sent = len(tenant.log.to("/trigger"))
    third = await fixdesk.run(*call, "--again", environment=variables)

    assert (first.status, first.out) == (0, "Resumed.\n")
    assert tenant.state(paused).name == "success"
    assert (second.status, second.out[:41]) == (1, "Nothing is sent: it was resumed by operat")
    assert second.out.endswith("where the workflow pauses once more, say --again.\n")
    assert sent == 1
    assert third.status == 1
    assert third.out.startswith("Not resumed: it does not wait for an event now. Nexthink said: ")
    assert tenant.counters.triggers == 1
    assert await recorded(fixdesk.folder) == ["resume.sending", "resume.accepted", "resume.sending", "resume.refused"]


async def test_execution_is_resumed_by_uuid_as_somebody(
    fixdesk: Command, tenant: SimulatedNexthink, variables: Mapping[str, str], paused: str
) -> None:
    """If the rule lets them decide; others are refused."""
    call = ("resume", tenant.workflow("#pausing").uuid, paused, *GIVEN, "--json", "--as")

    ada, grace = await asyncio.gather(
        fixdesk.run(*call, "ada@example.com", environment=variables),
        fixdesk.run(*call, "grace@example.com", environment=variables),
    )

    assert (ada.status, "only helpdesk may" in ada.err) == (1, True)
    document = json.loads(grace.out)
    assert (grace.status, document["result"], document["workflow"]["id"]) == (0, "Resumed.", "#pausing")


async def test_unknown_result_is_told(
    fixdesk: Command, tenant: SimulatedNexthink, variables: Mapping[str, str], paused: str
) -> None:
    """And it is not sent again, whoever asks for it, and however."""
    tenant.faults.add(Endpoint.TRIGGER, cut(processed=True))
    call = ("resume", "#pausing", paused, *GIVEN, "--wait")

    told = await fixdesk.run(*call, environment=variables)
    later = await fixdesk.run(*call, "--again", "--json", "--as", "grace@example.com", environment=variables)

    assert told.status == 3
    assert told.out == "Result unknown: the answer may have reached Nexthink. It is not sent again.\n"
    assert later.status == json.loads(later.out)["status"] == 3
    assert json.loads(later.out)["result"].startswith("The result of an earlier answer by operator at ")
    assert len(tenant.log.to("/trigger")) == 1


async def test_killed_call_is_not_sent_again(
    fixdesk: Command, tenant: SimulatedNexthink, variables: Mapping[str, str], paused: str
) -> None:
    """Its answer may have reached Nexthink."""
    tenant.faults.add(Endpoint.TRIGGER, hang())
    call = ("resume", "#pausing", paused, *GIVEN)

    process = await fixdesk.start(*call, environment=variables)
    async with asyncio.timeout(ENOUGH):
        await tenant.log.wait_for("/trigger")
    process.kill()
    await ended(process)
    later = await fixdesk.run(*call, environment=variables)

    assert later.status == 3
    assert len(tenant.log.to("/trigger")) == 1
    assert await recorded(fixdesk.folder) == ["resume.sending"]


def test_wrong_call_is_told_at_once() -> None:
    """Both ids and every parameter."""
    result = CliRunner().invoke(cli, ["resume", "pausing", "e-1", "--param", "a=", "--param", "b"])

    assert result.exit_code == 2
    named = {line.split()[1].rstrip(":") for line in result.stderr.splitlines()}
    assert named == {"WORKFLOW", "EXECUTION", "--param"}
