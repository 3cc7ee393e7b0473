"""Slack's requests over HTTP: fixdesk's way beside a bare route that checks the signature, and beside stock Bolt."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from bot.slack.dispatch import Dispatcher
from bot.slack.interaction import Interaction, Kind
from bot.slack.request_url import PATH, RequestUrl

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
AT_ONCE = (1, 32)
REQUESTS = {1: 150, 32: 1_500}
ANSWER: dict[str, Any] = {"options": []}
PAYLOAD = {"type": "block_suggestion", "action_id": "a", "value": "vpn", "user": {"id": "U1"}, "team": {"id": "T1"}}
BODY = urlencode({"payload": json.dumps(PAYLOAD)})
IDENTITY = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U0")


def now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)  # noqa: TID251 - a benchmark measures real time


async def measure(rounds: int) -> list[str]:
    """Return the rows: answers a second and the median of one, with 1 and with 32 at once."""
    async with AsyncExitStack() as closing:
        servers = {"bare route": await bare(), "stock Bolt": await stock(), "fixdesk": await ours()}
        ports = {name: await _serve(app, closing) for name, app in servers.items()}
        rows = []
        for at_once in AT_ONCE:
            seconds: dict[str, list[float]] = {name: [] for name in ports}
            for _ in range(rounds):
                for name, port in ports.items():
                    seconds[name].append(await _ask(port, at_once))
            rows += _rows(at_once, {name: statistics.median(each) for name, each in seconds.items()})
        return rows


def _rows(at_once: int, seconds: dict[str, float]) -> list[str]:
    rates = {name: REQUESTS[at_once] / each for name, each in seconds.items()}
    told = ", ".join(f"{name} {rate:,.0f}/s ({rate / rates['bare route']:.2f})" for name, rate in rates.items())
    return [f"{f'signed type-ahead, {at_once} at once':28}  {told}"]


async def bare() -> web.Application:
    """Return a route that checks the signature and answers."""
    verifier = SignatureVerifier(SECRET)

    async def answer(request: web.Request) -> web.Response:
        if not verifier.is_valid_request(await request.text(), dict(request.headers)):
            raise web.HTTPUnauthorized
        return web.json_response(ANSWER)

    return _at_path(answer)


async def stock() -> web.Application:
    """Return Bolt as it comes, with one listener."""

    async def authorize() -> AuthorizeResult:
        return IDENTITY

    app = AsyncApp(signing_secret=SECRET, authorize=authorize)

    @app.options("a")
    async def options(ack: Any) -> None:
        await ack(options=[])

    return app.server(port=0, host="127.0.0.1").web_app


async def ours() -> web.Application:
    """Return the bot's Request URL and dispatcher."""

    async def authorize() -> AuthorizeResult:
        return IDENTITY

    async def answer(_: Interaction) -> dict[str, Any]:
        return ANSWER

    app = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)
    app.use(Dispatcher({(Kind.OPTIONS, "a"): answer}, fallbacks={}))
    request_url = RequestUrl(SECRET, now)
    await request_url.listen(app)
    application = web.Application()
    application.router.add_routes(request_url.routes())
    return application


def _at_path(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.Application:
    application = web.Application()
    application.router.add_post(PATH, handler)
    return application


async def _serve(application: web.Application, closing: AsyncExitStack) -> int:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    closing.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


async def _ask(port: int, at_once: int) -> float:
    """Return the seconds that all requests take, so many at once."""
    timestamp = str(int(time.time()))
    signature = str(SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=BODY))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature,
    }
    url, left = f"http://127.0.0.1:{port}{PATH}", iter(range(REQUESTS[at_once]))
    async with aiohttp.ClientSession() as session:

        async def ask() -> None:
            for _ in left:
                async with session.post(url, data=BODY, headers=headers) as response:
                    if await response.json() != ANSWER:
                        raise RuntimeError("the answer is another one")

        started = time.perf_counter()
        await asyncio.gather(*(ask() for _ in range(at_once)))
        return time.perf_counter() - started
