"""Serves the control: `GET state`, and a POST for each thing that can be changed, answered with the new state."""

from aiohttp import web

from bot.playground.control import Acts, ControlRoutes, Json, read_flag, read_name, read_times
from bot.playground.nexthink.control.overview import overview
from bot.playground.nexthink.control.request import read_choice, read_endpoints, read_fault
from bot.playground.nexthink.control.trouble import NORMAL, PRESETS, Preset
from bot.playground.nexthink.server import SimulatedNexthink


class Control:
    """Changes a simulated Nexthink while it runs; whoever serves the routes keeps strangers out."""

    def __init__(self, nexthink: SimulatedNexthink) -> None:
        self._nexthink = nexthink

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """List the routes below a path such as `/nexthink`."""
        acts: Acts = {
            "preset": (self._choose_preset, ("name",)),
            "fault": (self._plan_fault, ("endpoint", "fault", "times", "seconds")),
            "clear": (self._clear, ("endpoint",)),
            "switch": (self._turn_switch, ("name", "value")),
            "device": (self._move_device, ("name", "is_online")),
            "go_offline": (self._go_offline, ()),
            "go_online": (self._go_online, ()),
            "revoke_tokens": (self._revoke_tokens, ()),
        }
        return ControlRoutes(lambda: overview(self._nexthink), acts).below(prefix)

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
