"""Tests for bot.slack.sockets: real sockets on loopback, with a Slack that refreshes, refuses, hangs and goes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.dispatch import Dispatcher
from bot.slack.interaction import Interaction, Kind
from bot.slack.sockets import Sockets

PATIENCE = 10.0
IDENTITY = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U0")
PRESS = {"type": "block_actions", "actions": [{"action_id": "a"}], "user": {"id": "U1"}, "team": {"id": "T1"}}


class Slack:
    """Slack's side, which notes every ticket and can be told what to do with the next sockets."""

    def __init__(self) -> None:
        self.url = ""
        self.used: list[str] = []
        self.refusals: list[str] = []
        """What the next calls for a ticket are answered with."""
        self.greetings: list[str] = []
        """What becomes of the next sockets: refused, mute, silent; others are greeted."""
        self.sockets: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.acks: asyncio.Queue[tuple[web.WebSocketResponse, dict[str, Any]]] = asyncio.Queue()
        self.open_now = 0
        self.fewest = 0
        self._tickets = 0

    async def ticket(self, _: web.Request) -> web.Response:
        """Answer apps.connections.open."""
        if self.refusals:
            return web.json_response({"ok": False, "error": self.refusals.pop(0)})
        self._tickets += 1
        return web.json_response({"ok": True, "url": f"{self.url.replace('http', 'ws')}/link?ticket={self._tickets}"})

    async def link(self, request: web.Request) -> web.StreamResponse:
        """Take a socket."""
        self.used.append(request.query["ticket"])
        greeting = self.greetings.pop(0) if self.greetings else ""
        if greeting == "refused":
            return web.Response(status=500)
        socket = web.WebSocketResponse(autoping=greeting != "silent")
        await socket.prepare(request)
        if greeting != "mute":
            await socket.send_json({"type": "hello"})
            self.open_now += 1
            self.sockets.put_nowait(socket)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self.acks.put_nowait((socket, message.json()))
        self.open_now -= greeting != "mute"
        self.fewest = min(self.fewest, self.open_now)
        return socket

    async def socket(self) -> web.WebSocketResponse:
        """Wait for the next socket."""
        return await asyncio.wait_for(self.sockets.get(), PATIENCE)

    async def ack(self) -> tuple[web.WebSocketResponse, dict[str, Any]]:
        """Wait for the next ack."""
        return await asyncio.wait_for(self.acks.get(), PATIENCE)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A Slack on a port of its own."""
    slack, application = Slack(), web.Application()
    application.router.add_post("/api/apps.connections.open", slack.ticket)
    application.router.add_get("/link", slack.link)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield slack
    await runner.cleanup()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.socket.PING_INTERVAL", 0.2)
    monkeypatch.setattr("bot.slack.socket.CONNECT_PATIENCE", 0.5)
    monkeypatch.setattr("bot.slack.sockets.SHORTEST_PAUSE", 0.01)


Answer = Callable[[Interaction], Awaitable[dict[str, Any] | None]]


async def nothing(_: Interaction) -> None:
    """Answer with an empty ack."""


@contextlib.asynccontextmanager
async def listening(slack: Slack, answer: Answer = nothing) -> AsyncIterator[Sockets]:
    """Listen over two sockets."""

    async def authorize() -> AuthorizeResult:
        return IDENTITY

    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-1", base_url=f"{slack.url}/api/", session=session, timeout=5)
        client.proxy = None
        app = AsyncApp(client=client, authorize=authorize, process_before_response=True)
        app.use(Dispatcher({(Kind.ACTION, "a"): answer}, fallbacks={}))
        sockets = Sockets("xapp-1")
        await sockets.listen(app)
        try:
            yield sockets
        finally:
            await sockets.hang_up()


async def counted(sockets: Sockets, count: int) -> None:
    """Wait until so many sockets are open."""
    async with asyncio.timeout(PATIENCE):
        while (await sockets.check())[1]["sockets"] != count:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


async def press(socket: web.WebSocketResponse, name: str = "e-1") -> None:
    """Send a press over a socket."""
    await socket.send_json({"envelope_id": name, "type": "interactive", "payload": PRESS})


async def test_both_sockets_are_answered_over_themselves(slack: Slack) -> None:
    """An ack goes out where its envelope came in; what is no envelope is let be."""
    async with listening(slack) as sockets:
        first, second = await slack.socket(), await slack.socket()
        await counted(sockets, 2)
        await first.send_str("no JSON")
        await first.send_json(["no envelope"])
        await press(first, "one")
        await press(second, "two")

        acks = dict([await slack.ack(), await slack.ack()])

    assert acks == {first: {"envelope_id": "one"}, second: {"envelope_id": "two"}}


async def test_answer_travels_in_the_ack(slack: Slack) -> None:
    """As options of a type-ahead do."""

    async def answer(_: Interaction) -> dict[str, Any]:
        return {"options": []}

    async with listening(slack, answer):
        await press(await slack.socket())

        assert (await slack.ack())[1] == {"envelope_id": "e-1", "payload": {"options": []}}


async def test_what_cannot_be_taken_is_not_acked(slack: Slack) -> None:
    """Then Slack warns the person; what comes next is answered."""
    failures = [RuntimeError("the disk is full")]

    async def fail_once(_: Interaction) -> None:
        if failures:
            raise failures.pop()

    async with listening(slack, fail_once):
        socket = await slack.socket()
        await press(socket, "lost")
        await press(socket, "taken")

        assert (await slack.ack())[1] == {"envelope_id": "taken"}


async def test_refresh_leaves_no_gap(slack: Slack) -> None:
    """The next socket is open before the old one is closed, even where both are refreshed at once."""
    async with listening(slack) as sockets:
        old = [await slack.socket(), await slack.socket()]
        await counted(sockets, 2)
        slack.fewest = slack.open_now
        for socket in old:
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
        new = [await slack.socket(), await slack.socket()]
        await press(old[0], "still here")
        acked = await slack.ack()
        for socket in old:
            await socket.close()
        await counted(sockets, 2)
        await press(new[1], "there")
        await slack.ack()

        assert acked == (old[0], {"envelope_id": "still here"})
        assert slack.fewest >= 2


async def test_too_many_sockets_closes_one_before_the_next(slack: Slack) -> None:
    """Otherwise Slack would never have room for it."""
    async with listening(slack) as sockets:
        socket = await slack.socket()
        await slack.socket()
        await counted(sockets, 2)
        await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
        await slack.socket()

        assert slack.open_now == 2
        await counted(sockets, 2)


@pytest.mark.parametrize("fault", ["refused", "mute"])
async def test_ticket_is_used_once(slack: Slack, fault: str) -> None:
    """Whatever becomes of a handshake, the next try has a ticket of its own."""
    slack.greetings += [fault] * 4

    async with listening(slack) as sockets:
        await counted(sockets, 2)

    assert len(slack.used) == 6
    assert len(set(slack.used)) == 6


async def test_silent_socket_is_replaced(slack: Slack) -> None:
    """Behind a network that swallows everything no press would arrive: pings find out, and the other one stays."""
    slack.greetings.append("silent")

    async with listening(slack) as sockets:
        await slack.socket()
        await slack.socket()
        await asyncio.wait_for(slack.socket(), PATIENCE)
        await counted(sockets, 2)


async def test_cut_socket_is_opened_again(slack: Slack) -> None:
    """A network that fails says no closing word."""
    async with listening(slack) as sockets:
        socket = await slack.socket()
        await slack.socket()
        assert socket._req is not None
        assert isinstance(socket._req.transport, asyncio.WriteTransport)
        socket._req.transport.abort()
        await slack.socket()
        await counted(sockets, 2)


@pytest.mark.parametrize("refusals", [["internal_error", "fatal_error", "service_unavailable"], ["ratelimited"]])
async def test_passing_trouble_with_tickets_is_waited_out(
    slack: Slack, monkeypatch: pytest.MonkeyPatch, refusals: list[str]
) -> None:
    """Slack's own trouble, and its limit."""
    monkeypatch.setattr("bot.slack.calls.PAUSE", timedelta(0))
    slack.refusals += refusals

    async with listening(slack) as sockets:
        await counted(sockets, 2)


