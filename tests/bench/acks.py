"""Acks of presses over both transports, the durable inbox included, beside a bare echo and Bolt as it comes.

Ours stores each press in a real database before its ack; the other two store nothing.
"""

import asyncio
import itertools
import json
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.decision import Choice
from bot.domain.work import WorkKind
from bot.slack.dispatch import Dispatcher
from bot.slack.ids import ActionId
from bot.slack.interaction import Interaction, Kind
from bot.slack.request_url import PATH, RequestUrl
from bot.slack.sockets import Sockets
from bot.store.database import SqlStore
from bot.usecases.due import Presser, press
from tests.bench.requests import IDENTITY, SECRET, now

AT_ONCE = (1, 64)
PRESSES = {1: 150, 64: 3_000}
_numbers = itertools.count()
_quiet = logging.getLogger("bench.bolt")
_quiet.setLevel(logging.ERROR)


def a_press() -> dict[str, Any]:
    """Return the payload of a press that nobody made before."""
    action = {
        "action_id": ActionId.APPROVE_START.value,
        "value": "0123456789abcdef",
        "action_ts": f"{next(_numbers)}.1",
    }
    container = {"type": "message", "message_ts": "1.2", "channel_id": "C1"}
    people = {"user": {"id": "U1"}, "team": {"id": "T1"}, "channel": {"id": "C1"}}
    return {"type": "block_actions", "actions": [action], "container": container, "trigger_id": "t", **people}


async def measure(rounds: int) -> list[str]:
    """Return the rows: acks a second and the median and 99th percentile of one, over HTTP and over sockets."""
    async with AsyncExitStack() as closing:
        folder = closing.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd()))
        store = await SqlStore.open(f"sqlite+aiosqlite:///{folder}/store.db")
        closing.push_async_callback(store.close)
        servers = {"bare echo": _bare(), "stock Bolt": _stock_http(), "fixdesk": await _ours_http(store)}
        over_http = {name: await closing.enter_async_context(_asking(app)) for name, app in servers.items()}
        rows = await _compare("HTTP", over_http, rounds)
        hub = await closing.enter_async_context(_hub())
        over_sockets = {
            "bare echo": await _echo(hub, closing),
            "stock Bolt": await _stock_socket(hub, closing),
            "fixdesk": await _ours_socket(hub, store, closing),
        }
        return rows + await _compare("sockets", over_sockets, rounds)


Ask = Callable[[], Awaitable[None]]
"""Send one press and wait for its ack."""


async def _compare(transport: str, ways: Mapping[str, Ask], rounds: int) -> list[str]:
    rows = []
    for at_once in AT_ONCE:
        rates: dict[str, list[float]] = {name: [] for name in ways}
        waits: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, ask in ways.items():
                seconds, each = await _time(ask, at_once)
                rates[name].append(PRESSES[at_once] / seconds)
                waits[name] += each
        rows += [_row(transport, at_once, name, rates, waits) for name in ways]
    return rows


def _row(
    transport: str, at_once: int, name: str, rates: Mapping[str, list[float]], waits: Mapping[str, list[float]]
) -> str:
    rate, echo = statistics.median(rates[name]), statistics.median(rates["bare echo"])
    each = sorted(waits[name])
    middle, late = 1000 * statistics.median(each), 1000 * each[int(len(each) * 0.99)]
    title = f"acks over {transport}, {at_once} at once"
    return f"{title:28}  {name:10} {rate:7,.0f}/s ({rate / echo:.2f}), one {middle:.2f} ms, p99 {late:.1f} ms"


async def _time(ask: Ask, at_once: int) -> tuple[float, list[float]]:
    turns, each = iter(range(PRESSES[at_once])), list[float]()

    async def keep_asking(turns: Iterator[int]) -> None:
        for _ in turns:
            began = time.perf_counter()
            await ask()
            each.append(time.perf_counter() - began)

    started = time.perf_counter()
    await asyncio.gather(*(keep_asking(turns) for _ in range(at_once)))
    return time.perf_counter() - started, each


def _dispatcher(store: SqlStore) -> Dispatcher:
    async def keep(pressed: Interaction) -> None:
        presser = Presser(slack_id=pressed.slack_id, channel_id="C1", ts="1.2", pressed=pressed.occurrence)
        await store.add_work(press(WorkKind.DECIDE, presser, Choice.APPROVE, {"run_id": "r-1", "ordinal": 0}, now()))

    return Dispatcher({(Kind.ACTION, ActionId.APPROVE_START): keep}, fallbacks={})


async def _authorize() -> AuthorizeResult:
    return IDENTITY


def _our_app(store: SqlStore, **more: Any) -> AsyncApp:
    app = AsyncApp(
        authorize=_authorize, process_before_response=True, request_verification_enabled=False, logger=_quiet, **more
    )
    app.use(_dispatcher(store))
    return app


