"""Health pages: live while the loop turns, ready while a press would arrive."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from bot.web.health import Health, HealthPages
from bot.web.server import WebServer

Get = Callable[[str], Awaitable[tuple[int, Any]]]


class Vitals:
    """A state that a test sets."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}

    async def check(self) -> Health:
        """Return it."""
        return Health(faults=self.faults, facts={"sockets": 2, "nexthink": {"trouble": "away"}})


@pytest.fixture
def vitals() -> Vitals:
    """The state that the pages show."""
    return Vitals()


@pytest.fixture
async def get(vitals: Vitals) -> AsyncIterator[Get]:
    """Fetches a page of a server that listens."""
    server = WebServer(HealthPages(vitals.check).routes())
    await server.start("127.0.0.1", 0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

        async def fetch(path: str) -> tuple[int, Any]:
            async with session.get(path) as answer:
                is_json = answer.content_type == "application/json"
                return answer.status, await answer.json() if is_json else None

        yield fetch
    await server.stop()


async def test_live_while_the_loop_turns(get: Get, vitals: Vitals) -> None:
    """Whatever else is amiss."""
    vitals.faults = {"database": "The disk is full."}

    assert await get("/health/live") == (200, {"status": "live"})


async def test_ready_without_a_fault(get: Get) -> None:
    """Nexthink being away is shown and decides nothing."""
    status, body = await get("/health/ready")

    assert status == 200
    assert body == {"status": "ready", "faults": {}, "sockets": 2, "nexthink": {"trouble": "away"}}


async def test_unready_with_a_fault(get: Get, vitals: Vitals) -> None:
    """The page says which part and why; mended, it is ready again."""
    vitals.faults = {"slack": "no socket to Slack is open"}
    status, body = await get("/health/ready")
    assert (status, body["status"], body["faults"]) == (503, "unready", vitals.faults)

    vitals.faults = {}
    assert (await get("/health/ready"))[0] == 200


@pytest.mark.parametrize("path", ["/", "/health", "/health/other", "/metrics", "/slack/events"])
async def test_unknown_page_is_not_found(get: Get, path: str) -> None:
    """What is not built answers 404."""
    assert (await get(path))[0] == 404
