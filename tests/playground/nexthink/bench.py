"""A simulation on a bench: a clock that tests move, and a client that speaks to it over HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from bot.playground.nexthink.server import SimulatedNexthink

TOKEN_PATH = "/oauth2/default/v1/token"
TOKEN_FORM = {"grant_type": "client_credentials", "scope": "service:integration"}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def move(self, **by: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**by)


@dataclass(slots=True)
class Bench:
    """The simulation, its clock, and a caller with a token."""

    sim: SimulatedNexthink
    clock: Clock
    http: httpx.AsyncClient
    token: str = ""

    async def login(self) -> None:
        """Fetch a token for the calls that follow."""
        auth = (self.sim.client_id, self.sim.client_secret)
        answer = await self.http.post(self.sim.login_url + TOKEN_PATH, auth=auth, data=TOKEN_FORM)
        self.token = answer.json()["access_token"]

    async def get(self, path: str, **params: str) -> httpx.Response:
        """Read from the API host."""
        return await self.http.get(self.sim.api_url + path, params=params or None, headers=self._headers({}))

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """Post JSON to the API host."""
        return await self.http.post(self.sim.api_url + path, json=body, headers=self._headers(headers))

    async def start(self, workflow_id: str, upn: str = "ada@example.com", **params: str) -> dict[str, Any]:
        """Start a workflow for a user, who must be accepted."""
        body = {"workflowId": workflow_id, "users": [{"upn": upn}], "devices": [], "params": params}
        answer: dict[str, Any] = (await self.post("/api/v2/workflows/execute", body)).raise_for_status().json()
        return answer

    async def trigger(self, workflow_id: str, execution: str, **parameters: str) -> httpx.Response:
        """Send an event to an execution."""
        workflow = self.sim.workflow(workflow_id).uuid
        path = f"/api/v1/workflows/workflows/{quote(workflow)}/execution/{quote(execution)}/trigger"
        return await self.post(path, {"parameters": parameters})

    async def nql(self, query_id: str, **parameters: str) -> httpx.Response:
        """Execute a saved query, with times in UTC."""
        body = {"queryId": query_id, "parameters": parameters}
        return await self.post("/api/v2/nql/execute", body, **{"x-utc-times": "true"})

    async def status(self, request_uuid: str) -> str | None:
        """Read what NQL says of a request with one execution, or None if it shows nothing."""
        rows = (await self.nql("#fixdesk_execution_status", request_id=request_uuid)).json()["data"]
        return rows[0]["status"] if rows else None

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}


NewBench = Callable[..., Awaitable[Bench]]