def _stock_app(**more: Any) -> AsyncApp:
    app = AsyncApp(signing_secret=SECRET, authorize=_authorize, logger=_quiet, **more)

    @app.action(ActionId.APPROVE_START.value)
    async def approve(ack: Any) -> None:
        await ack()

    return app


def _bare() -> web.Application:
    verifier = SignatureVerifier(SECRET)

    async def answer(request: web.Request) -> web.Response:
        if not verifier.is_valid_request(await request.text(), dict(request.headers)):
            raise web.HTTPUnauthorized
        return web.Response()

    application = web.Application()
    application.router.add_post(PATH, answer)
    return application


def _stock_http() -> web.Application:
    return _stock_app().server(port=0, host="127.0.0.1").web_app


async def _ours_http(store: SqlStore) -> web.Application:
    request_url = RequestUrl(SECRET, now)
    await request_url.listen(_our_app(store))
    application = web.Application()
    application.router.add_routes(request_url.routes())
    return application


@asynccontextmanager
async def _asking(application: web.Application) -> AsyncIterator[Ask]:
    """Serve an application, and give what sends it a signed press."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    verifier = SignatureVerifier(SECRET)
    async with aiohttp.ClientSession() as session:

        async def ask() -> None:
            body, timestamp = urlencode({"payload": json.dumps(a_press())}), str(int(time.time()))
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": timestamp,
                "X-Slack-Signature": str(verifier.generate_signature(timestamp=timestamp, body=body)),
            }
            async with session.post(url, data=body, headers=headers) as answer:
                if answer.status != web.HTTPOk.status_code:
                    raise RuntimeError(f"no ack: {answer.status}")

        yield ask
    await runner.cleanup()


class _Hub:
    """Slack's side of sockets: it names an address, sends envelopes, and waits for what acks them."""

    def __init__(self) -> None:
        self.url = ""
        self.opened: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self._acks: dict[str, asyncio.Future[None]] = {}

    async def name(self, _: web.Request) -> web.Response:
        """Answer apps.connections.open."""
        return web.json_response({"ok": True, "url": self.url.replace("http", "ws") + "/socket"})

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Take a socket."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello"})
        self.opened.put_nowait(socket)
        async for message in socket:
            said = str(message.data)
            if said.startswith("{"):
                self._acks.pop(json.loads(said)["envelope_id"]).set_result(None)
        return socket

    def asking(self, socket: web.WebSocketResponse) -> Ask:
        """Return what sends a press over a socket."""

        async def ask() -> None:
            name = f"e-{next(_numbers)}"
            acked = self._acks[name] = asyncio.get_running_loop().create_future()
            envelope = {"envelope_id": name, "type": "interactive", "accepts_response_payload": False}
            await socket.send_json({**envelope, "payload": a_press()})
            await acked

        return ask


@asynccontextmanager
async def _hub() -> AsyncIterator[_Hub]:
    hub, application = _Hub(), web.Application()
    application.router.add_post("/api/apps.connections.open", hub.name)
    application.router.add_get("/socket", hub.socket)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield hub
    await runner.cleanup()


async def _echo(hub: _Hub, closing: AsyncExitStack) -> Ask:
    """Ack with nothing between."""
    session = await closing.enter_async_context(aiohttp.ClientSession())
    socket = await closing.enter_async_context(session.ws_connect(f"{hub.url}/socket"))

    async def echo() -> None:
        async for message in socket:
            envelope = json.loads(message.data)
            if "envelope_id" in envelope:
                await socket.send_json({"envelope_id": envelope["envelope_id"]})

    task = asyncio.create_task(echo())
    closing.callback(task.cancel)
    return hub.asking(await hub.opened.get())


def _client(hub: _Hub) -> AsyncWebClient:
    client = AsyncWebClient(token="xoxb-1", base_url=f"{hub.url}/api/")
    client.proxy = None
    return client


async def _stock_socket(hub: _Hub, closing: AsyncExitStack) -> Ask:
    handler = AsyncSocketModeHandler(_stock_app(client=_client(hub)), "xapp-1")
    handler.client.proxy = None
    await handler.connect_async()
    closing.push_async_callback(handler.close_async)
    return hub.asking(await hub.opened.get())


async def _ours_socket(hub: _Hub, store: SqlStore, closing: AsyncExitStack) -> Ask:
    client = _client(hub)
    client.session = await closing.enter_async_context(aiohttp.ClientSession())
    sockets = Sockets("xapp-1")
    await sockets.listen(_our_app(store, client=client))
    closing.push_async_callback(sockets.hang_up)
    return hub.asking(await hub.opened.get())
