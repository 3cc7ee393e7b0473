"""Everything that people do with an app in Slack, one after the other, in a real browser."""

from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.workspace import Channel, Person, Workspace
from tests.browser.conftest import local_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

Json = dict[str, Any]

COMMANDS = [{"command": "/fix", "description": "Find a fix"}, {"command": "/slow", "description": "Never answers"}]
MANIFEST: Json = {
    "display_information": {"name": "fixdesk"},
    "features": {"bot_user": {"display_name": "fixdesk"}, "slash_commands": COMMANDS},
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
}
FIXES = ("Repair VPN", "Repair Wi-Fi", "Clear cache")


def plain(text: str) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def fixes() -> Json:
    """Return a select that asks the app for its options."""
    return {"type": "external_select", "action_id": "fix", "placeholder": plain("Choose a fix")}


FORM: Json = {
    "type": "modal",
    "callback_id": "ask",
    "title": plain("Find a fix"),
    "submit": plain("Ask"),
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": plain("Reason"),
            "element": {"type": "plain_text_input", "action_id": "why"},
        },
        {"type": "input", "block_id": "what", "label": plain("Fix"), "element": fixes()},
    ],
}


def card(fix: str, status: str) -> list[Json]:
    """Return the message about a request; one that waits can be decided."""
    words: Json = {
        "type": "section",
        "block_id": "card",
        "text": {"type": "mrkdwn", "text": f"*{fix}*\nStatus: {status}"},
        "accessory": fixes(),
    }
    confirm = {
        "title": plain("Deny it?"),
        "text": plain("Nobody is told."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    buttons: list[Json] = [
        {"type": "button", "action_id": "approve", "style": "primary", "text": plain("Approve"), "value": fix},
        {"type": "button", "action_id": "deny", "style": "danger", "text": plain("Deny"), "confirm": confirm},
        {"type": "overflow", "action_id": "more", "options": [{"text": plain("Who may decide?"), "value": "who"}]},
    ]
    return [words] if status != "waiting" else [words, {"type": "actions", "elements": buttons}]


async def opened(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Open the form."""
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=FORM)


async def asked(ack: Any, view: Json, client: AsyncWebClient) -> None:
    """Refuse a short reason; otherwise post the card."""
    values = view["state"]["values"]
    if len(values["why"]["why"]["value"]) < len("because"):
        await ack(response_action="errors", errors={"why": "Say more than that."})
        return
    await ack()
    fix = values["what"]["fix"]["selected_option"]["text"]["text"]
    await client.chat_postMessage(channel="C0HELP", text=fix, blocks=card(fix, "waiting"))


async def offered(ack: Any, payload: Json) -> None:
    """Offer the fixes that fit, in a group."""
    found = [{"text": plain(fix), "value": fix} for fix in FIXES if payload["value"].lower() in fix.lower()]
    await ack(option_groups=[{"label": plain("Fixes"), "options": found}])


async def taken(ack: Any) -> None:
    """Take note."""
    await ack()


async def told(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Answer for one person only."""
    await ack()
    channel, user = body["channel"]["id"], body["user"]["id"]
    await client.chat_postEphemeral(channel=channel, user=user, text="Ben may decide.")


async def approved(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Update the card in place."""
    await ack()
    fix, place = body["actions"][0]["value"], body["container"]
    blocks = card(fix, "approved")
    await client.chat_update(channel=place["channel_id"], ts=place["message_ts"], text=fix, blocks=blocks)


async def ignored() -> None:
    """Never ack."""


def register(app: AsyncApp) -> None:
    """Give the app everything that the journey needs."""
    app.command("/fix")(opened)
    app.command("/slow")(ignored)
    app.view("ask")(asked)
    app.options("fix")(offered)
    app.action("fix")(taken)
    app.action("approve")(approved)
    app.action("more")(told)


async def test_whole_journey(browser: Browser) -> None:
    """A form is filled in, refused, sent; its message is searched, not denied, asked about and approved in place."""
    people = [Person("U0ADA", "Ada Example"), Person("U0BEN", "Ben Example")]
    channel = Channel("C0HELP", "help", frozenset({"U0ADA", "U0BEN", "U0FIXDESK"}))
    async with local_app(MANIFEST, Workspace(people, [channel])) as (slack, app):
        register(app)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        wrong = complaints(page)
        await page.goto(f"{slack.url}/#person=U0ADA&channel=C0HELP")

        await fill_in_the_form(page)
        await decide(page, page.get_by_role("article").first)
        await say_what_nobody_answers(page)

        assert wrong == []


def complaints(page: Page) -> list[str]:
    """Return a list that grows with what the browser complains about."""
    wrong: list[str] = []

    def keep(line: ConsoleMessage) -> None:
        # A local Slack without the playground has no panels of trouble; the page finds out by asking.
        if line.type in {"error", "warning"} and not line.location["url"].endswith("/state"):
            wrong.append(line.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return wrong


async def fill_in_the_form(page: Page) -> None:
    """Send the form empty, too short, and well; the fix is found by a few letters."""
    await say(page, "/fix")
    dialog = page.get_by_role("dialog", name="Find a fix")
    reason, send = dialog.get_by_label("Reason"), dialog.get_by_role("button", name="Ask")
    await expect(reason).to_be_focused()
    await send.click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(2)
    await expect(reason).to_be_focused()

    await reason.fill("no")
    await find(page, dialog.get_by_role("combobox", name="Fix"), "repair", 2)
    await send.click()
    await expect(dialog.get_by_text("Say more than that.")).to_be_visible()
    await expect(reason).to_have_attribute("aria-invalid", "true")

    await reason.fill("because it is slow")
    await expect(dialog.get_by_text("Say more than that.")).to_have_count(0)
    await send.click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def find(page: Page, field: Locator, letters: str, count: int) -> None:
    """Type some letters and take the first option that comes, with the keyboard."""
    await field.fill(letters)
    await expect(page.get_by_role("group", name="Fixes").get_by_role("option")).to_have_count(count)
    await field.press("Enter")
    await expect(page.get_by_role("option")).to_have_count(0)


async def decide(page: Page, message: Locator) -> None:
    """Search in the message, do not deny, ask who may decide, approve."""
    field = message.get_by_role("combobox", name="Choose a fix")
    await find(page, field, "cache", 1)
    await expect(field).to_have_value("Clear cache")

    await message.get_by_role("button", name="Deny").click()
    question = page.get_by_role("alertdialog", name="Deny it?")
    await expect(question).to_contain_text("Nobody is told.")
    await question.get_by_role("button", name="No").click()
    await expect(message.get_by_role("button", name="Deny")).to_be_focused()

    await message.get_by_role("button", name="More options").click()
    await page.get_by_role("menuitem", name="Who may decide?").click()
    answer = page.get_by_role("article").filter(has_text="Only visible to you")
    await expect(answer).to_contain_text("Ben may decide.")

    await message.get_by_role("button", name="Approve").click()
    await expect(message).to_contain_text("Status: approved (edited)")
    await expect(message.get_by_role("button", name="Approve")).to_have_count(0)
    await expect(message).to_be_focused()
    await expect(field).to_have_value("Clear cache")


async def say_what_nobody_answers(page: Page) -> None:
    """Type a command that is not there, and one that is not acked in time: the client tells."""
    await say(page, "/nothing")
    lines = page.get_by_role("article").filter(has_text="Only visible to you")
    await expect(lines.last).to_contain_text("/nothing")
    await say(page, "/slow")
    await expect(lines.last).to_contain_text("operation_timeout")


async def say(page: Page, line: str) -> None:
    """Type a line and send it."""
    field = page.get_by_label("Message", exact=True)
    await field.fill(line)
    await field.press("Enter")
