"""Serves the control: `GET state`, and a POST for each thing that can be changed, answered with the new state."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.playground.nexthink.control.overview import overview
from bot.playground.nexthink.control.request import (
    BadRequestError,
    Json,
    read_choice,
    read_endpoints,
    read_fault,
    read_flag,
    read_members,
    read_name,
    read_times,
)
from bot.playground.nexthink.control.trouble import NORMAL, PRESETS, Preset
from bot.playground.nexthink.server import SimulatedNexthink

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Act = Callable[[Json], Awaitable[None]]


class Control:
    """Changes a simulated Nexthink while it runs; whoever serves the routes keeps strangers out."""

    def __init__(self, nexthink: SimulatedNexthink) -> None:
        self._nexthink = nexthink
        # Going away and coming back take a moment; two of them at once would leave it half open.
        self._turn = asyncio.Lock()

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """List the routes below a path such as `/nexthink`."""
        acts: dict[str, tuple[Act, tuple[str, ...]]] = {
            "preset": (self._choose_preset, ("name",)),
            "fault": (self._plan_fault, ("endpoint", "fault", "times", "seconds")),
            "clear": (self._clear, ("endpoint",)),
            "switch": (self._turn_switch, ("name", "value")),
            "device": (self._move_device, ("name", "is_online")),
            "go_offline": (self._go_offline, ()),
            "go_online": (self._go_online, ()),
            "revoke_tokens": (self._revoke_tokens, ()),
        }
        posts = [web.post(f"{prefix}/{name}", self._served(*act)) for name, act in acts.items()]
        return [web.get(f"{prefix}/state", self._tell), *posts]

    def _served(self, act: Act, members: tuple[str, ...]) -> Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                asked = await read_members(request, members)
                async with self._turn:
                    await act(asked)
            except BadRequestError as wrong:
                return web.json_response({"ok": False, "error": "bad_request", "message": str(wrong)}, status=400)
            except OSError as wrong:
                return web.json_response({"ok": False, "error": "unavailable", "message": str(wrong)}, status=503)
            return await self._tell(request)

        return serve

    async def _tell(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, **overview(self._nexthink)}, headers={"Cache-Control": "no-store"})

    async def _choose_preset(self, asked: Json) -> None:
        name = read_name(asked, "name", PRESETS)
        await self._bring_about(PRESETS[name])
        if name == NORMAL:
            for device in self._nexthink.offline_devices:
                self._nexthink.bring_online(device)

    async def _bring_about(self, preset: Preset) -> None:
        self._nexthink.faults.clear()
        self._nexthink.release()
        for endpoint, fault in preset.faults.items():
            self._nexthink.faults.add(endpoint, fault, times=None)
        await (self._nexthink.go_online() if preset.is_online else self._nexthink.go_offline())

    async def _plan_fault(self, asked: Json) -> None:
        endpoints, fault, times = read_endpoints(asked), read_fault(asked), read_times(asked)
        for endpoint in endpoints:
            self._nexthink.faults.add(endpoint, fault, times)

    async def _clear(self, asked: Json) -> None:
        endpoints = read_endpoints({"endpoint": "all", **asked})
        for endpoint in endpoints:
            self._nexthink.faults.clear(endpoint)
        self._nexthink.release()

    async def _turn_switch(self, asked: Json) -> None:
        name, choice = read_choice(asked)
        self._nexthink.change(**{name: choice.setting})

    async def _move_device(self, asked: Json) -> None:
        name = read_name(asked, "name", [device.name for device in self._nexthink.devices])
        is_online = read_flag(asked, "is_online")
        (self._nexthink.bring_online if is_online else self._nexthink.take_offline)(name)

    async def _go_offline(self, _asked: Json) -> None:
        await self._nexthink.go_offline()

    async def _go_online(self, _asked: Json) -> None:
        await self._nexthink.go_online()

    async def _revoke_tokens(self, _asked: Json) -> None:
        self._nexthink.revoke_tokens()
