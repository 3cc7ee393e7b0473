"""The simulated Nexthink as a server on 127.0.0.1, with a face for tests and for the playground.

The login host and the API host have a port each, so that a client which mixes them up is found out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web

from bot.playground.nexthink.catalog import Catalog
from bot.playground.nexthink.directory import Device, User
from bot.playground.nexthink.exchange import Exchange
from bot.playground.nexthink.execution import Execution, State
from bot.playground.nexthink.executions import Order
from bot.playground.nexthink.fault import Endpoint, Faults
from bot.playground.nexthink.host import Host
from bot.playground.nexthink.login import LoginHost
from bot.playground.nexthink.nql_api import NQLAPI
from bot.playground.nexthink.request_log import RequestLog
from bot.playground.nexthink.settings import Settings
from bot.playground.nexthink.tenant import Tenant, build_tenant
from bot.playground.nexthink.workflow import Workflow
from bot.playground.nexthink.workflows_api import WorkflowsAPI
from bot.playground.seed import SeedPerson

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Counters:
    """How much was accepted since the start."""

    requests: int
    """Requests that arrived, accepted or not."""
    tokens: int
    starts: int
    """Requests through the API that started something."""
    executions: int
    """One for each target; those that were started elsewhere count too."""
    triggers: int


class SimulatedNexthink:
    """A running simulation: its addresses, what it was asked, what it holds, and what goes wrong with it."""

    def __init__(self, tenant: Tenant, clock: Callable[[], datetime]) -> None:
        self._tenant = tenant
        self._clock = clock
        self.faults = Faults()
        self.log = RequestLog()
        self._exchange = Exchange(tenant.tokens, self.faults, tenant.switches)
        self._api = Host(self._api_routes(), self.log, tenant.switches.now.api_port)
        self._login = Host(self._login_routes(), self.log, tenant.switches.now.login_port)

    @property
    def api_url(self) -> str:
        """The base of the API host."""
        return self._api.url

    @property
    def login_url(self) -> str:
        """The base of the login host."""
        return self._login.url

    @property
    def is_online(self) -> bool:
        """Whether it can be reached."""
        return self._api.is_open

    @property
    def settings(self) -> Settings:
        """How it behaves now."""
        return self._tenant.switches.now

    @property
    def client_id(self) -> str:
        """The one client that is known."""
        return self.settings.client_id

    @property
    def client_secret(self) -> str:
        """The secret of the client."""
        return self.settings.client_secret

    @property
    def counters(self) -> Counters:
        """How much was accepted so far."""
        executions = self._tenant.executions
        return Counters(
            requests=self.log.arrived,
            tokens=self._tenant.tokens.issued,
            starts=executions.starts_accepted,
            executions=len(executions),
            triggers=executions.triggers_accepted,
        )

    @property
    def executions(self) -> list[Execution]:
        """All executions in the order of their start."""
        return list(self._tenant.executions)

    @property
    def devices(self) -> list[Device]:
        """All devices that are known, the one seen last first."""
        return list(self._tenant.directory.devices)

    @property
    def offline_devices(self) -> list[str]:
        """The names of the devices that are offline now."""
        return [device.name for device in self._tenant.presence.offline]

    def workflow(self, workflow_id: str) -> Workflow:
        """Find a workflow by its NQL id; an unknown one raises KeyError."""
        return _known(workflow_id, self._tenant.catalog.find(workflow_id))

    def execution(self, uuid: str) -> Execution:
        """Find an execution by its id; an unknown one raises KeyError."""
        return _known(uuid, self._tenant.executions.find(uuid))

    def state(self, uuid: str) -> State:
        """Tell where an execution stands now, whatever NQL shows."""
        return self.execution(uuid).state_at(self._clock())

    def user(self, upn: str) -> User:
        """Find a user by UPN; an unknown one raises KeyError."""
        return _known(upn, self._tenant.directory.user({"upn": upn}))

    def device(self, name: str) -> Device:
        """Find a device by name; an unknown one raises KeyError."""
        return _known(name, self._tenant.directory.device({"name": name}))

    def change(self, **switches: Any) -> None:
        """Replace some of the settings from now on; a name that is none of `SWITCHES` raises TypeError."""
        self._tenant.switches.change(**switches)

    def take_offline(self, device_name: str) -> None:
        """Take a device offline: its executions rest until it comes back; an unknown name raises KeyError."""
        self._tenant.presence.take_offline(self.device(device_name))

    def bring_online(self, device_name: str) -> None:
        """Bring a device back, and its executions go on; an unknown name raises KeyError."""
        self._tenant.presence.bring_online(self.device(device_name))

    def put_workflow(self, workflow: Workflow) -> None:
        """Add a workflow, or replace the one with its id, as an administrator would."""
        self._tenant.catalog.put(workflow)

    def start_elsewhere(self, workflow_id: str, upn: str, params: Mapping[str, str] | None = None) -> Execution:
        """Start a workflow from the console, past the API."""
        order = Order(self.workflow(workflow_id), [self.user(upn)], [], params or {}, trigger_method="manual")
        return self._tenant.executions.start(order)[0]

    def cancel(self, uuid: str) -> None:
        """Cancel an execution in the console."""
        self._tenant.executions.cancel(uuid)

    def revoke_tokens(self) -> None:
        """Make every token unknown, so that the next call answers 401."""
        self._tenant.tokens.revoke_all()

    def release(self) -> None:
        """Let go of the requests that wait: those that hang are cut, those that are slow are answered."""
        self._exchange.release()

    async def go_online(self) -> None:
        """Listen, on the same ports as before if it has been online before."""
        try:
            await self._api.open()
            await self._login.open()
        except OSError:
            await self.go_offline()
            raise

    async def go_offline(self) -> None:
        """Refuse connections and close those that are open; nothing is forgotten."""
        self.release()
        await self._api.close()
        await self._login.close()

    async def stop(self) -> None:
        """Stop for good."""
        await self.go_offline()

    def _login_routes(self) -> list[web.RouteDef]:
        token = LoginHost(self._tenant.tokens).token
        return [web.post("/oauth2/default/v1/token", self._exchange.wrap(Endpoint.TOKEN, token))]

    def _api_routes(self) -> list[web.RouteDef]:
        workflows, nql, wrap = WorkflowsAPI(self._tenant), NQLAPI(self._tenant.nql), self._exchange.wrap
        trigger = "/api/v1/workflows/workflows/{workflowUuid}/execution/{executionUuid}/trigger"
        return [
            web.get("/api/v1/workflows", wrap(Endpoint.LIST, workflows.list)),
            web.get("/api/v1/workflows/details", wrap(Endpoint.DETAILS, workflows.details)),
            web.post("/api/v1/workflows/execute", wrap(Endpoint.EXECUTE, workflows.execute_v1)),
            web.post("/api/v2/workflows/execute", wrap(Endpoint.EXECUTE, workflows.execute_v2)),
            web.post(trigger, wrap(Endpoint.TRIGGER, workflows.trigger)),
            web.post("/api/v1/nql/execute", wrap(Endpoint.NQL, nql.execute_v1)),
            web.post("/api/v2/nql/execute", wrap(Endpoint.NQL, nql.execute_v2)),
        ]


async def start_simulated_nexthink(
    people: Iterable[SeedPerson],
    catalog: Catalog,
    *,
    clock: Callable[[], datetime],
    settings: Settings | None = None,
) -> SimulatedNexthink:
    """Start a simulation that knows these people and workflows."""
    simulation = SimulatedNexthink(build_tenant(people, catalog, clock, settings or Settings()), clock)
    await simulation.go_online()
    return simulation


def _known(name: str, found: Found | None) -> Found:
    if found is None:
        raise KeyError(name)
    return found
