"""Calls to Nexthink a second, against a server that takes 50 ms: the client beside bare aiohttp."""

import asyncio
import contextlib
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
from aiohttp import web

from bot.clock import utc_now
from bot.domain.run import Send, Target
from bot.domain.workflow import WorkflowId
from bot.nexthink.client import NexthinkClient
from bot.nexthink.tenant import Queries, Tenant
from bot.nexthink.transport import connect

IN_FLIGHT = (1, 16, 100, 500)
SECONDS = 0.05
"""What the server takes for an answer."""
SHARE_OF_A_SECOND = 1.5
"""How long each measurement goes on."""
ANSWER = {"requestUuid": "r-1", "executionsUuids": ["e-1"]}
EXECUTE = "/api/v2/workflows/execute"
BODY = {"workflowId": "#restart", "devices": [], "users": [{"upn": "ada@example.com"}], "params": {}}

Call = Callable[[], Awaitable[object]]


async def measure(rounds: int) -> list[str]:
    """Return a line for each number of calls in flight."""
    async with _server() as url, _client(url) as client, _bare(url) as bare:
        target = Target(upn="ada@example.com", send=Send.USER)

        async def start() -> object:
            return await client.start(WorkflowId("#restart"), target, {})

        await start()
        lines = []
        for in_flight in IN_FLIGHT:
            ours, theirs = [], []
            for _ in range(rounds):
                ours.append(await _calls_a_second(start, in_flight))
                theirs.append(await _calls_a_second(bare, in_flight))
            lines.append(_line(in_flight, statistics.median(ours), statistics.median(theirs)))
        return lines


def _line(in_flight: int, ours: float, theirs: float) -> str:
    named = f"calls a second, {in_flight} in flight"
    return f"{named:34}{ours:7.0f}      bare aiohttp {theirs:7.0f}      ratio {ours / theirs:.2f}"


async def _calls_a_second(call: Call, in_flight: int) -> float:
    """Keep so many calls in flight for a while; return how many were answered a second."""
    answered, began = 0, time.perf_counter()
    end = began + SHARE_OF_A_SECOND

    async def keep_calling() -> None:
        nonlocal answered
        while time.perf_counter() < end:
            await call()
            answered += 1

    await asyncio.gather(*(keep_calling() for _ in range(in_flight)))
    return answered / (time.perf_counter() - began)


@contextlib.asynccontextmanager
async def _client(url: str) -> AsyncIterator[NexthinkClient]:
    """Give the real client."""
    tenant = Tenant(api_url=url, login_url=url, client_id="bench", client_secret=os.urandom(8).hex())
    async with connect(tenant) as http:
        client = NexthinkClient(http, tenant, Queries(), clock=utc_now)
        yield client
        await client.aclose()


@contextlib.asynccontextmanager
async def _bare(url: str) -> AsyncIterator[Call]:
    """Give the same call by aiohttp alone, without a limit of its own."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post() -> object:
            async with session.post(url + EXECUTE, json=BODY) as response:
                return await response.json()

        yield post


@contextlib.asynccontextmanager
async def _server() -> AsyncIterator[str]:
    """Run the server as a process of its own, so that it takes no time from those who are measured."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


async def _serve() -> None:
    """Answer each request after a while, tokens at once."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == EXECUTE:
            await asyncio.sleep(SECONDS)
            return web.json_response(ANSWER)
        return web.json_response({"access_token": "token", "token_type": "Bearer", "expires_in": 900})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
