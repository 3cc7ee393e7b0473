"""`fixdesk resume` as a process: a paused execution goes on, once, and everything else is told."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import cli
from bot.playground.nexthink.fault import Endpoint, cut
from bot.playground.nexthink.server import SimulatedNexthink
from bot.store.database import SqlStore
from tests.cli.conftest import Command

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
    """A second time Nexthink refuses it, and its words are passed on."""
    first = await fixdesk.run("resume", "#pausing", paused, *GIVEN, environment=variables)
    second = await fixdesk.run("resume", "#pausing", paused, *GIVEN, environment=variables)

    assert (first.status, first.out) == (0, "Resumed.\n")
    assert tenant.state(paused).name == "success"
    assert second.status == 1
    assert second.out.startswith("Not resumed: it does not wait for an event now. Nexthink said: ")
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
    """And it is not sent again."""
    tenant.faults.add(Endpoint.TRIGGER, cut(processed=True))

    told = await fixdesk.run("resume", "#pausing", paused, *GIVEN, "--wait", environment=variables)

    assert told.status == 3
    assert told.out == "Result unknown: the answer may have reached Nexthink. It is not sent again.\n"
    assert len(tenant.log.to("/trigger")) == 1


def test_wrong_call_is_told_at_once() -> None:
    """Both ids and every parameter."""
    result = CliRunner().invoke(cli, ["resume", "pausing", "e-1", "--param", "a=", "--param", "b"])

    assert result.exit_code == 2
    named = {line.split()[1].rstrip(":") for line in result.stderr.splitlines()}
    assert named == {"WORKFLOW", "EXECUTION", "--param"}
