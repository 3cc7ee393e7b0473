"""Socket Mode: single-use tickets, one socket for each envelope, acks in time."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack

IMPATIENT = Settings(ack_timeout=timedelta(milliseconds=100))


async def address(slack: LocalSlack) -> str:
    """Return the address of a new WebSocket."""
    client = AsyncWebClient(base_url=slack.api_url)
    return str((await client.apps_connections_open(app_token=slack.app_token))["url"])


async def test_ticket_works_once(slack: LocalSlack) -> None:
    """A ticket opens one connection, which begins with a hello."""
    url = await address(slack)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            assert slack.deliveries.connections == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{slack.url}/link?ticket=made-up")


async def test_eleventh_connection_is_sent_away(slack: LocalSlack) -> None:
    """Ten connections are served, one more is told that it is too many."""
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await address(slack)) for _ in range(11)]
        frames = [await socket.receive_json() for socket in sockets]

        assert [frame["type"] for frame in frames] == ["hello"] * 10 + ["disconnect"]
        assert frames[-1]["reason"] == "too_many_websockets"
        for socket in sockets:
            await socket.close()


async def test_envelopes_go_round(slack: LocalSlack) -> None:
    """Each envelope goes to exactly one connection, in turn."""
    seen: list[int] = []

    async def serve(number: int, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            envelope = message.json()
            if envelope["type"] != "hello":
                seen.append(number)
                await socket.send_json({"envelope_id": envelope["envelope_id"]})

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
        sockets = [await session.ws_connect(await address(slack)) for _ in range(2)]
        for number, socket in enumerate(sockets):
            tasks.create_task(serve(number, socket))
        await slack.connected(2)
        for _ in range(4):
            assert (await slack.client_of("U0ADA").command("/fix", "general")).ok
        for socket in sockets:
            await socket.close()

    assert sorted(seen) == [0, 0, 1, 1]


async def test_nobody_connected(slack: LocalSlack) -> None:
    """Without a connection a command fails at once, and the person is told."""
    ada = slack.client_of("U0ADA")
    answer = await ada.command("/fix vpn", "general")

    line = await ada.message()
    assert (answer.ok, answer.error) == (False, "dispatch_failed")
    assert line.is_client_line
    assert "the app is not connected" in line.text
    assert slack.client_of("U0BEN").messages == []


@pytest.mark.parametrize("settings", [IMPATIENT], ids=["impatient"])
async def test_no_ack_is_a_timeout(slack: LocalSlack, connect: Any) -> None:
    """A command that no listener acks ends as operation_timeout."""
    await connect(lambda _: None)

    answer = await slack.client_of("U0ADA").command("/fix vpn", "general")

    assert (answer.ok, answer.error) == (False, "operation_timeout")
    assert "`operation_timeout`" in (await slack.client_of("U0ADA").message()).text
    assert [entry.ok for entry in slack.workspace.wire if entry.kind == "slash_commands"] == [False]


@pytest.mark.parametrize("settings", [IMPATIENT], ids=["impatient"])
async def test_late_ack_changes_nothing(slack: LocalSlack) -> None:
    """An ack after the deadline, or for nothing, is logged and that is all."""
    async with aiohttp.ClientSession() as session, session.ws_connect(await address(slack)) as socket:
        await socket.receive_json()
        answer = await slack.client_of("U0ADA").command("/fix vpn", "general")
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await slack.workspace.changes.until(
            lambda: [entry for entry in slack.workspace.wire if entry.summary == "not awaited"] or None,
            5,
            lambda: "the late ack was not logged",
        )

        assert answer.error == "operation_timeout"


@pytest.mark.parametrize("reason", [None, "refresh_requested"])
async def test_app_reconnects_after_a_drop(slack: LocalSlack, connect: Any, reason: str | None) -> None:
    """Dropped connections are opened again by Slack's own client, and work."""

    def register(app: AsyncApp) -> None:
        @app.command("/fix")
        async def command(ack: Any) -> None:
            await ack("here")

    await connect(register)
    await slack.drop_sockets(reason)
    await slack.workspace.changes.until(
        lambda: len(slack.calls_of("apps.connections.open")) == 2 or None, 5, lambda: "the app did not come back"
    )
    await slack.connected()

    assert (await slack.client_of("U0ADA").command("/fix", "general")).ok


async def test_envelope_can_come_twice(slack: LocalSlack, connect: Any) -> None:
    """The same envelope can be delivered a second time."""
    seen: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.command("/fix")
        async def command(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            seen.append(body["trigger_id"])

    await connect(register)
    slack.duplicate_next()
    await slack.client_of("U0ADA").command("/fix", "general")
    await slack.client_of("U0ADA").command("/fix", "general")

    await slack.workspace.changes.until(
        lambda: len(seen) == 3 or None, 5, lambda: f"the app has seen {len(seen)} commands"
    )
    assert len(set(seen)) == 2
