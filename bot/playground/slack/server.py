"""The local Slack as one server on 127.0.0.1: start it, act as people, look at what happened, stop it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.playground.clock import Clock
from bot.playground.slack.delivery.deliveries import Deliveries
from bot.playground.slack.delivery.mishaps import Mishap
from bot.playground.slack.faults import Fault, Faults
from bot.playground.slack.file_server import FileServer
from bot.playground.slack.installation import Installation, Settings
from bot.playground.slack.manifest import read_manifest
from bot.playground.slack.person.client import Client
from bot.playground.slack.responses import ResponseUrls
from bot.playground.slack.ui import Ui, refuse_strangers
from bot.playground.slack.webapi import CallRecord, WebApi
from bot.playground.slack.workspace import Workspace

HOST = "127.0.0.1"
PAGE = (Path(__file__).parent / "page").resolve()
_SHUTDOWN_SECONDS = 0.5
_NO_CACHE = {"Cache-Control": "no-store"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MoreRoutes = Callable[["LocalSlack"], Iterable[web.RouteDef]]


class LocalSlack:
    """A running local Slack."""

    def __init__(self, install: Installation, more_routes: MoreRoutes = lambda _: ()) -> None:
        self.faults = Faults()
        self.deliveries = Deliveries(install)
        self._install = install
        self._responses = ResponseUrls(install)
        self._files = FileServer(install)
        self._api = WebApi(install, self.deliveries.sockets, self.faults)
        self._ui = Ui(install, self.deliveries, self.client_of)
        self._clients: dict[str, Client] = {}
        self._runner = web.AppRunner(
            self._application(more_routes(self)), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
        )

    @property
    def url(self) -> str:
        """Return the address of the page, without a slash at its end."""
        return self._install.url

    @property
    def api_url(self) -> str:
        """Return the base address of the Web API, for a client's `base_url`."""
        return f"{self._install.url}/api/"

    @property
    def workspace(self) -> Workspace:
        """Return the people, channels, messages and modals."""
        return self._install.workspace

    @property
    def bot_token(self) -> str:
        """Return the app's xoxb- token."""
        return self._install.settings.bot_token

    @property
    def app_token(self) -> str:
        """Return the app's xapp- token."""
        return self._install.settings.app_token

    @property
    def signing_secret(self) -> str:
        """Return the app's signing secret."""
        return self._install.settings.signing_secret

    @property
    def calls(self) -> list[CallRecord]:
        """Return the Web API calls so far, oldest first."""
        return list(self._api.calls)

    def calls_of(self, method: str) -> list[CallRecord]:
        """Return the calls of one method, oldest first."""
        return [call for call in self._api.calls if call.method == method]

    def client_of(self, who: str) -> Client:
        """Return the Slack client of a person, by name or id."""
        person = self.workspace.person(who)
        if person.id not in self._clients:
            self._clients[person.id] = Client(person.id, self._install, self.deliveries, self._responses)
        return self._clients[person.id]

    def fail(self, method: str, fault: Fault, *, times: int | None = 1) -> None:
        """Let the next calls of a method fail; None lasts until the faults are cleared."""
        self.faults.fail(method, fault, times=times)

    async def drop_sockets(self, reason: str | None = None) -> None:
        """Drop the app's connections: with a disconnect message of a reason, or without a word."""
        await self.deliveries.sockets.disconnect(reason)

    def duplicate_next(self, times: int = 1) -> None:
        """Deliver each of the next envelopes twice."""
        self.deliveries.mishaps.plan(Mishap.TWICE, times=times)

    async def connected(self, count: int = 1, timeout: float = 15.0) -> None:  # noqa: ASYNC109 - the wait is the point
        """Wait until the app has that many connections open."""
        await self.workspace.changes.until(
            lambda: self.deliveries.connections >= count or None,
            timeout,
            lambda: f"the app has {self.deliveries.connections} of {count} connections open",
        )

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._install.settings.port)
        await site.start()
        self._install.url = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        self.faults.clear()
        await self._ui.stop()
        await self.deliveries.stop()
        await self._runner.cleanup()

    def _application(self, more_routes: Iterable[web.RouteDef]) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/api/{method}", self._api.handle)
        application.router.add_get("/link", self.deliveries.sockets.accept)
        application.router.add_post("/response/{key}", self._responses.handle)
        application.router.add_post("/ui/files", _for_the_page(self._files.upload_as_person))
        application.router.add_post("/upload/{ticket}", self._files.upload_as_app)
        application.router.add_get("/files-pri/{key}/{name}", self._files.download)
        application.router.add_get("/ui", self._ui.watch)
        application.router.add_post("/ui/act", self._ui.act)
        application.router.add_get("/", _page)
        application.router.add_get("/page/{file:.+}", _page)
        for route in more_routes:
            application.router.add_route(route.method, route.path, _for_the_page(route.handler))
        return application


async def start_local_slack(
    manifest: Mapping[str, Any],
    workspace: Workspace,
    *,
    clock: Clock,
    settings: Settings | None = None,
    more_routes: MoreRoutes = lambda _: (),
) -> LocalSlack:
    """Start a local Slack with one installed app, described by its manifest.

    `more_routes` are served to the page alone, beside its own.
    """
    install = Installation(workspace, read_manifest(manifest), settings or Settings(), clock)
    slack = LocalSlack(install, more_routes)
    await slack.start()
    return slack


def _for_the_page(handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        refuse_strangers(request)
        return await handler(request)

    return guarded


async def _page(request: web.Request) -> web.StreamResponse:
    name = request.match_info.get("file", "index.html")
    path = (PAGE / name).resolve()
    # Only what stands below the folder is served, however the name is written.
    if not path.is_relative_to(PAGE) or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=_NO_CACHE)
