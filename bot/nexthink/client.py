"""`NexthinkClient`: a method per call. What is sent stands in `wire`, what is read in `answer` and `nql`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import httpx

from bot.domain.errors import NexthinkError
from bot.domain.run import Device, ExecutionId, Sighting, Started, Target
from bot.domain.targets import NamedTarget
from bot.domain.workflow import Workflow, WorkflowId
from bot.nexthink import answer, nql, wire
from bot.nexthink.exchange import Exchange
from bot.nexthink.tenant import Queries, Tenant
from bot.nexthink.wire import Call, Dependency, TriggerMethod


class NexthinkClient:
    """Nexthink's API with one credential; fills the use cases' port. Every method raises `NexthinkError`."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        tenant: Tenant,
        queries: Queries,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._queries = queries
        self._exchange = Exchange(http, tenant, clock=clock, sleep=sleep)

    @property
    def trouble(self) -> NexthinkError | None:
        """What went wrong with the last call, if Nexthink is away or does not take the credential."""
        return self._exchange.trouble

    async def aclose(self) -> None:
        """End what is under way on its own; the HTTP client is closed by whoever built it."""
        await self._exchange.tokens.aclose()

    async def sign_in(self) -> None:
        """Make sure that the login host gives this credential a token."""
        await self._exchange.tokens.get()

    async def list_workflows(self) -> list[Workflow]:
        """Return the active workflows that the API may start, merged by id: all four lists, or a failure."""
        first, *others = (
            wire.list_call(dependency=dependency, trigger_method=TriggerMethod.API, only_active=True)
            for dependency in Dependency
        )
        # One alone finds out whether Nexthink answers; the others are worth asking only then.
        lists = [await self._exchange.ask(first)]
        for listed in await asyncio.gather(*map(self._exchange.ask, others), return_exceptions=True):
            if isinstance(listed, BaseException):
                raise listed
            lists.append(listed)
        return answer.read_catalog(dict(zip(Dependency, lists, strict=True)), first.doing)

    async def list_filtered(
        self,
        *,
        dependency: Dependency | None = None,
        trigger_method: TriggerMethod | None = None,
        only_active: bool = True,
    ) -> list[Workflow]:
        """Return what one call with these filters shows, as it is shown."""
        call = wire.list_call(dependency=dependency, trigger_method=trigger_method, only_active=only_active)
        listed = answer.read_list(await self._exchange.ask(call), call.doing)
        return [entry.to_workflow(dependency) for entry in listed]

    async def read_workflow(self, workflow_id: WorkflowId) -> Workflow:
        """Return one workflow with its active version; `NOT_FOUND` where there is none."""
        call = wire.details_call(workflow_id)
        return answer.read_details(await self._exchange.ask(call), workflow_id, call.doing)

    async def start(self, workflow_id: WorkflowId, target: Target, parameters: Mapping[str, str]) -> Started:
        """Start a run through V2. `surely_not_done` of a failure tells whether it may be sent again."""
        devices, users = wire.lists_of(target)
        return await self.execute_v2(workflow_id, devices=devices, users=users, params=parameters)

    async def start_many(
        self, workflow_id: WorkflowId, targets: Sequence[NamedTarget], parameters: Mapping[str, str]
    ) -> Started:
        """Start a run for up to `MAX_TARGETS` users and as many devices, through the version that can name them."""
        return await self._start(wire.execute_many_call(workflow_id, targets, parameters))

    async def execute_v1(
        self, workflow_id: WorkflowId, *, devices: Sequence[str], users: Sequence[str], params: Mapping[str, str]
    ) -> Started:
        """Start a run for Collector ids and SIDs, at most `MAX_TARGETS` of each."""
        return await self._start(wire.execute_v1_call(workflow_id, devices=devices, users=users, params=params))

    async def execute_v2(
        self,
        workflow_id: WorkflowId,
        *,
        devices: Sequence[NamedTarget],
        users: Sequence[NamedTarget],
        params: Mapping[str, str],
    ) -> Started:
        """Start a run for devices and users by any identifier, at most `MAX_TARGETS` of each."""
        return await self._start(wire.execute_v2_call(workflow_id, devices=devices, users=users, params=params))

    async def trigger(self, workflow_uuid: str, execution_id: ExecutionId, parameters: Mapping[str, str]) -> None:
        """Fire the wait-for-event trigger of one execution."""
        call = wire.trigger_call(workflow_uuid, execution_id, parameters)
        answer.check_triggered(await self._exchange.ask(call), call.doing)

    async def devices_of(self, upn: str) -> list[Device]:
        """Return a person's devices in no promised order."""
        rows = await self._rows(wire.devices_call(self._queries.devices, upn))
        return [device for row in rows if (device := nql.to_device(row)) is not None]

    async def executions_of(self, request_id: str) -> list[Sighting]:
        """Return what is recorded of one request; none yet is no failure."""
        rows = await self._rows(wire.status_call(self._queries.status, request_id))
        return [seen for row in rows if (seen := nql.to_sighting(row, request_id)) is not None]

    async def recent_executions(self) -> list[Sighting]:
        """Return what is recorded of every request of the last hour, at most 1,000 rows."""
        rows = await self._rows(wire.recent_call(self._queries.recent))
        return [seen for row in rows if (seen := nql.to_sighting(row)) is not None]

    async def query(
        self, query_id: str, parameters: Mapping[str, str], *, version: Literal[1, 2] = 2
    ) -> list[dict[str, Any]]:
        """Return the rows of any stored query under the names that the tenant gives them, through either version."""
        call = wire.query_call(query_id, parameters, f"asking {query_id}", for_person=True, version=version)
        return nql.read_entries(await self._exchange.ask(call), call.doing)

    async def _start(self, call: Call) -> Started:
        return answer.read_started(await self._exchange.ask(call), call.doing)

    async def _rows(self, call: Call) -> list[nql.Row]:
        return nql.read_rows(await self._exchange.ask(call), call.doing)
