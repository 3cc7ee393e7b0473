"""The control makes the local Slack misbehave while it runs, lets time pass, and says how things are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.playground.seed import ADA
from bot.playground.slack.control.trouble import TROUBLES
from bot.playground.slack.delivery.envelope import Kind
from bot.playground.slack.faults import Fault
from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack
from bot.playground.stand import running_stand
from tests.playground.slack.apps import HTTPApp, SocketApp, answered, hanging
from tests.playground.slack.conftest import MovableClock

IMPATIENT = Settings(messages_per_second=0, ack_timeout=timedelta(milliseconds=100))
JUMPS = {"1 minute": 60, "10 minutes": 600, "1 hour": 3600, "8 hours": 28_800, "1 day": 86_400, "1 week": 604_800}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """The control as the page finds it, and the Slack that it controls."""

    slack: LocalSlack
    http: httpx.AsyncClient
    url: str

    async def post(self, what: str, **asked: Any) -> httpx.Response:
        """Ask for a change."""
        return await self.http.post(f"{self.url}/{what}", json=asked)

    async def change(self, what: str, **asked: Any) -> Json:
        """Change something, which must be accepted, and return the new state."""
        state: Json = (await self.post(what, **asked)).raise_for_status().json()
        return state

    async def refused(self, what: str, **asked: Any) -> str:
        """Ask for something that must be refused, and return the sentence."""
        answer = await self.post(what, **asked)
        assert (answer.status_code, answer.json()["ok"]) == (400, False)
        return str(answer.json()["message"])

    async def state(self) -> Json:
        """Read the state."""
        state: Json = (await self.http.get(f"{self.url}/state")).raise_for_status().json()
        return state

    async def call(self, method: str = "auth.test", **arguments: str) -> httpx.Response:
        """Call the Web API as the app does."""
        headers = {"Authorization": f"Bearer {self.slack.bot_token}"}
        return await self.http.post(f"{self.slack.api_url}{method}", data=arguments, headers=headers)


@pytest.fixture
def may_jump() -> bool:
    """Whether the app goes by the playground's clock."""
    return True


@pytest.fixture
async def desk(clock: MovableClock, *, may_jump: bool) -> AsyncIterator[Desk]:
    """The control of a playground without a bot."""
    async with AsyncExitStack() as stack:
        running = running_stand(clock=clock, slack_settings=IMPATIENT, may_jump=may_jump)
        stand = await stack.enter_async_context(running)
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10))
        yield Desk(stand.slack, http, stand.facts()["slack_control_url"])


@pytest.fixture
async def http_app() -> AsyncIterator[HTTPApp]:
    """An app behind a Request URL."""
    async with HTTPApp() as app:
        yield app


def planned(state: Json) -> list[tuple[str, str | None, int | None]]:
    """Return what is planned, in short."""
    return [(each["method"], each["fault"], each["times"]) for each in state["planned"]]


def left(state: Json) -> Json:
    """Return how many deliveries each mishap will hit, where it hits any."""
    return {each["name"]: each["left"] for each in state["deliveries"] if each["left"]}


async def test_a_new_slack_is_as_slack_is(desk: Desk) -> None:
    """Nothing is planned, time is real, and there is something to choose of each kind."""
    state = await desk.state()

    assert state.items() >= {"ok": True, "transport": "socket", "request_url": "", "connections": 0}.items()
    assert state["clock"] == {"now": "2026-11-23T09:00:00Z", "ahead_seconds": 0}
    assert {"*", "auth.test", "chat.postMessage", "views.open"} <= set(state["methods"])
    assert (planned(state), left(state)) == ([], {})
    assert [each["name"] for each in state["deliveries"]] == ["twice", "late", "lose_ack"]
    assert [each["name"] for each in state["sockets"]] == ["drop", "refresh", "warning", "silence", "link_disabled"]
    assert {each["label"]: each["seconds"] for each in state["jumps"]} == JUMPS


