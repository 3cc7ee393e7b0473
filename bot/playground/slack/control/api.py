"""Serves the control: `GET state`, and a POST for each thing that can be changed, answered with the new state."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web

from bot.playground.clock import Clock
from bot.playground.control import Acts, BadRequestError, ControlRoutes, Json, read_name, read_seconds, read_times
from bot.playground.slack.control.overview import methods, overview, socket_choices
from bot.playground.slack.control.request import read_address, read_fault, read_mishaps
from bot.playground.slack.control.trouble import MISHAPS
from bot.playground.slack.delivery.envelope import UndeliveredError
from bot.playground.slack.delivery.mishaps import DEFAULT_DELAY, Mishap
from bot.playground.slack.server import LocalSlack

LONGEST_JUMP = 366 * 86_400.0
"""Seconds."""


class SlackControl:
    """Makes a local Slack misbehave, and lets time pass; whoever serves the routes keeps strangers out."""

    def __init__(self, slack: LocalSlack, clock: Clock, *, may_jump: bool) -> None:
        self._slack = slack
        self._clock = clock
        self._may_jump = may_jump

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """List the routes below a path such as `/slack`."""
        acts: Acts = {
            "fault": (self._plan_fault, ("method", "fault", "times", "seconds", "error")),
            "forget": (self._forget, ("id",)),
            "delivery": (self._plan_mishap, ("name", "times", "seconds")),
            "again": (self._deliver_again, ()),
            "sockets": (self._trouble_sockets, ("name",)),
            "transport": (self._choose_transport, ("name", "request_url")),
            "ssl_check": (self._check_ssl, ()),
            "clock": (self._jump, ("seconds",)),
            "reset": (self._reset, ()),
        }
        return ControlRoutes(self._tell, acts).below(prefix)

    def _tell(self) -> Json:
        return overview(self._slack, self._clock, may_jump=self._may_jump)

    async def _plan_fault(self, asked: Json) -> None:
        method, fault, times = read_name(asked, "method", methods()), read_fault(asked), read_times(asked)
        self._slack.fail(method, fault, times=times)

    async def _forget(self, asked: Json) -> None:
        self._slack.faults.forget(read_name(asked, "id", [planned.id for planned in self._slack.faults.planned]))

    async def _plan_mishap(self, asked: Json) -> None:
        mishap, times = Mishap(read_name(asked, "name", MISHAPS)), read_mishaps(asked)
        if "seconds" in asked and mishap is not Mishap.LATE:
            raise BadRequestError(f"seconds go with {Mishap.LATE} alone, not with {mishap}")
        self._slack.deliveries.mishaps.plan(mishap, times=times, seconds=read_seconds(asked, DEFAULT_DELAY))

    async def _deliver_again(self, _asked: Json) -> None:
        try:
            await self._slack.deliveries.deliver_again()
        except LookupError as wrong:
            raise BadRequestError(f"{wrong}; the app gets those that its manifest subscribes to") from None

    async def _trouble_sockets(self, asked: Json) -> None:
        deliveries = self._slack.deliveries
        if deliveries.transport != deliveries.sockets.name:
            raise BadRequestError("Slack delivers over HTTP, without connections; choose the transport socket first")
        name = read_name(asked, "name", socket_choices(deliveries))
        if name != "link_enabled" and not deliveries.connections:
            raise BadRequestError("the app has no connection open; wait until it is connected")
        await self._socket_acts()[name]()

    def _socket_acts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        deliveries, sockets = self._slack.deliveries, self._slack.deliveries.sockets
        return {
            "drop": _soon(sockets.cut),
            # A refresh takes ten seconds, and nobody should wait for it.
            "refresh": _soon(lambda: deliveries.spawn(sockets.refresh())),
            "warning": sockets.warn,
            "silence": _soon(sockets.silence),
            "link_disabled": sockets.switch_off,
            "link_enabled": _soon(sockets.switch_on),
        }

    async def _choose_transport(self, asked: Json) -> None:
        deliveries = self._slack.deliveries
        name = read_name(asked, "name", (deliveries.sockets.name, deliveries.request_url.name))
        if name == deliveries.request_url.name:
            await self._use_http(read_address(asked, deliveries.request_url.url))
        elif asked.get("request_url"):
            raise BadRequestError("a request_url goes with http alone, not with socket; leave it out")
        else:
            deliveries.use_sockets()

    async def _use_http(self, url: str) -> None:
        delivery = await self._slack.deliveries.use_http(url)
        if not delivery.ok:
            raise BadRequestError(
                f"{url} does not answer Slack's challenge ({delivery.error}); start the app there,"
                " with this Slack's signing secret"
            )

    async def _check_ssl(self, _asked: Json) -> None:
        deliveries = self._slack.deliveries
        if deliveries.transport != deliveries.request_url.name:
            raise BadRequestError("Slack sends ssl_check over HTTP alone; choose the transport http first")
        try:
            await deliveries.request_url.check_ssl(deliveries.request_url.url)
        except UndeliveredError as failed:
            raise BadRequestError(f"the app does not answer ssl_check with 200 ({failed.error})") from None

    async def _jump(self, asked: Json) -> None:
        if not self._may_jump:
            raise BadRequestError(
                "the bot beside this playground has a clock of its own, which would not follow;"
                " start the playground without --no-bot"
            )
        if "seconds" not in asked:
            raise BadRequestError("seconds is missing; say how far to jump")
        self._clock.jump(timedelta(seconds=read_seconds(asked, 0, LONGEST_JUMP)))

    async def _reset(self, _asked: Json) -> None:
        self._slack.faults.clear()
        self._slack.deliveries.clear()


def _soon(act: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def awaited() -> None:
        act()

    return awaited
