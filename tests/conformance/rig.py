"""A running simulation for tests that are not asynchronous, as those of Hypothesis are."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
from schemathesis import Case

from bot.playground.nexthink.catalog import load_catalog
from bot.playground.nexthink.server import SimulatedNexthink, start_simulated_nexthink
from bot.playground.nexthink.workflow import Script, Wait
from bot.playground.seed import EXAMPLE_CORP
from tests.conformance.contract import Operation
from tests.playground.nexthink.bench import Bench, Clock

WAITING_WORKFLOW = "#windows_11_migration"
WORKFLOWS = {"enum": ["#clear_teams_cache", "#unlock_account", WAITING_WORKFLOW]}
_NOBODY = "00000000-0000-4000-8000-000000000000"


class Rig:
    """The simulation with its default switches, and a caller with a token; each call runs the loop until it is done."""

    def __init__(self, runner: asyncio.Runner, bench: Bench) -> None:
        self._runner = runner
        self._bench = bench

    @property
    def sim(self) -> SimulatedNexthink:
        """The simulation."""
        return self._bench.sim

    def call(self, operation: Operation, case: Case[Any]) -> httpx.Response:
        """Send a generated case to the operation's own host."""
        request = case.as_transport_kwargs(base_url=self._host(operation))
        if isinstance(request.get("data"), bytes):
            request["content"] = request.pop("data")
        del request["cookies"]  # The contract has none, and httpx takes them with the client alone.
        return self._runner.run(self._bench.http.request(**request))

    def send(self, operation: Operation, method: str) -> httpx.Response:
        """Send a request without body and credential to the operation's path, filled in with an id that nothing has."""
        path = operation.path.format(workflowUuid=_NOBODY, executionUuid=_NOBODY)
        return self._runner.run(self._bench.http.request(method, self._host(operation) + path))

    def waiting_run(self) -> dict[str, str]:
        """Start a run that waits at once, and name it as the path of the trigger does."""
        execution = self.sim.start_elsewhere(WAITING_WORKFLOW, "ada@example.com")
        return {"workflowUuid": execution.workflow.uuid, "executionUuid": execution.uuid}

    def credential(self, operation: Operation) -> dict[str, str]:
        """Write the header that the operation wants."""
        if not operation.is_login:
            return {"Authorization": f"Bearer {self._bench.token}"}
        request = httpx.Request("POST", self.sim.login_url)
        auth = httpx.BasicAuth(self.sim.client_id, self.sim.client_secret)
        return {"Authorization": next(auth.auth_flow(request)).headers["Authorization"]}

    def _host(self, operation: Operation) -> str:
        return self.sim.login_url if operation.is_login else self.sim.api_url


@contextlib.contextmanager
def running_rig() -> Iterator[Rig]:
    """Run a simulation on a loop that turns only while something is called."""
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        try:
            yield Rig(runner, runner.run(_start(stack)))
        finally:
            runner.run(stack.aclose())


async def _start(stack: contextlib.AsyncExitStack) -> Bench:
    clock = Clock()
    sim = await start_simulated_nexthink(EXAMPLE_CORP.people, load_catalog(), clock=clock)
    stack.push_async_callback(sim.stop)
    workflow = sim.workflow(WAITING_WORKFLOW)
    sim.put_workflow(replace(workflow, script=Script(steps=(), wait=Wait(after=0))))
    bench = Bench(sim, clock, await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=5)))
    await bench.login()
    return bench


def with_known_workflows(document: dict[str, Any]) -> dict[str, Any]:
    """Narrow a document's requests to workflows and queries that exist, so that nothing else is wrong with them."""
    schemas = document["components"]["schemas"]
    for name in ("ExecutionRequestV1", "ExecutionRequestV2"):
        schemas[name]["properties"]["workflowId"] = WORKFLOWS
    schemas["WorkflowParams"] = {"type": "object", "maxProperties": 0}
    schemas["NqlExecuteRequest"] = {"anyOf": _queries()}
    return document


def with_known_names(document: dict[str, Any], sim: SimulatedNexthink) -> dict[str, Any]:
    """Narrow a document's requests to all that a simulation knows, so that every valid case succeeds."""
    schemas = with_known_workflows(document)["components"]["schemas"]
    users = [sim.user(upn) for upn in ("ada@example.com", "grace@example.com")]
    collectors = {"enum": [device.collector_uid for device in sim.devices]}
    document["paths"]["/api/v1/workflows/details"]["get"]["parameters"][0]["schema"] = WORKFLOWS
    schemas["Sid"] = {"enum": [user.sid for user in users]}
    schemas["ExecutionRequestV1"]["properties"]["devices"]["items"] = collectors
    schemas["UserData"] |= {"maxProperties": 1, "properties": {"upn": {"enum": [user.upn for user in users]}}}
    schemas["DeviceData"] |= {"maxProperties": 1, "properties": {"collectorUid": collectors}}
    return document


def _queries() -> list[dict[str, Any]]:
    """Write the schemas of calls of the saved queries, each with its own parameters."""
    parameters = {
        "#fixdesk_user_devices": {"upn": {"type": "string"}},
        "#fixdesk_execution_status": {"request_id": {"type": "string"}},
        "#fixdesk_recent_executions": {},
    }
    return [
        {
            "type": "object",
            "required": ["queryId", "parameters"],
            "additionalProperties": False,
            "properties": {
                "queryId": {"const": query_id},
                "parameters": {
                    "type": "object",
                    "required": list(names),
                    "additionalProperties": False,
                    "properties": names,
                },
            },
        }
        for query_id, names in parameters.items()
    ]