@pytest.mark.parametrize(
    ("fault", "more", "status", "header", "body"),
    [
        ("ratelimited", {}, 429, "30", '"ratelimited"'),
        ("ratelimited", {"seconds": 1.2}, 429, "2", '"ratelimited"'),
        ("server_error", {}, 500, None, '"ok": false'),
        ("unavailable", {}, 503, None, "<html>"),
        ("fatal_error", {}, 200, None, '"fatal_error"'),
        ("error", {}, 200, None, '"internal_error"'),
        ("error", {"error": "team_access_not_granted"}, 200, None, '"team_access_not_granted"'),
        ("slow", {"seconds": 0.01}, 200, None, '"ok": true'),
        ("not_json", {}, 200, None, "{ok: "),
    ],
)
async def test_a_call_fails_as_planned(
    desk: Desk, fault: str, more: Json, status: int, header: str | None, body: str
) -> None:
    """The next call does, and the one after it goes well."""
    state = await desk.change("fault", method="auth.test", fault=fault, **more)
    seen = await desk.call()

    assert planned(state) == [("auth.test", fault, 1)]
    assert (seen.status_code, seen.headers.get("Retry-After"), body in seen.text) == (status, header, True)
    assert (await desk.call()).json()["ok"]


@pytest.mark.parametrize(("fault", "is_done"), [("cut_before", False), ("cut_after", True)])
async def test_a_cut_comes_before_or_after_the_work(desk: Desk, fault: str, *, is_done: bool) -> None:
    """Either way the app sees a broken connection."""
    await desk.change("fault", method="chat.postMessage", fault=fault)
    with pytest.raises(httpx.TransportError):
        await desk.call("chat.postMessage", channel="C0GENERAL", text="hello")

    assert [message.text for message in desk.slack.client_of(ADA.name).messages] == ["hello"] * is_done


@pytest.mark.parametrize("fault", ["hang", "slow"])
async def test_a_reset_waits_for_nobody(desk: Desk, fault: str) -> None:
    """A call that hangs is cut, one that is slow is answered."""
    await desk.change("fault", method="*", fault=fault, **({"seconds": 600} if fault == "slow" else {}))
    call = asyncio.create_task(desk.call())
    async with asyncio.timeout(5):
        while planned(await desk.state()):
            pass
        await desk.change("reset")
        if fault == "slow":
            assert (await call).json()["ok"]
        else:
            with pytest.raises(httpx.TransportError):
                await call


async def test_faults_are_counted_and_lasting_ones_come_last(desk: Desk) -> None:
    """A lasting fault ends another that lasts for the same method; `*` hits every method."""
    await desk.change("fault", method="*", fault="server_error", times=None)
    await desk.change("fault", method="auth.test", fault="unavailable", times=None)
    await desk.change("fault", method="*", fault="ratelimited", times=None)
    state = await desk.change("fault", method="auth.test", fault="error", times=2)
    seen = [(await desk.call()).status_code for _ in range(4)]

    lasting = [("auth.test", "unavailable", None), ("*", "ratelimited", None)]
    assert planned(state) == [("auth.test", "error", 2), *lasting]
    assert (seen, planned(await desk.state())) == ([200, 200, 503, 503], lasting)
    assert (await desk.call("users.list")).status_code == 429


async def test_one_fault_can_be_forgotten(desk: Desk) -> None:
    """By its id; the others stay."""
    await desk.change("fault", method="auth.test", fault="error", times=3)
    state = await desk.change("fault", method="auth.test", fault="unavailable")

    assert planned(await desk.change("forget", id=state["planned"][0]["id"])) == [("auth.test", "unavailable", 1)]
    assert "id is" in await desk.refused("forget", id=state["planned"][0]["id"])


async def test_a_fault_says_what_it_is(desk: Desk) -> None:
    """Seconds and errors are shown; one that was made elsewhere has no name but is seen."""
    for trouble in TROUBLES.values():
        desk.slack.fail("auth.test", trouble.fault)
    desk.slack.fail("users.info", Fault(error="user_not_found"))
    desk.slack.fail("users.info", Fault(status=502, takes_effect=True))
    state = await desk.state()

    assert [each["fault"] for each in state["planned"]] == [*TROUBLES, "error", None]
    labels = [each["label"] for each in state["planned"]]
    assert labels[0] == "Answer 429 (30 s)"
    assert labels[-2:] == ["Answer the error user_not_found", "A fault of its own"]


async def test_a_mishap_is_planned_and_taken_back(desk: Desk) -> None:
    """The state says how many deliveries it will hit."""
    planned_twice = await desk.change("delivery", name="twice", times=2)
    late = await desk.change("delivery", name="late", seconds=0.5)
    without = await desk.change("delivery", name="twice", times=0)
    reset = await desk.change("reset")

    assert [left(each) for each in (planned_twice, late, without, reset)] == [
        {"twice": 2},
        {"twice": 2, "late": 1},
        {"late": 1},
        {},
    ]


