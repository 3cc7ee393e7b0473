"""The simulated Nexthink as a server on 127.0.0.1, with a face for tests and for the playground.

The login host and the API host have a port each, so that a client which mixes them up is found out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aiohttp import web

from bot.playground.nexthink.catalog import Catalog
from bot.playground.nexthink.directory import Device, User
from bot.playground.nexthink.exchange import Exchange, Handler
from bot.playground.nexthink.execution import Execution, State
from bot.playground.nexthink.executions import Order
from bot.playground.nexthink.fault import Endpoint, Faults
from bot.playground.nexthink.login import LoginHost
from bot.playground.nexthink.nql_api import NQLAPI
from bot.playground.nexthink.request_log import RequestLog
from bot.playground.nexthink.settings import Settings
from bot.playground.nexthink.tenant import Tenant, build_tenant
from bot.playground.nexthink.workflow import Workflow
from bot.playground.nexthink.workflows_api import WorkflowsAPI
from bot.playground.seed import SeedPerson

Found = TypeVar("Found")

HOST = "127.0.0.1"
MAX_BODY_BYTES = 8 * 1024 * 1024
"""Room for ten thousand users and devices; Nexthink publishes no limit in bytes."""
_SHUTDOWN_SECONDS = 1.0


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
        self._exchange = Exchange(tenant.tokens, self.faults, tenant.settings)
        self._runners: list[web.AppRunner] = []
        self._api_port = tenant.settings.api_port
        self._login_port = tenant.settings.login_port

    @property
    def api_url(self) -> str:
        """The base of the API host."""
        return f"http://{HOST}:{self._api_port}"

    @property
    def login_url(self) -> str:
        """The base of the login host."""
        return f"http://{HOST}:{self._login_port}"

    @property
    def client_id(self) -> str:
        """The one client that is known."""
        return self._tenant.settings.client_id

    @property
    def client_secret(self) -> str:
        """The secret of the client."""
        return self._tenant.settings.client_secret

    @property
    def counters(self) -> Counters:
        """How much was accepted so far."""
        executions = self._tenant.executions
        return Counters(
            requests=self.log.arrived,
            tokens=self._tenant.tokens.issued,
            starts=len({e.request_uuid for e in executions if e.trigger_method == "api"}),
            executions=len(executions),
            triggers=executions.triggers_accepted,
        )

    @property
    def executions(self) -> list[Execution]:
        """All executions in the order of their start."""
        return list(self._tenant.executions)

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
        """Let go of the requests that hang: their connections are cut."""
        self._exchange.release()

    async def go_online(self) -> None:
        """Listen, on the same ports as before if it has been online before."""
        if self._runners:
            return
        try:
            self._api_port = await self._serve(self._api_routes(), self._api_port)
            self._login_port = await self._serve(self._login_routes(), self._login_port)
        except OSError:
            await self.go_offline()
            raise

    async def go_offline(self) -> None:
        """Refuse connections and close those that are open; nothing is forgotten."""
        runners, self._runners = self._runners, []
        self.release()
        for runner in runners:
            await runner.cleanup()

    async def stop(self) -> None:
        """Stop for good."""
        await self.go_offline()

    async def _serve(self, routes: list[web.RouteDef], port: int) -> int:
        app = web.Application(middlewares=[self._logged], client_max_size=MAX_BODY_BYTES)
        app.add_routes(routes)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, HOST, port).start()
        bound: int = runner.addresses[0][1]
        return bound

    @web.middleware
    async def _logged(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        await self.log.add(request)
        return await handler(request)

    def _login_routes(self) -> list[web.RouteDef]:
        token = LoginHost(self._tenant.tokens).token
        return [web.post("/oauth2/default/v1/token", self._exchange.wrap(Endpoint.TOKEN, token))]

    def _api_routes(self) -> list[web.RouteDef]:
        workflows, nql, wrap = WorkflowsAPI(self._tenant), NQLAPI(self._tenant), self._exchange.wrap
        trigger = "/api/v1/workflows/workflows/{workflowUuid}/execution/{executionUuid}/trigger"
        return [
            web.get("/api/v1/workflows", wrap(Endpoint.LIST, workflows.list)),
            web.get("/api/v1/workflows/details", wrap(Endpoint.DETAILS, workflows.details)),
            web.post("/api/v1/workflows/execute", wrap(Endpoint.EXECUTE, workflows.execute_v1)),
            web.post("/api/v2/workflows/execute", wrap(Endpoint.EXECUTE, workflows.execute_v2)),
            web.post(trigger, wrap(Endpoint.TRIGGER, workflows.trigger)),
            web.post("/api/v2/nql/execute", wrap(Endpoint.NQL, nql.execute)),
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
