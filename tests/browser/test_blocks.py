"""Blocks, elements and modals on the page of the local Slack, in a real browser."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped] # it has no hints
from playwright.async_api import Browser, FilePayload, Locator, Page, expect
from slack_bolt.app.async_app import AsyncApp

from bot.playground.slack.server import LocalSlack
from bot.playground.slack.workspace import Channel, Person, UserGroup, Workspace
from tests.browser.conftest import PATIENCE, local_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

Json = dict[str, Any]

GALLERY = Path(__file__).parent / "gallery"
MESSAGES: list[list[Json]] = json.loads((GALLERY / "messages.json").read_text("utf-8"))
MODAL: Json = json.loads((GALLERY / "modal.json").read_text("utf-8"))
SCOPES = ["commands", "chat:write", "users:read", "channels:read", "files:read"]
MANIFEST: Json = {
    "display_information": {"name": "fixdesk"},
    "features": {
        "bot_user": {"display_name": "fixdesk"},
        "slash_commands": [{"command": "/gallery", "description": "Open the gallery"}],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
}
WORKFLOWS = [
    {"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("Repair VPN", "Clear cache")
]
ATTACKS = [
    "<script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked = 1">',
    "<javascript:window.hacked=1|press me>",
    "[press me](javascript:window.hacked=1)",
    "[press me](<javascript:window.hacked=1>)",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    '<https://example.com/"onmouseover="window.hacked=1|here>',
    "&lt;script&gt;window.hacked = 1&lt;/script&gt;",
]


class Desk:
    """A local Slack with a small app that shows the gallery; `seen` is what the app was sent."""

    def __init__(self, slack: LocalSlack, app: AsyncApp) -> None:
        self.slack = slack
        self.web = app.client
        self.seen: asyncio.Queue[Json] = asyncio.Queue()
        self.asked = asyncio.Event()
        self.slow = asyncio.Event()
        app.command("/gallery")(self._open)
        app.view("")(self._take)
        app.action("ok")(self._take)
        app.action("fb")(self._take)
        app.options("workflow")(self._offer)
        app.options("ext")(self._offer)

    async def post(self, blocks: list[Json]) -> None:
        """Post a message in #general."""
        await self.web.chat_postMessage(channel="C0GENERAL", text="A message", blocks=blocks)

    async def _open(self, ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async def _take(self, ack: Any, body: Json) -> None:
        self.seen.put_nowait(body)
        await ack()

    async def _offer(self, ack: Any, payload: Json) -> None:
        """Answer the longer query first, so that an old answer comes last."""
        query = payload["value"]
        if query == "rep":
            self.asked.set()
            await self.slow.wait()
        if query != "hang":
            await ack(options=[option for option in WORKFLOWS if query in option["value"]])
        if query == "repair":
            self.slow.set()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A local Slack with the gallery's app connected."""
    people = [Person("U0ADA", "Ada Example", title="Employee"), Person("U0BEN", "Ben Example")]
    members = frozenset({"U0ADA", "U0BEN", "U0FIXDESK"})
    groups = [UserGroup("S0DESK", "desk", "Desk", ("U0ADA",))]
    workspace = Workspace(people, [Channel("C0GENERAL", "general", members)], groups)
    async with local_app(MANIFEST, workspace) as (slack, app):
        yield Desk(slack, app)


@pytest.fixture
async def page(browser: Browser, desk: Desk) -> Page:
    """The page as Ada sees it, in #general."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    await page.goto(f"{desk.slack.url}#person=U0ADA&channel=C0GENERAL")
    await expect(page.get_by_role("heading", name="general").first).to_be_visible()
    return page


async def open_gallery(page: Page) -> Locator:
    """Open the gallery's modal with its slash command."""
    await page.get_by_label("Message", exact=True).fill("/gallery")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Reason")).to_be_focused()
    return dialog


async def assert_accessible(page: Page) -> None:
    """Fail where axe finds something serious, in light or in dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
        found = (await Axe().run(page)).response["violations"]
        bad = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]
        assert not bad, f"in {scheme}: {bad}"


async def test_every_block_is_drawn(desk: Desk, page: Page) -> None:
    """Each block of the gallery is drawn, none as unknown, and axe has nothing serious to say."""
    for blocks in MESSAGES:
        await desk.post(blocks)

    for block_type in {block["type"] for blocks in MESSAGES for block in blocks}:
        await expect(page.locator(f".block-{block_type}").first).to_be_attached()
    await expect(page.locator(".unknown")).to_have_count(0)
    await expect(page.get_by_role("heading", name="Heading one")).to_be_attached()
    await expect(page.locator(".mention-me").first).to_have_text("@Ada Example")
    await expect(page.locator(".mention-me", has_text="@desk").first).to_be_attached()
    await expect(page.locator(".block-section").first).to_contain_text("2 * 3 * 4, snake_case_word")
    await assert_accessible(page)


async def test_data_table_sorts_and_turns_pages(desk: Desk, page: Page) -> None:
    """A page holds as many rows as it says, and a press on a head sorts by numbers."""
    await desk.post([block for blocks in MESSAGES for block in blocks if block["type"] == "data_table"])
    table = page.get_by_role("table", name="Devices")
    await expect(table.get_by_role("row")).to_have_count(4)

    await page.get_by_role("button", name="Next page").click()
    await expect(page.get_by_text("4 to 6 of 8")).to_be_visible()
    await table.get_by_role("button", name="Score").click()
    await table.get_by_role("button", name="Score").click()

    await expect(table.get_by_role("columnheader", name="Score")).to_have_attribute("aria-sort", "descending")
    await expect(table.locator("tbody td").first).to_have_text("10")


async def test_press_shows_what_the_app_did(desk: Desk, page: Page) -> None:
    """A press is acked in silence; an unanswered one says so under its block; a confirm dialog may hold it back."""
    await desk.post(MESSAGES[0])
    message = page.get_by_role("article").last
    await message.get_by_role("button", name="Approve").click()
    assert (await asyncio.wait_for(desk.seen.get(), PATIENCE))["actions"][0]["action_id"] == "ok"
    await expect(message.get_by_role("alert").filter(has_text="operation_timeout")).to_have_count(0)

    await message.get_by_role("button", name="Deny").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Keep").click()
    await expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert desk.seen.empty()

    plain = message.get_by_role("button", name="Plain")
    await plain.click()
    await expect(plain).to_have_attribute("aria-busy", "true")
    await expect(message.locator(".block-actions").get_by_role("alert")).to_contain_text("operation_timeout")


async def test_feedback_says_which_thumb(desk: Desk, page: Page) -> None:
    """A thumb sends its value and stays marked."""
    await desk.post([block for blocks in MESSAGES for block in blocks if block["type"] == "context_actions"])
    thumb = page.get_by_role("button", name="Good")
    await thumb.click()

    await expect(thumb).to_have_attribute("aria-pressed", "true")
    assert (await asyncio.wait_for(desk.seen.get(), PATIENCE))["actions"][0]["type"] == "feedback_buttons"


async def test_type_ahead_shows_the_newest_answer(desk: Desk, page: Page) -> None:
    """It asks from three characters on, drops an answer that is out of date, and says when nothing came."""
    dialog = await open_gallery(page)
    field = dialog.get_by_role("combobox", name="Workflow", exact=False)
    await field.click()
    await expect(page.get_by_text("Type 3 or more characters")).to_be_visible()
    await field.press_sequentially("rep")
    await expect(page.get_by_text("Searching…")).to_be_visible()
    await asyncio.wait_for(desk.asked.wait(), PATIENCE)
    await field.press_sequentially("air")
    await expect(page.get_by_role("option")).to_have_text(["Repair VPN"])

    await field.fill("nothing")
    await expect(page.get_by_text("No results")).to_be_visible()
    await field.fill("hang")
    await expect(page.get_by_text("Options could not be loaded")).to_be_visible()
    await field.fill("cache")
    await expect(page.get_by_role("option")).to_have_text(["Clear cache"])
    await field.press("Enter")
    await expect(field).to_have_value("Clear cache")


async def test_modal_submits_the_state_that_slack_would(desk: Desk, page: Page) -> None:
    """Errors stand under required fields; what is submitted has every input, filled in or not."""
    dialog = await open_gallery(page)
    await assert_accessible(page)
    await dialog.get_by_role("button", name="Run").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(4)
    await expect(dialog.get_by_label("Reason")).to_be_focused()

    await fill_in(page, dialog)
    await dialog.get_by_role("button", name="Run").click()

    await expect(page.get_by_role("dialog")).to_have_count(0)
    body = await asyncio.wait_for(desk.seen.get(), PATIENCE)
    values = body["view"]["state"]["values"]
    (file,) = values["files"]["files"].pop("files")
    assert (file["id"][0], file["name"], file["size"]) == ("F", "log.txt", 10)
    assert {block_id: states[block_id] for block_id, states in values.items()} == EXPECTED


async def fill_in(page: Page, dialog: Locator) -> None:
    """Fill in what the gallery requires, and a little more."""
    await dialog.get_by_label("Reason").fill("because")
    await expect(dialog.locator(".letters-left").first).to_have_text("93")
    workflow = dialog.get_by_role("combobox", name="Workflow")
    await workflow.fill("cache")
    await page.get_by_role("option", name="Clear cache").click()
    await dialog.get_by_label("Number").fill("5")
    await dialog.get_by_role("radio", name="Option a").check()
    rich = dialog.get_by_role("textbox", name="Rich")
    await rich.click()
    await page.keyboard.type("so ")
    await page.keyboard.press("Control+b")
    await page.keyboard.type("bold")
    await page.keyboard.press("Control+b")
    await page.keyboard.press("Enter")
    await page.keyboard.type("<b>")
    log = FilePayload(name="log.txt", mimeType="text/plain", buffer=b"some lines")
    await dialog.locator("input[type=file]").set_input_files(log)
    await expect(dialog.get_by_text("log.txt")).to_be_visible()


def option(text: str, value: str, **more: Any) -> Json:
    """Return an option as it stands in the state."""
    return {"text": {"type": "plain_text", "text": text, **more}, "value": value}


RICH = [
    {"type": "text", "text": "so "},
    {"type": "text", "text": "bold", "style": {"bold": True}},
    {"type": "text", "text": "\n<b>"},
]
EXPECTED: Json = {
    "reason": {"type": "plain_text_input", "value": "because"},
    "longer": {"type": "plain_text_input", "value": None},
    "workflow": {"type": "external_select", "selected_option": option("Clear cache", "clear cache")},
    "several": {
        "type": "multi_static_select",
        "selected_options": [option("Option a", "a", emoji=True), option("Option b", "b", emoji=True)],
    },
    "who": {"type": "users_select", "selected_user": "U0ADA"},
    "where": {"type": "conversations_select", "selected_conversation": None},
    "day": {"type": "datepicker", "selected_date": "2026-11-24"},
    "hour": {"type": "timepicker", "selected_time": None},
    "number": {"type": "number_input", "value": "5"},
    "email": {"type": "email_text_input", "value": None},
    "address": {"type": "url_text_input", "value": None},
    "moment": {"type": "datetimepicker", "selected_date_time": 1795000000},
    "static": {"type": "static_select", "selected_option": option("blue", "blue")},
    "channel": {"type": "channels_select", "selected_channel": None},
    "people": {"type": "multi_users_select", "selected_users": []},
    "rooms": {"type": "multi_conversations_select", "selected_conversations": []},
    "channels": {"type": "multi_channels_select", "selected_channels": []},
    "found": {"type": "multi_external_select", "selected_options": []},
    "checks": {"type": "checkboxes", "selected_options": [option("Option b", "b", emoji=True)]},
    "radio": {"type": "radio_buttons", "selected_option": option("Option a", "a", emoji=True)},
    "rich": {
        "type": "rich_text_input",
        "rich_text_value": {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": RICH}],
        },
    },
    "files": {"type": "file_input"},
}


async def test_hostile_texts_stay_text(desk: Desk, page: Page) -> None:
    """Scripts, attributes, javascript: and data: addresses are shown or dropped, never run."""
    attack = "\n\n".join(ATTACKS)
    link = {"type": "link", "url": "javascript:window.hacked=1", "text": "press me"}
    await desk.post(
        [
            {"type": "section", "text": {"type": "mrkdwn", "text": attack}},
            {"type": "section", "text": {"type": "plain_text", "text": attack}},
            {"type": "markdown", "text": attack},
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]},
        ]
    )
    message = page.get_by_role("article").last
    await expect(message).to_contain_text("<script>window.hacked = 1</script>")

    hrefs = await message.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert all(href.startswith("https://example.com/") for href in hrefs)
    assert await message.locator("script, img, [onerror], [onmouseover]").count() == 0
    assert await page.evaluate("window.hacked") is None