async def test_every_trouble_of_connections(desk: Desk, clock: MovableClock) -> None:
    """Each is done to the oldest connection; a refresh keeps nobody waiting."""
    async with SocketApp(desk.slack) as app:
        await desk.change("sockets", name="silence")
        await desk.change("reset")
        await desk.change("sockets", name="warning")
        await desk.change("sockets", name="refresh")
        await app.has_been_told(2)
        clock.move(seconds=10)
        await app.has_ended()
    async with SocketApp(desk.slack) as cut_off:
        await desk.change("sockets", name="drop")
        await cut_off.has_ended()

    assert [frame["reason"] for frame in app.farewells] == ["warning", "warning", "refresh_requested"]
    assert cut_off.farewells == []


@pytest.mark.parametrize("back", [("sockets", {"name": "link_enabled"}), ("reset", {})], ids=["switch", "reset"])
async def test_socket_mode_goes_off_and_on(desk: Desk, back: tuple[str, Json]) -> None:
    """While it is off, switching it on is all that can be done."""
    async with SocketApp(desk.slack) as app:
        off = await desk.change("sockets", name="link_disabled")
        await app.has_ended()
    on = await desk.change(back[0], **back[1])

    assert [each["name"] for each in off["sockets"]] == ["link_enabled"]
    assert [each["name"] for each in on["sockets"]][-1] == "link_disabled"
    async with SocketApp(desk.slack) as app:
        assert app.hello["type"] == "hello"


async def test_connections_are_needed(desk: Desk) -> None:
    """Without one there is nothing to cut."""
    assert "no connection open; wait until it is connected" in await desk.refused("sockets", name="drop")


async def test_the_transport_changes_and_back(desk: Desk, http_app: HTTPApp) -> None:
    """An address is kept once it has answered; then there are no connections, and `ssl_check` can be sent."""
    over_http = await desk.change("transport", name="http", request_url=http_app.url)
    no_sockets = await desk.refused("sockets", name="drop")
    await desk.change("ssl_check")
    back = await desk.change("transport", name="socket")
    again = await desk.change("transport", name="http")

    assert over_http.items() >= {"transport": "http", "request_url": http_app.url, "connections": 1}.items()
    assert (over_http["sockets"], "over HTTP, without connections" in no_sockets) == ([], True)
    assert http_app.heard[1].payload["ssl_check"] == "1"
    assert (back["transport"], again["transport"]) == ("socket", "http")


async def test_an_address_that_does_not_answer_is_refused(desk: Desk, http_app: HTTPApp) -> None:
    """The sentence names it and what to do; the transport stays."""
    http_app.script.append(hanging)
    sentence = await desk.refused("transport", name="http", request_url=http_app.url)

    assert f"{http_app.url} does not answer Slack's challenge (operation_timeout); start the app" in sentence
    assert (await desk.state())["transport"] == "socket"


async def test_a_refused_ssl_check_is_told(desk: Desk, http_app: HTTPApp) -> None:
    """So is one over Socket Mode, which has none."""
    over_socket = await desk.refused("ssl_check")
    await desk.change("transport", name="http", request_url=http_app.url)
    http_app.script.append(answered(status=401))

    assert "choose the transport http first" in over_socket
    assert "does not answer ssl_check with 200" in await desk.refused("ssl_check")


async def test_the_last_event_comes_again(desk: Desk, http_app: HTTPApp) -> None:
    """As a retry; without one there is nothing to send."""
    assert "no event was sent yet; the app gets those that its manifest subscribes to" in await desk.refused("again")
    await desk.change("transport", name="http", request_url=http_app.url)
    await desk.slack.deliveries.deliver(Kind.EVENT, "app_home_opened", {"type": "event_callback"})
    await desk.change("again")

    assert [each.attempt for each in http_app.heard[1:]] == [0, 1]


async def test_time_jumps(desk: Desk, clock: MovableClock) -> None:
    """The state and everybody who goes by the clock see the new time."""
    state = await desk.change("clock", seconds=28_800)
    state = await desk.change("clock", seconds=0.5)

    assert state["clock"] == {"now": "2026-11-23T17:00:00.500000Z", "ahead_seconds": 28_800}
    assert clock.ahead == timedelta(hours=8, seconds=0.5)


@pytest.mark.parametrize("may_jump", [False])
async def test_nobody_jumps_where_the_bot_has_its_own_clock(desk: Desk, clock: MovableClock) -> None:
    """No jump is on offer, and the refusal gives the reason."""
    sentence = await desk.refused("clock", seconds=60)

    assert ((await desk.state())["jumps"], clock.ahead) == ([], timedelta())
    assert "a clock of its own, which would not follow; start the playground without --no-bot" in sentence


