"""The control makes Nexthink slow, failing, different or gone while it runs, and says how it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.playground.clock import Clock as PlaygroundClock
from bot.playground.nexthink.control.switches import OTHER, SWITCHES, usual_value
from bot.playground.nexthink.control.trouble import PRESETS, TROUBLES
from bot.playground.nexthink.fault import Endpoint, answer
from bot.playground.nexthink.settings import SWITCHES as SETTINGS
from bot.playground.stand import running_stand
from tests.playground.nexthink.bench import Bench, Clock

START = {"workflowId": "#clear_teams_cache", "users": [{"upn": "ada@example.com"}], "devices": []}
EXECUTE = "/api/v2/workflows/execute"
ADAS = "LT-ADA-0042"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """The control as the page finds it, and a bench for the Nexthink that it controls."""

    bench: Bench
    url: str

    async def post(self, what: str, **asked: Any) -> httpx.Response:
        """Ask for a change."""
        return await self.bench.http.post(f"{self.url}/{what}", json=asked)

    async def change(self, what: str, **asked: Any) -> Json:
        """Change something, which must be accepted, and return the new state."""
        state: Json = (await self.post(what, **asked)).raise_for_status().json()
        return state

    async def state(self) -> Json:
        """Read the state."""
        state: Json = (await self.bench.http.get(f"{self.url}/state")).raise_for_status().json()
        return state


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """The control of a playground without a bot."""
    async with AsyncExitStack() as stack:
        clock = Clock()
        stand = await stack.enter_async_context(running_stand(clock=PlaygroundClock(clock)))
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10))
        bench = Bench(stand.nexthink, clock, http)
        await bench.login()
        yield Desk(bench, stand.facts()["nexthink_control_url"])


def planned(state: Json) -> Json:
    """Return what is planned, for the endpoints that have something."""
    return {
        endpoint["name"]: [(fault["fault"], fault["times"]) for fault in endpoint["planned"]]
        for endpoint in state["endpoints"]
        if endpoint["planned"]
    }


def active(state: Json) -> list[str]:
    """Return the presets that are on."""
    return [preset["name"] for preset in state["presets"] if preset["is_active"]]


async def test_a_new_nexthink_is_normal(desk: Desk) -> None:
    """Nothing is planned, every device is online, every switch is as usual and among what is allowed."""
    state = await desk.state()

    assert state["ok"] is True
    assert state["condition"] == {"level": "normal", "words": "normal"}
    assert (active(state), planned(state), state["executions"]) == (["normal"], {}, [])
    assert all(device["is_online"] for device in state["devices"])
    assert state["counters"] == {"requests": 1, "tokens": 1, "starts": 0, "executions": 0, "triggers": 0}
    for switch in state["switches"]:
        assert switch["value"] == switch["default"] in [choice["value"] for choice in switch["allowed"]]


@pytest.mark.parametrize(("name", "status"), [("busy", 429), ("failing", 503)])
async def test_a_preset_lasts_until_it_is_normal_again(desk: Desk, name: str, status: int) -> None:
    """Every call gets the same answer, the state says so, and the next preset takes its place."""
    state = await desk.change("preset", name=name)
    statuses = [(await desk.bench.post(EXECUTE, START)).status_code for _ in range(3)]
    again = await desk.change("preset", name="normal")

    assert statuses == [status] * 3
    assert state["condition"] == {"level": "trouble", "words": PRESETS[name].label.lower()}
    assert (active(state), active(again), planned(again)) == ([name], ["normal"], {})
    assert (await desk.bench.post(EXECUTE, START)).status_code == 200


async def test_lost_answers_hide_work_that_is_done(desk: Desk) -> None:
    """The start takes effect though its connection is cut; what only reads is answered."""
    await desk.change("preset", name="lost")
    with pytest.raises(httpx.TransportError):
        await desk.bench.post(EXECUTE, START)
    state = await desk.state()

    assert (await desk.bench.get("/api/v1/workflows")).status_code == 200
    assert state["counters"]["starts"] == 1
    assert [(run["workflow"], run["device"], run["state"]) for run in state["executions"]] == [
        ("Clear Teams cache", ADAS, "started")
    ]


async def test_garbled_answers_cannot_be_read(desk: Desk) -> None:
    """They come with the status of success."""
    await desk.change("preset", name="garbled")
    seen = await desk.bench.post(EXECUTE, START)

    assert seen.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        seen.json()


async def test_back_to_normal_waits_for_nobody(desk: Desk) -> None:
    """A request that is being answered slowly is answered at once."""
    await desk.change("preset", name="slow")
    call = asyncio.create_task(desk.bench.post(EXECUTE, START))
    await desk.bench.sim.log.wait_for("/execute")
    async with asyncio.timeout(2):
        await desk.change("preset", name="normal")
        seen = await call

    assert seen.status_code == 200


@pytest.mark.parametrize(
    ("leave", "come_back"),
    [(("go_offline", {}), ("go_online", {})), (("preset", {"name": "gone"}), ("preset", {"name": "normal"}))],
)
async def test_nexthink_goes_away_and_comes_back(
    desk: Desk, leave: tuple[str, Json], come_back: tuple[str, Json]
) -> None:
    """No connection can be made meanwhile, the control still answers, and nothing is forgotten."""
    gone = await desk.change(leave[0], **leave[1])
    with pytest.raises(httpx.ConnectError):
        await desk.bench.get("/api/v1/workflows")
    back = await desk.change(come_back[0], **come_back[1])

    assert (gone["is_online"], gone["condition"]["level"], active(gone)) == (False, "gone", ["gone"])
    assert (back["is_online"], back["condition"]["level"], active(back)) == (True, "normal", ["normal"])
    assert (await desk.bench.get("/api/v1/workflows")).status_code == 200


async def test_a_counted_fault_uses_itself_up(desk: Desk) -> None:
    """The state says how many are left, and the words say where."""
    planned_twice = await desk.change("fault", endpoint="execute", fault="failing", times=2)
    first = await desk.bench.post(EXECUTE, START)
    left = planned(await desk.state())
    rest = [(await desk.bench.post(EXECUTE, START)).status_code for _ in range(2)]

    assert planned(planned_twice) == {"execute": [("failing", 2)]}
    assert planned_twice["condition"]["words"] == "trouble at “Start a workflow”"
    assert (first.status_code, left, rest) == (503, {"execute": [("failing", 1)]}, [503, 200])
    assert active(await desk.state()) == ["normal"]


@pytest.mark.parametrize("fault", TROUBLES)
async def test_every_fault_can_be_planned_everywhere(desk: Desk, fault: str) -> None:
    """It lasts until it is taken away, for one endpoint or for all."""
    state = await desk.change("fault", endpoint="all", fault=fault, times=None)
    without = await desk.change("clear", endpoint="nql")
    cleared = await desk.change("clear")

    everywhere = {endpoint.value: [(fault, None)] for endpoint in Endpoint}
    assert planned(state) == everywhere
    assert planned(without) == {name: plan for name, plan in everywhere.items() if name != "nql"}
    assert planned(cleared) == {}


async def test_a_fault_says_how_slow_it_is_and_where_it_came_from(desk: Desk) -> None:
    """Seconds are shown; a fault that was planned past the control has no name but is seen."""
    desk.bench.sim.faults.add(Endpoint.TRIGGER, answer(418))
    state = await desk.change("fault", endpoint="nql", fault="slow", seconds=0.5)

    faults = {endpoint["name"]: endpoint["planned"] for endpoint in state["endpoints"]}
    assert faults["nql"] == [{"fault": "slow", "label": "Slow (0.5 s)", "seconds": 0.5, "times": 1}]
    assert faults["trigger"] == [{"fault": None, "label": "Answer (418)", "seconds": 0.0, "times": 1}]
    assert state["condition"]["words"] == "trouble at 2 endpoints"


@pytest.mark.parametrize("name", SWITCHES)
async def test_every_choice_of_a_switch_takes_effect(desk: Desk, name: str) -> None:
    """The settings follow, and the state shows the choice; a setting of another kind is called other."""
    for choice in SWITCHES[name].choices:
        state = await desk.change("switch", name=name, value=choice.value)
        shown = {switch["name"]: switch["value"] for switch in state["switches"]}
        assert (getattr(desk.bench.sim.settings, name), shown[name]) == (choice.setting, choice.value)

    assert name in SETTINGS
    assert usual_value(name) != OTHER == SWITCHES[name].value_of(object())


async def test_a_device_goes_offline_and_comes_back(desk: Desk) -> None:
    """The words count such devices, and back to normal brings them all back."""
    away = await desk.change("device", name=ADAS, is_online=False)
    back = await desk.change("device", name=ADAS, is_online=True)
    await desk.change("device", name="LT-GRACE-0018", is_online=False)
    both = await desk.change("device", name=ADAS, is_online=False)
    normal = await desk.change("preset", name="normal")

    assert [device["name"] for device in away["devices"] if not device["is_online"]] == [ADAS]
    words = [state["condition"]["words"] for state in (away, back, both, normal)]
    assert words == ["1 device offline", "normal", "2 devices offline", "normal"]


async def test_revoked_tokens_are_refused(desk: Desk) -> None:
    """The next call is answered with 401, and a new token works."""
    await desk.change("revoke_tokens")
    refused = await desk.bench.get("/api/v1/workflows")
    await desk.bench.login()

    assert refused.status_code == 401
    assert (await desk.bench.get("/api/v1/workflows")).status_code == 200


async def test_the_latest_executions_come_first(desk: Desk) -> None:
    """A few are shown, with where they stand now."""
    for _ in range(6):
        await desk.bench.start("#clear_teams_cache")
    desk.bench.clock.move(minutes=5)
    await desk.bench.start("#clear_teams_cache", upn="grace@example.com")
    state = await desk.state()

    assert state["counters"]["executions"] == 7
    assert [run["state"] for run in state["executions"]] == ["started"] + ["success"] * 4
    assert state["executions"][0]["user"] == "grace@example.com"


@pytest.mark.parametrize(
    ("what", "asked", "sentence"),
    [
        ("preset", {"name": "lazy"}, 'name is "lazy"; it must be one of: slow, busy,'),
        ("preset", {}, "name is missing; it must be one of"),
        ("fault", {"endpoint": "login", "fault": "slow"}, 'endpoint is "login"; it must be one of: token, list,'),
        ("fault", {"endpoint": "nql", "fault": ["slow"]}, 'fault is ["slow"]; it must be one of: failing, busy,'),
        ("fault", {"endpoint": "nql", "fault": "busy", "times": 0}, "times is 0; it must be a whole number from 1"),
        ("fault", {"endpoint": "nql", "fault": "busy", "times": True}, "times is true; it must be a whole number"),
        ("fault", {"endpoint": "nql", "fault": "slow", "seconds": "5"}, 'seconds is "5"; it must be a number above 0'),
        ("fault", {"endpoint": "nql", "fault": "busy", "seconds": 5}, "seconds go with slow alone, not with busy"),
        ("fault", {"endpoint": "nql", "fault": "busy", "after": 5}, "unknown: after; allowed: endpoint, fault, times"),
        ("switch", {"name": "speed", "value": 1}, 'name is "speed"; it must be one of: trigger_as_object,'),
        ("switch", {"name": "late_trigger_status", "value": 500}, "is 500; it must be one of: 400, 404, 409"),
        ("switch", {"name": "pair_targets", "value": 1}, "is 1; it must be one of: false, true"),
        ("device", {"name": "LT-NOBODY", "is_online": False}, 'name is "LT-NOBODY"; it must be one of: LT-'),
        ("device", {"name": ADAS, "is_online": "no"}, 'is_online is "no"; it must be true or false'),
        ("go_offline", {"why": "fun"}, "unknown: why; allowed: nothing"),
    ],
)
async def test_a_wrong_change_is_explained(desk: Desk, what: str, asked: Json, sentence: str) -> None:
    """The sentence names what is wrong and what is allowed, and nothing changes."""
    before = await desk.state()
    refused = await desk.post(what, **asked)

    assert refused.status_code == 400
    assert refused.json().items() >= {"ok": False, "error": "bad_request"}.items()
    assert sentence in refused.json()["message"]
    assert await desk.state() == before


@pytest.mark.parametrize(
    ("body", "content_type", "sentence"),
    [
        (b"{}", "text/plain", "with the content type application/json"),
        (b"{", "application/json", "the body is not JSON"),
        (b"[" * 100_000, "application/json", "the body is not JSON"),
        (b"[]", "application/json", "the body must be a JSON object"),
    ],
)
async def test_a_wrong_body_is_explained(desk: Desk, body: bytes, content_type: str, sentence: str) -> None:
    """A change is a JSON object, and says so."""
    headers = {"Content-Type": content_type}
    refused = await desk.bench.http.post(f"{desk.url}/go_offline", content=body, headers=headers)

    assert (refused.status_code, sentence in refused.json()["message"]) == (400, True)
    assert desk.bench.sim.is_online


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
async def test_other_sites_are_refused(desk: Desk, headers: dict[str, str]) -> None:
    """A page of another site can neither look nor act, also under a name that points here."""
    looked = await desk.bench.http.get(f"{desk.url}/state", headers=headers)
    acted = await desk.bench.http.post(f"{desk.url}/go_offline", json={}, headers=headers)

    assert (looked.status_code, acted.status_code) == (403, 403)
    assert desk.bench.sim.is_online
