"""An unmodified Bolt app, which knows nothing of this server, goes through a whole journey over either transport."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.clock import utc_now
from bot.playground.clock import Clock
from bot.playground.slack.server import LocalSlack

PLAIN = "plain_text"


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    """Both ways to the app."""
    return str(request.param)


@pytest.fixture
def clock() -> Clock:
    """Real time, by which Bolt looks at the age of a signature."""
    return Clock(utc_now)


def plain(text: str) -> dict[str, Any]:
    """Return a plain text object."""
    return {"type": PLAIN, "text": text}


def form(*more: dict[str, Any]) -> dict[str, Any]:
    """Return a modal with a type-ahead, a note, and more blocks."""
    search = {"type": "external_select", "action_id": "run.workflow", "min_query_length": 0}
    blocks = [
        {"type": "input", "block_id": "workflow", "dispatch_action": True, "label": plain("Fix"), "element": search},
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": plain("Note"),
            "element": {"type": "plain_text_input", "action_id": "run.note"},
        },
        *more,
    ]
    return {
        "type": "modal",
        "callback_id": "run.submit",
        "title": plain("Run a fix"),
        "submit": plain("Run"),
        "blocks": blocks,
    }


def register(app: AsyncApp) -> None:
    """Register listeners that go from a command to an approved card."""

    @app.command("/fix")
    async def command(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.options("run.workflow")
    async def options(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=[{"text": plain(f"Repair {body['value']}"), "value": "#repair"}])

    @app.action("run.workflow")
    async def chosen(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "It repairs things."}}
        view = body["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=form(section))

    @app.view("run.submit")
    async def submitted(ack: Any, body: dict[str, Any], client: Any) -> None:
        values = body["view"]["state"]["values"]
        note = values["note"]["run.note"]["value"]
        if note == "bad":
            await ack(response_action="errors", errors={"note": "Not that."})
            return
        await ack()
        buttons = [{"type": "button", "action_id": "run.approve", "text": plain("Approve"), "value": "run-1"}]
        blocks = [{"type": "actions", "elements": buttons}]
        picked = values["workflow"]["run.workflow"]["selected_option"]["value"]
        await client.chat_postMessage(channel="U0BEN", text=f"Approve {picked}? {note}", blocks=blocks)

    @app.action("run.approve")
    async def approve(ack: Any, body: dict[str, Any], client: Any, respond: Any) -> None:
        await ack()
        where = body["container"]
        await client.chat_update(channel=where["channel_id"], ts=where["message_ts"], text="Approved", blocks=[])
        await respond("Thank you")


async def test_journey_from_command_to_approval(slack: LocalSlack, connect: Any) -> None:
    """A command opens a modal, which becomes a message, which a second person approves."""
    await connect(register)
    ada, ben = slack.client_of("Ada Example"), slack.client_of("Ben Example")

    assert (await ada.command("/fix vpn", channel="general")).ok
    view = await ada.view(lambda v: v.callback_id == "run.submit")
    ada.fill(view, "note", "please")
    offered = await ada.options(view, action_id="run.workflow", query="vpn")
    assert (await ada.choose(view, "run.workflow", offered[0])).ok
    view = await ada.view(lambda v: "It repairs things." in v.words)
    assert (await ada.submit(view)).ok
    assert ada.views == []

    message = await ben.message(lambda m: "Approve #repair? please" in m.text)
    assert message.channel == ben.dm.id
    assert (await ben.press(message, "Approve")).ok
    approved = await ben.message(lambda m: m.text == "Approved")
    thanks = await ben.message(lambda m: m.text == "Thank you")

    assert (approved.ts, approved.blocks, bool(approved.edited_ts)) == (message.ts, None, True)
    assert thanks.is_ephemeral
    assert all(message.text != "Approved" for message in ada.messages)
    assert [call.method for call in slack.calls if not call.ok] == []


async def test_journey_with_errors_keeps_the_modal_open(slack: LocalSlack, connect: Any) -> None:
    """Errors under fields leave the modal open with what was typed."""
    await connect(register)
    ada = slack.client_of("Ada Example")
    await ada.command("/fix vpn", channel="general")
    view = await ada.view()
    await ada.choose(view, "run.workflow", (await ada.options(view, "run.workflow", "vpn"))[0])
    view = await ada.view(lambda v: "It repairs things." in v.words)

    answer = await ada.submit(ada.fill(view, "run.note", "bad"))

    assert answer.errors == {"note": "Not that."}
    assert ada.views[0].values["note"]["run.note"]["value"] == "bad"


async def test_required_field_is_checked_before_anything_is_sent(slack: LocalSlack, connect: Any) -> None:
    """A modal with a required field empty is not submitted."""
    await connect(register)
    ada = slack.client_of("Ada Example")
    await ada.command("/fix vpn", channel="general")

    answer = await ada.submit(await ada.view())

    assert answer.errors == {"workflow": "Please complete this required field."}
    assert not any(entry.summary == "Run a fix submitted" for entry in slack.workspace.wire)
