"""The page sees what its person sees, and acts through one door."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.playground.slack.server import LocalSlack

Json = dict[str, Any]


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
    slack.workspace.suggestions = ("/fix vpn",)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{slack.url}/ui") as socket:
        assert (await act(slack, do="command", channel="C0GENERAL", text="/fox"))["error"] == "unknown_command"
        shown = await snapshot(socket, lambda s: s["messages"]["C0GENERAL"])

    assert (shown["me"], shown["app"]["connected"], shown["suggestions"]) == ("U0ADA", False, ["/fix vpn"])
    assert [channel["id"] for channel in shown["channels"]] == ["C0GENERAL", "C0RANDOM", "D0ADA"]
    assert shown["channels"][0]["latest"] == shown["messages"]["C0GENERAL"][0]["ts"]
    assert shown["messages"]["C0GENERAL"][0]["client"] is True
    assert shown["people"][0]["initials"] == "AE"
    assert shown["commands"] == [{"command": "/fix", "description": "Find a fix", "usage_hint": ""}]


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
    async with aiohttp.ClientSession() as session:
        for path in ("/page/nothing.js", "/page/..%2Fserver.py", "/page/%2Fetc%2Fpasswd"):
            async with session.get(slack.url + path) as response:
                assert response.status == 404