@pytest.mark.parametrize("why", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_refusal_for_good_ends_it(slack: Slack, why: str) -> None:
    """A token that was revoked while the bot runs: no further try, and a sentence for the operator."""
    async with listening(slack) as sockets:
        first, second = await slack.socket(), await slack.socket()
        await counted(sockets, 2)
        slack.refusals += [why] * 9
        await asyncio.gather(first.close(), second.close())

        said = await asyncio.wait_for(sockets.refused(), PATIENCE)

    assert "SLACK_APP_TOKEN" in said
    assert why in said
    assert len(slack.used) == 2


async def test_switched_off_ends_it(slack: Slack) -> None:
    """Socket Mode was switched off in the app's settings: the SDK itself would try for ever."""
    async with listening(slack) as sockets:
        socket = await slack.socket()
        await socket.send_json({"type": "disconnect", "reason": "link_disabled"})

        assert "link_disabled" in await asyncio.wait_for(sockets.refused(), PATIENCE)


async def test_ack_in_the_making_goes_out_before_the_end(slack: Slack) -> None:
    """Hanging up waits for what came in to be answered."""
    begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def take_time(_: Interaction) -> None:
        begun.set()
        await may_go_on.wait()

    async with listening(slack, take_time) as sockets:
        await press(await slack.socket())
        await begun.wait()
        hanging_up = asyncio.create_task(sockets.hang_up())
        await asyncio.sleep(0)
        may_go_on.set()
        await hanging_up

        assert (await slack.ack())[1] == {"envelope_id": "e-1"}
