"""The page sees what its person sees, and acts through one door."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack
from bot.playground.slack.suggestion import Suggestion

Json = dict[str, Any]
IMPATIENT = Settings(messages_per_second=0, ack_timeout=timedelta(milliseconds=100))


def plain(text: str) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


FIELDS: list[Json] = [
    {
        "type": "input",
        "block_id": "note",
        "label": plain("Note"),
        "element": {"type": "plain_text_input", "action_id": "n"},
    },
    {
        "type": "input",
        "block_id": "fix",
        "optional": True,
        "dispatch_action": True,
        "label": plain("Fix"),
        "element": {"type": "external_select", "action_id": "f", "min_query_length": 1},
    },
]
MODAL: Json = {"type": "modal", "title": plain("Form"), "submit": plain("Go"), "blocks": FIELDS}
OPTION: Json = {"text": plain("VPN"), "value": "vpn"}


@pytest.fixture
async def seen(connect: Any) -> list[Json]:
    """What a connected app got: it opens a form, offers an option and posts a button."""
    seen: list[Json] = []
    button = {"type": "button", "action_id": "go", "text": plain("Go")}

    async def take(ack: Any, body: Json, client: Any) -> None:
        seen.append(body)
        if body.get("command"):
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        if body.get("type") == "view_submission":
            await client.chat_postMessage(channel="U0ADA", text="x", blocks=[{"type": "actions", "elements": [button]}])
        await ack()

    async def offer(ack: Any) -> None:
        await ack(options=[OPTION])

    def register(app: AsyncApp) -> None:
        app.command("/fix")(take)
        app.action("f")(take)
        app.action("go")(take)
        app.view("")(take)
        app.options("f")(offer)

    await connect(register)
    return seen


async def act(slack: LocalSlack, **asked: Any) -> Json:
    """Act as Ada through the page's door."""
    body = {"person": "U0ADA", **asked}
    async with aiohttp.ClientSession() as session, session.post(f"{slack.url}/ui/act", json=body) as response:
        answer: Json = await response.json()
        return answer


async def snapshot(socket: aiohttp.ClientWebSocketResponse, wanted: Callable[[Json], Any]) -> Json:
    """Wait for a snapshot."""
    while True:
        shown: Json = await socket.receive_json(timeout=5)
        if wanted(shown):
            return shown


async def test_page_goes_through_a_journey(slack: LocalSlack, seen: list[Json]) -> None:
    """A command, a type-ahead, a form and a button work through the page's door."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{slack.url}/ui?person=U0ADA") as socket:
        assert await act(slack, do="command", channel="C0GENERAL", text="/fix vpn") == {"ok": True}
        view = (await snapshot(socket, lambda s: s["views"]))["views"][0]
        values = {"note": {"n": {"type": "plain_text_input", "value": "please"}}}
        where = {"view_id": view["id"], "block_id": "fix", "action_id": "f"}
        assert await act(slack, do="submit", view_id=view["id"], values={}) == {
            "ok": True,
            "errors": {"note": "Please complete this required field."},
        }
        offered = await act(slack, do="options", query="v", values=values, **where)
        assert offered == {"ok": True, "options": [OPTION]}
        assert (await act(slack, do="press", values=values, value=OPTION, **where))["ok"]
        assert seen[-1]["view"]["state"]["values"]["note"]["n"]["value"] == "please"
        assert await act(slack, do="submit", view_id=view["id"], values=values) == {"ok": True}
        shown = await snapshot(socket, lambda s: not s["views"] and s["messages"]["D0ADA"])
        message = shown["messages"]["D0ADA"][0]
        block = message["blocks"][0]
        press = {"block_id": block["block_id"], "action_id": "go", "channel": "D0ADA", "ts": message["ts"]}
        assert await act(slack, do="press", **press) == {"ok": True}

    assert seen[-1]["actions"][0]["action_id"] == "go"
    assert seen[2]["view"]["state"]["values"]["fix"]["f"]["selected_option"] == OPTION


async def test_snapshot_has_what_a_person_sees(slack: LocalSlack) -> None:
    """A snapshot has the person's channels, their DM last, and a line of the client after a wrong command."""
    slack.workspace.suggestions = (Suggestion("/fix vpn"),)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{slack.url}/ui") as socket:
        assert (await act(slack, do="command", channel="C0GENERAL", text="/fox"))["error"] == "unknown_command"
        shown = await snapshot(socket, lambda s: s["messages"]["C0GENERAL"])

    assert (shown["me"], shown["app"]["connected"], shown["suggestions"][0]["text"]) == ("U0ADA", False, "/fix vpn")
    assert [channel["id"] for channel in shown["channels"]] == ["C0GENERAL", "C0RANDOM", "D0ADA"]
    assert shown["channels"][0]["latest"] == shown["messages"]["C0GENERAL"][0]["ts"]
    assert shown["messages"]["C0GENERAL"][0]["client"] is True
    assert shown["people"][0]["initials"] == "AE"
    assert shown["commands"][0] == {"command": "/fix", "description": "Find a fix", "usage_hint": "", "by": "fixdesk"}
    assert [(each["command"], each["by"]) for each in shown["commands"][1:]] == [
        ("/invite", "Slack"),
        ("/remove", "Slack"),
    ]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"do": "dance"}, "nobody can do 'dance'"),
        ({"do": "command", "text": "/fix"}, "'channel' is missing"),
        ({"do": "submit", "view_id": "V0"}, "no longer open"),
        ({"do": "press", "channel": "C0GENERAL", "ts": "1", "block_id": "b", "action_id": "a"}, "is gone"),
        ({"do": "command", "channel": "C0SECRET", "text": "/fix"}, "is not in secret"),
    ],
)
async def test_wrong_act_is_explained(slack: LocalSlack, asked: Json, sentence: str) -> None:
    """An act that cannot be done is refused with a sentence."""
    answer = await act(slack, **asked)

    assert not answer["ok"]
    assert sentence in answer["message"]


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
async def test_other_sites_are_refused(slack: LocalSlack, headers: dict[str, str]) -> None:
    """A page of another site can neither look nor act, also under a name that points here."""
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{slack.url}/ui/act", json={}, headers=headers) as response:
            assert response.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{slack.url}/ui", headers=headers)