@pytest.mark.parametrize(
    ("what", "asked", "sentence"),
    [
        ("fault", {"method": "chat.shout", "fault": "slow"}, 'method is "chat.shout"; it must be one of: *, apps.'),
        ("fault", {"method": "*", "fault": "bad"}, 'fault is "bad"; it must be one of: ratelimited, server_error'),
        ("fault", {"method": "*", "fault": "error", "times": 0}, "times is 0; it must be a whole number from 1"),
        ("fault", {"method": "*", "fault": "error", "times": 1001}, "times is 1001; it must be a whole number"),
        ("fault", {"method": "*", "fault": "hang", "seconds": 5}, "seconds do not go with hang; leave them out"),
        ("fault", {"method": "*", "fault": "slow", "seconds": 0}, "seconds is 0; it must be a number above 0, at most"),
        ("fault", {"method": "*", "fault": "slow", "error": "x"}, "an error does not go with slow; leave it out"),
        ("fault", {"method": "*", "fault": "error", "error": "No!"}, 'error is "No!"; it must be an error string'),
        ("fault", {"method": "*", "fault": "error", "after": 1}, "unknown: after; allowed: method, fault, times"),
        ("forget", {"id": "F7"}, 'id is "F7"; it must be one of: none at all'),
        ("delivery", {"name": "thrice"}, 'name is "thrice"; it must be one of: twice, late, lose_ack'),
        ("delivery", {"name": "twice", "times": -1}, "times is -1; it must be a whole number from 1 to 1000, or 0"),
        ("delivery", {"name": "twice", "times": None}, "times is missing; it must be a whole number"),
        ("delivery", {"name": "twice", "seconds": 1}, "seconds go with late alone, not with twice"),
        ("sockets", {"name": "unplug"}, 'name is "unplug"; it must be one of: drop, refresh,'),
        ("transport", {"name": "pigeon"}, 'name is "pigeon"; it must be one of: socket, http'),
        ("transport", {"name": "http"}, "request_url is missing; give the address where the app takes"),
        ("transport", {"name": "http", "request_url": "ftp://x"}, 'request_url is "ftp://x"; give the address'),
        ("transport", {"name": "http", "request_url": "http://x:port"}, 'request_url is "http://x:port"; give'),
        ("transport", {"name": "socket", "request_url": "http://x"}, "a request_url goes with http alone"),
        ("clock", {}, "seconds is missing; say how far to jump"),
        ("clock", {"seconds": -60}, "seconds is -60; it must be a number above 0, at most 31622400"),
        ("clock", {"seconds": 1e300}, "seconds is 1e+300; it must be a number above 0"),
        ("reset", {"all": True}, "unknown: all; allowed: nothing"),
    ],
)
async def test_a_wrong_change_is_explained(desk: Desk, what: str, asked: Json, sentence: str) -> None:
    """The sentence names what is wrong and what is allowed, and nothing changes."""
    before = await desk.state()

    assert sentence in await desk.refused(what, **asked)
    assert await desk.state() == before


async def test_messages_outlive_a_reset(desk: Desk) -> None:
    """It takes troubles away, and nothing else."""
    await desk.call("chat.postMessage", channel="C0GENERAL", text="hello")
    await desk.change("fault", method="*", fault="server_error", times=None)
    await desk.change("clock", seconds=60)
    state = await desk.change("reset")

    assert (planned(state), state["clock"]["ahead_seconds"]) == ([], 60)
    assert [message.text for message in desk.slack.client_of(ADA.name).messages] == ["hello"]


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
async def test_other_sites_are_refused(desk: Desk, headers: dict[str, str]) -> None:
    """A page of another site can neither look nor act."""
    looked = await desk.http.get(f"{desk.url}/state", headers=headers)
    acted = await desk.http.post(f"{desk.url}/clock", json={"seconds": 60}, headers=headers)

    assert (looked.status_code, acted.status_code) == (403, 403)
    assert (await desk.state())["clock"]["ahead_seconds"] == 0


async def test_a_delivery_is_hit_as_planned(desk: Desk) -> None:
    """What was planned over the control happens to the app."""
    await desk.change("delivery", name="lose_ack")
    async with SocketApp(desk.slack) as app:
        lost = await desk.slack.deliveries.deliver(Kind.COMMAND, "/fix", {"command": "/fix"})

    assert (lost.error, len(app.heard), left(await desk.state())) == ("operation_timeout", 1, {})
