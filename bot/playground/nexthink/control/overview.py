"""How a simulated Nexthink is, as one JSON object."""

from dataclasses import asdict
from typing import Any

from bot.playground.nexthink.control.switches import SWITCHES, usual_value
from bot.playground.nexthink.control.trouble import ENDPOINTS, PRESETS, TROUBLES, Preset, label_of, name_of
from bot.playground.nexthink.execution import Execution
from bot.playground.nexthink.fault import Endpoint, Planned
from bot.playground.nexthink.server import SimulatedNexthink

LATEST_EXECUTIONS = 5

Json = dict[str, Any]


def overview(nexthink: SimulatedNexthink) -> Json:
    """Tell everything that the panel shows and that a script may want to know."""
    newest_first = reversed(nexthink.executions[-LATEST_EXECUTIONS:])
    return {
        "condition": _condition(nexthink),
        "is_online": nexthink.is_online,
        "presets": [_preset(name, preset, nexthink) for name, preset in PRESETS.items()],
        "endpoints": [_endpoint(endpoint, nexthink) for endpoint in ENDPOINTS],
        "faults": [
            {"name": name, "label": trouble.label, "takes_seconds": trouble.takes_seconds}
            for name, trouble in TROUBLES.items()
        ],
        "switches": [_switch(name, nexthink) for name in SWITCHES],
        "devices": _devices(nexthink),
        "counters": asdict(nexthink.counters),
        "executions": [_execution(execution, nexthink) for execution in newest_first],
    }


def _condition(nexthink: SimulatedNexthink) -> Json:
    """Say in two or three words what is wrong, if anything is."""
    if not nexthink.is_online:
        return {"level": "gone", "words": "gone"}
    active = next((preset.label for preset in PRESETS.values() if preset.faults and _is_on(preset, nexthink)), None)
    words = [active.lower()] if active else _troubles(nexthink)
    words += _absent(nexthink)
    return {"level": "trouble" if words else "normal", "words": ", ".join(words) or "normal"}


def _troubles(nexthink: SimulatedNexthink) -> list[str]:
    faulty = [ENDPOINTS[endpoint] for endpoint in ENDPOINTS if nexthink.faults.planned(endpoint)]
    if len(faulty) > 1:
        return [f"trouble at {len(faulty)} endpoints"]
    return [f"trouble at “{faulty[0]}”"] if faulty else []


def _absent(nexthink: SimulatedNexthink) -> list[str]:
    count = len(nexthink.offline_devices)
    return [f"{count} device{'s' if count > 1 else ''} offline"] if count else []


def _preset(name: str, preset: Preset, nexthink: SimulatedNexthink) -> Json:
    return {"name": name, "label": preset.label, "hint": preset.hint, "is_active": _is_on(preset, nexthink)}


def _is_on(preset: Preset, nexthink: SimulatedNexthink) -> bool:
    """Tell whether everything is as a preset makes it."""
    if nexthink.is_online != preset.is_online:
        return False
    planned = {endpoint: nexthink.faults.planned(endpoint) for endpoint in Endpoint}
    wanted = {endpoint: [Planned(fault, None)] for endpoint, fault in preset.faults.items()}
    is_clean = bool(wanted) or not preset.is_online or not nexthink.offline_devices
    return is_clean and {endpoint: plan for endpoint, plan in planned.items() if plan} == wanted


def _endpoint(endpoint: Endpoint, nexthink: SimulatedNexthink) -> Json:
    planned = [_planned(each) for each in nexthink.faults.planned(endpoint)]
    return {"name": endpoint, "label": ENDPOINTS[endpoint], "planned": planned}


def _planned(planned: Planned) -> Json:
    fault = planned.fault
    return {"fault": name_of(fault), "label": label_of(fault), "seconds": fault.seconds, "times": planned.times}


def _switch(name: str, nexthink: SimulatedNexthink) -> Json:
    switch = SWITCHES[name]
    return {
        "name": name,
        "label": switch.label,
        "hint": switch.hint,
        "value": switch.value_of(getattr(nexthink.settings, name)),
        "default": usual_value(name),
        "allowed": [{"value": choice.value, "label": choice.label} for choice in switch.choices],
    }


def _devices(nexthink: SimulatedNexthink) -> list[Json]:
    offline = set(nexthink.offline_devices)
    return [
        {"name": device.name, "user": device.last_upn, "is_online": device.name not in offline}
        for device in nexthink.devices
    ]


def _execution(execution: Execution, nexthink: SimulatedNexthink) -> Json:
    return {
        "uuid": execution.uuid,
        "workflow": execution.workflow.name,
        "user": execution.user.upn if execution.user else None,
        "device": execution.device.name if execution.device else None,
        "state": nexthink.state(execution.uuid).name,
        "started_at": execution.started_at.isoformat(),
    }