async def test_only_files_of_the_page_are_served(slack: LocalSlack) -> None:
    """Nothing outside of the page's folder is served."""
    outside = ("..%2Fserver.py", "frame/..%2F..%2Fserver.py", "%2Fetc%2Fpasswd")
    async with aiohttp.ClientSession() as session:
        for path in ("/page/nothing.js", "/page/frame", *(f"/page/{each}" for each in outside)):
            async with session.get(slack.url + path) as response:
                assert response.status == 404


async def test_home_is_opened_shown_and_pressed(slack: LocalSlack, connect: Any) -> None:
    """Opening Home tells the app; what it publishes is in the snapshot, and its buttons are pressed like a modal's."""
    seen: list[Json] = []
    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    home = {"type": "home", "blocks": [{"type": "actions", "block_id": "b", "elements": [button]}]}

    async def opened(event: Json, client: Any) -> None:
        seen.append(event)
        await client.views_publish(user_id=event["user"], view=home)

    async def pressed(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack()

    def register(app: AsyncApp) -> None:
        app.event("app_home_opened")(opened)
        app.action("go")(pressed)

    await connect(register)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{slack.url}/ui?person=U0ADA") as socket:
        assert (await act(slack, do="home"))["ok"]
        shown = await snapshot(socket, lambda s: s["home"])
        where = {"view_id": shown["home"]["id"], "block_id": "b", "action_id": "go", "values": {}}
        assert (await act(slack, do="press", **where))["ok"]
        assert (await act(slack, do="home", tab="messages"))["ok"]

    assert (shown["app"]["home_tab"], shown["app"]["transport"], shown["app"]["connections"]) == (True, "socket", 1)
    assert seen[1]["container"] == {"type": "view", "view_id": shown["home"]["id"]}
    await slack.workspace.changes.until(lambda: len(seen) > 2 or None, 5, lambda: "the app was not told of Messages")
    assert (seen[0]["tab"], seen[2]["tab"]) == ("home", "messages")


@pytest.mark.parametrize("settings", [IMPATIENT], ids=["impatient"])
async def test_reply_goes_into_a_thread(slack: LocalSlack, seen: list[Json]) -> None:
    """A message with a thread's ts is a reply there; a thread of nothing is refused."""
    assert (await act(slack, do="message", channel="C0GENERAL", text="first"))["ok"]
    first = next(iter(slack.workspace.messages["C0GENERAL"]))
    assert (await act(slack, do="message", channel="C0GENERAL", text="second", thread_ts=first))["ok"]
    refused = await act(slack, do="message", channel="C0GENERAL", text="third", thread_ts="1.000000")

    assert [m.thread_ts for m in slack.workspace.messages["C0GENERAL"].values()] == [None, first]
    assert refused["error"] == "thread_not_found"
    assert seen == []


async def test_app_is_invited_and_removed(slack: LocalSlack) -> None:
    """Slack's own commands bring the app into a channel and take it out, and say why where they cannot."""

    async def tried(line: str, channel: str = "C0RANDOM") -> tuple[bool, bool]:
        answer = await act(slack, do="command", channel=channel, text=line)
        return answer["ok"], "U0FIXDESK" in slack.workspace.channels["C0RANDOM"].members

    assert await tried("/invite @fixdesk") == (True, True)
    assert await tried("/invite @fixdesk") == (False, True)
    assert await tried("/invite @somebody") == (False, True)
    assert await tried("/remove @fixdesk", "D0ADA") == (False, True)
    assert await tried("/remove @fixdesk") == (True, False)
    assert await tried("/remove @fixdesk") == (False, False)
