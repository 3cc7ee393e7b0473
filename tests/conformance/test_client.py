"""The real client keeps to the contract in everything it sends."""

import inspect

from bot.domain.run import Device, ExecutionId, Send, Target
from bot.domain.targets import Identifier
from bot.domain.workflow import WorkflowId
from bot.nexthink.client import NexthinkClient
from bot.nexthink.wire import Dependency, TriggerMethod
from bot.playground.nexthink.nql import EXECUTION_STATUS
from bot.playground.nexthink.server import SimulatedNexthink
from tests.conformance.contract import operations, published
from tests.conformance.requests_check import faults_of, operation_of
from tests.playground.nexthink.bench import Clock

TEAMS, MIGRATION = WorkflowId("#clear_teams_cache"), WorkflowId("#windows_11_migration")
CALLED = {
    "sign_in",
    "list_workflows",
    "list_filtered",
    "read_workflow",
    "start",
    "start_many",
    "execute_v1",
    "execute_v2",
    "trigger",
    "devices_of",
    "executions_of",
    "recent_executions",
    "query",
    "aclose",
}


async def read_catalog(client: NexthinkClient) -> None:
    """Sign in, and call what reads workflows with all filters and with none."""
    await client.sign_in()
    await client.list_workflows()
    await client.list_filtered()
    for method in TriggerMethod:
        await client.list_filtered(dependency=Dependency.USER, trigger_method=method, only_active=False)
    await client.read_workflow(TEAMS)


async def start_all_ways(client: NexthinkClient, device: Device, sid: str) -> None:
    """Start a workflow by all the targets and both versions."""
    for send in Send:
        await client.start(TEAMS, Target(upn="ada@example.com", device=device, send=send), {})
    user, entry = {Identifier.SID: sid}, {Identifier.COLLECTOR: device.collector_uid}
    await client.execute_v1(TEAMS, devices=[device.collector_uid], users=[sid], params={})
    await client.execute_v2(TEAMS, devices=[{Identifier.DEVICE: device.name, **entry}], users=[user], params={})
    await client.start_many(TEAMS, [user, entry], {})
    await client.start_many(TEAMS, [{Identifier.UPN: "ada@example.com"}, {Identifier.DEVICE: device.name}], {})


async def ask_nql(client: NexthinkClient, request_id: str) -> None:
    """Call every query, and one of them through both versions."""
    await client.executions_of(request_id)
    await client.recent_executions()
    await client.query(EXECUTION_STATUS, {"request_id": request_id}, version=1)
    await client.query(EXECUTION_STATUS, {"request_id": request_id}, version=2)


async def test_all_that_the_client_sends_keeps_to_the_contract(
    client: NexthinkClient, nexthink: SimulatedNexthink, clock: Clock
) -> None:
    """Every public method, over a real socket, and with them every operation."""
    await read_catalog(client)
    device, _ = await client.devices_of("ada@example.com")
    await start_all_ways(client, device, nexthink.user("ada@example.com").sid)
    target = Target(upn="ada@example.com", device=device, send=Send.BOTH)
    started = await client.start(MIGRATION, target, {"upgrade_window": "tonight", "correlation_id": "an id; ünïcode"})
    clock.move(seconds=4)
    workflow = await client.read_workflow(MIGRATION)
    decision = {"decision": "approved", "by": "grace@example.com", "note": ""}
    await client.trigger(workflow.uuid, ExecutionId(started.execution_ids[0]), decision)
    await ask_nql(client, started.request_id)

    assert faults_of(nexthink.log) == []
    called = {operation.id for entry in nexthink.log if (operation := operation_of(entry)) is not None}
    assert called == {operation.id for operation in operations(published())}
    assert client.trouble is None


def test_no_method_of_the_client_is_left_out() -> None:
    """A method that is added is added here as well."""
    methods = {name for name, _ in inspect.getmembers(NexthinkClient, inspect.isfunction) if not name.startswith("_")}

    assert methods == CALLED
