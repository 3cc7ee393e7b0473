"""The pages that tell an orchestrator whether a press would arrive now."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.playground.slack.faults import Fault
from tests.scenarios.office import PATIENCE, NewOffice, Office, only_over_sockets


async def get(office: Office, path: str) -> httpx.Response:
    """Ask the bot's own HTTP server."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        return await client.get(f"{office.url}{path}")


async def ready(office: Office, status: int, *faults: str) -> dict[str, Any]:
    """Wait until readiness answers with a status and names these parts, and return what it says."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await get(office, "/health/ready")
            said: dict[str, Any] = answer.json()
            if answer.status_code == status and list(said["faults"]) == list(faults):
                return said
            await asyncio.sleep(0.02)  # nothing tells of a change in health, so it is asked again


async def test_running_bot_is_live_and_ready(office: Office) -> None:
    """With a way in, a catalog, a database and a worker it is ready, and says so in JSON."""
    said = await ready(office, 200)
    live = await get(office, "/health/live")

    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (said["status"], said["transport"], said["nexthink"]["trouble"]) == ("ready", office.transport, None)
    assert said.get("sockets") == (2 if office.transport == "socket" else None)


async def test_unknown_path_is_not_found(office: Office) -> None:
    """Everything else is 404."""
    paths = ("/", "/health", "/health/ready/", "/metrics/x", "/slack/event", "/etc/passwd")

    assert {(await get(office, path)).status_code for path in paths} == {404}


async def test_without_a_catalog_it_is_not_ready(new_office: NewOffice) -> None:
    """A bot that has never reached Nexthink can show nothing, so it is live but not ready."""
    office = await new_office()
    await office.nexthink.go_offline()
    await office.start_bot()

    said = await ready(office, 503, "catalog")
    assert (await get(office, "/health/live")).status_code == 200
    await office.nexthink.go_online()
    await office.form(office.ada, "teams cache")

    assert said["status"] == "unready"
    await ready(office, 200)


async def test_nexthink_away_is_shown_and_does_not_make_it_unready(office: Office) -> None:
    """With a catalog in the database Nexthink's trouble is shown beside readiness."""
    await ready(office, 200)
    await office.stop_bot()
    await office.nexthink.go_offline()
    office.advance(timedelta(hours=1))
    await office.start_bot()
    await office.refresh_failed()

    await office.form(office.ada, "teams cache", "list is 1 h old")
    said = await ready(office, 200)

    assert said["nexthink"]["trouble"] == "no connection could be made"
    assert said["nexthink"]["catalog_fetched_at"]


async def test_failed_call_is_shown_at_once(office: Office) -> None:
    """Not only the refresh of the catalog tells that Nexthink is away."""
    view = await office.form(office.ada, "teams cache")
    await office.nexthink.go_offline()
    await office.ada.submit(view)
    await office.card(office.ada, "Not started yet")

    said = await ready(office, 200)

    assert said["nexthink"]["trouble"] == "no connection could be made"


@pytest.mark.parametrize(
    "fault",
    [Fault(retry_after=1), Fault(cuts=True), Fault(status=503, is_html=True)],
    ids=["429", "cut", "page"],
)
async def test_slack_away_at_start_is_waited_for(new_office: NewOffice, fault: Fault, unused_tcp_port: int) -> None:
    """While Slack does not answer the bot is live and not ready; it comes up once Slack does."""
    office = await new_office()
    office.port = unused_tcp_port
    office.slack.fail("auth.test", fault)
    starting = asyncio.create_task(office.start_bot())
    try:
        await office.slack.workspace.changes.until(lambda: office.slack.calls_of("auth.test") or None, PATIENCE, str)

        await ready(office, 503, "slack", "catalog", "worker")
        assert (await get(office, "/health/live")).status_code == 200
    finally:
        await asyncio.wait({starting})
    starting.result()
    await ready(office, 200)


@only_over_sockets
async def test_without_a_socket_it_is_not_ready(new_office: NewOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket open means that no press arrives; with one back it is ready again."""
    monkeypatch.setattr("bot.slack.socket.PING_INTERVAL", 0.2)
    office = await new_office()
    await office.start_bot()
    await ready(office, 200)
    office.slack.fail("apps.connections.open", Fault(error="internal_error"), times=2)

    await office.slack.drop_sockets()
    await ready(office, 503, "slack")
    await office.slack.connected()

    await ready(office, 200)


async def test_without_a_database_that_writes_it_is_not_ready(office: Office) -> None:
    """A database that takes no write makes it unready, for a press could not be stored."""
    await ready(office, 200)
    await office.alter_database("DROP TABLE probes")

    await ready(office, 503, "database")
