"""The two stand-ins with an ear on each request: what came, what was answered, and whom it kills."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.playground.clock import Clock
from bot.playground.nexthink.catalog import load_catalog
from bot.playground.nexthink.server import SimulatedNexthink
from bot.playground.nexthink.settings import Settings as NexthinkSettings
from bot.playground.nexthink.tenant import build_tenant
from bot.playground.seed import EXAMPLE_CORP
from bot.playground.slack.delivery.envelope import Envelope, Json, Transport
from bot.playground.slack.installation import Installation
from bot.playground.slack.installation import Settings as SlackSettings
from bot.playground.slack.manifest import read_manifest
from bot.playground.slack.server import LocalSlack
from bot.playground.stand import Stand, read_app_manifest, workspace_of
from tests.chaos.kills import ANY, Counted, Moment

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DELIVERY = "slack:delivery"
"""What comes from Slack; answered is acked."""
READ_WITHIN = 0.002
"""Seconds in which an answer may be read before the kill."""
_NAMES = {"/execute": "execute", "/trigger": "trigger", "/token": "token", "/details": "details"}


@dataclasses.dataclass(slots=True)
class Exchange:
    """One request, and what became of it."""

    place: str
    path: str
    status: int | None = None
    """None: nobody was answered."""
    is_lost: bool = False
    """It came, and nothing was done for it."""


class Wire:
    """Sees every request; `kill` ends the bot, `before` is told of each."""

    def __init__(self, kill: Callable[[int], None]) -> None:
        self.counted = Counted()
        self.log: list[Exchange] = []
        self.open = 0
        """Requests that are being answered."""
        self.before: Callable[[str, int], None] = lambda _place, _number: None
        """Told of each request before it is looked at: where it came, and the how manieth there."""
        self.kill = kill

    def to(self, place: str) -> list[Exchange]:
        """List the requests that came to a place."""
        return [exchange for exchange in self.log if exchange.place == place]

    def tapped(self, handler: Handler, name: Callable[[web.Request], str]) -> Handler:
        """Put an ear on a handler."""

        async def serve(request: web.Request) -> web.StreamResponse:
            exchange = Exchange(name(request), request.path)
            self.log.append(exchange)
            self.open += 1
            try:
                return await self._serve(exchange, request, handler)
            finally:
                self.open -= 1

        return serve

    async def _serve(self, exchange: Exchange, request: web.Request, handler: Handler) -> web.StreamResponse:
        due = self.counted.next(exchange.place)
        moment = due.moment if due else None
        if due is not None and moment is not Moment.ANSWERED:
            self.kill(due.victim)
        if moment is Moment.LOST:
            exchange.is_lost = True
            return web.Response(status=503)
        self.before(exchange.place, self.counted.seen[exchange.place])
        self.before(ANY, self.counted.seen.total())
        response = await handler(request)
        if moment is not Moment.ARRIVED and not _is_cut(request):
            exchange.status = response.status
        if due is not None and moment is Moment.ANSWERED:
            with contextlib.suppress(ConnectionError):
                await response.prepare(request)
                await response.write_eof()
            await asyncio.sleep(READ_WITHIN)
            self.kill(due.victim)
        return response


def _is_cut(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _nexthink_place(request: web.Request) -> str:
    named = (name for end, name in _NAMES.items() if request.path.endswith(end))
    return f"nexthink:{'nql' if '/nql/' in request.path else next(named, 'list')}"


def _slack_place(request: web.Request) -> str:
    return f"slack:{request.path.rpartition('/')[2] if request.path.startswith('/api/') else 'response'}"


@contextlib.asynccontextmanager
async def running_stand(clock: Clock, wire: Wire, slack_settings: SlackSettings) -> AsyncIterator[Stand]:
    """Run both servers, each request of the bot on the wire."""
    seed = EXAMPLE_CORP
    nexthink = SimulatedNexthink(build_tenant(seed.people, load_catalog(), clock, NexthinkSettings()), clock)
    for host in (nexthink._api, nexthink._login):
        host._routes = tuple(_tapped_route(route, wire) for route in host._routes)
    install = Installation(workspace_of(seed), read_manifest(read_app_manifest()), slack_settings, clock)
    slack = LocalSlack(install)
    _tap(slack, wire)
    for transport in (slack.deliveries.sockets, slack.deliveries.request_url):
        _tap_deliveries(transport, wire)
    await nexthink.go_online()
    await slack.start()
    try:
        yield Stand(slack=slack, nexthink=nexthink, seed=seed)
    finally:
        await slack.stop()
        await nexthink.stop()


def _tapped_route(route: web.RouteDef, wire: Wire) -> web.RouteDef:
    handler: Any = route.handler
    return web.RouteDef(route.method, route.path, wire.tapped(handler, _nexthink_place), route.kwargs)


def _tap(slack: LocalSlack, wire: Wire) -> None:
    @web.middleware
    async def tap(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(("/api/", "/response/")):
            return await wire.tapped(handler, _slack_place)(request)
        return await handler(request)

    slack._runner.app.middlewares.append(tap)


def _tap_deliveries(transport: Transport, wire: Wire) -> None:
    """Let a kill come when something is delivered to the bot, or when it has just acked it."""
    send = transport.send

    async def tapped(envelope: Envelope) -> Json:
        due = wire.counted.next(DELIVERY)
        if due is not None and due.moment is not Moment.ANSWERED:
            wire.kill(due.victim)
        payload = await send(envelope)
        if due is not None:
            wire.kill(due.victim)
        return payload

    setattr(transport, send.__name__, tapped)
