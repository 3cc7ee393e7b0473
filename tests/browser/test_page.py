"""The frame of the page, in a real browser: threads, the Home tab, two people, the guide, the wire, the keyboard."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.server import LocalSlack
from bot.playground.slack.workspace import Channel, Person, Workspace
from tests.browser.conftest import local_app
from tests.browser.test_journey import in_time, open_as

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

Json = dict[str, Any]
MANIFEST: Json = {
    "display_information": {"name": "fixdesk"},
    "features": {"app_home": {"home_tab_enabled": True}, "bot_user": {"display_name": "fixdesk"}},
    "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


def home(presses: int) -> Json:
    """Return a Home tab that counts presses."""
    button = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "Press me"}}
    words = {"type": "mrkdwn", "text": f"Pressed *{presses}* times"}
    return {"type": "home", "blocks": [{"type": "section", "text": words}, {"type": "actions", "elements": [button]}]}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A local Slack with an app that has a Home tab."""
    ada, ben = Person("U0ADA", "Ada Example", title="Analyst"), Person("U0BEN", "Ben Example")
    channels = [Channel("C0HELP", "help", frozenset({"U0ADA", "U0BEN"}))]
    async with local_app(MANIFEST, Workspace([ada, ben], channels)) as (local, app):
        presses = 0

        async def opened(event: Json, client: AsyncWebClient) -> None:
            if event["tab"] == "home":
                await client.views_publish(user_id=event["user"], view=home(presses))

        async def pressed(ack: Any, body: Json, client: AsyncWebClient) -> None:
            nonlocal presses
            presses += 1
            await ack()
            await client.views_publish(user_id=body["user"]["id"], view=home(presses))

        app.event("app_home_opened")(opened)
        app.action("more")(pressed)
        yield local


async def opened_page(browser: Browser, slack: LocalSlack) -> Page:
    """Open Ada's page."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.goto(f"{slack.url}/#person=U0ADA")
    await expect(page.get_by_role("heading", name="help").first).to_be_visible()
    return page


async def test_home_tab_is_published_and_works(browser: Browser, slack: LocalSlack) -> None:
    """Opening Home tells the app, which publishes a view; its buttons work like a modal's."""
    page = await opened_page(browser, slack)
    await page.get_by_role("button", name="fixdesk").click()
    await expect(page.get_by_role("tab", name="Messages")).to_have_attribute("aria-selected", "true")

    await page.get_by_role("tab", name="Home").click()
    tab = page.get_by_role("tabpanel", name="Home")
    await expect(tab).to_contain_text("Pressed 0 times")
    await tab.get_by_role("button", name="Press me").click()

    await expect(tab).to_contain_text("Pressed 1 times")
    await expect(page.get_by_label("Message", exact=True)).to_be_hidden()


async def test_thread_collapses_and_opens(browser: Browser, slack: LocalSlack) -> None:
    """Replies stand in the thread's own pane, collapse under the message, and take no slash commands."""
    page = await opened_page(browser, slack)
    await page.get_by_label("Message", exact=True).fill("It is slow :eyes:")
    await page.keyboard.press("Enter")
    message = page.get_by_role("log", name="Messages in help").get_by_role("article")
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").click()
    thread = page.get_by_role("region", name="Thread #help")
    reply = thread.get_by_label("Reply", exact=True)
    await reply.fill("Since Monday")
    await reply.press("Enter")

    await expect(message.get_by_role("button", name="1 reply")).to_be_visible()
    await expect(thread).to_contain_text("Since Monday")
    await reply.fill("/fix it")
    await reply.press("Enter")
    await expect(thread).to_contain_text("cannot be used in a thread")
    await reply.press("Escape")
    await expect(thread).to_be_hidden()
    await expect(message).not_to_contain_text("Since Monday")


async def test_app_is_invited_with_help_of_the_list(browser: Browser, slack: LocalSlack) -> None:
    """`/invite @f` is completed from the list, and Slack itself brings the app in."""
    page = await opened_page(browser, slack)
    await page.get_by_label("Message", exact=True).press_sequentially("/invite @f")
    await expect(page.get_by_role("option", name="fixdesk")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("article")).to_contain_text("was added to #help by @Ada Example")


async def test_wire_is_filtered(browser: Browser, slack: LocalSlack) -> None:
    """A payload and its ack are one row with its milliseconds; refusals are found with a switch, with the reason."""
    page = await opened_page(browser, slack)
    wire = page.get_by_role("complementary", name="On the wire")
    await expect(wire).to_contain_text("Socket Mode · 1 connection")
    await page.get_by_role("button", name="fixdesk").click()
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("tabpanel", name="Home")).to_contain_text("Pressed")
    with pytest.raises(SlackApiError):
        await AsyncWebClient(token=slack.bot_token, base_url=slack.api_url).chat_postMessage(channel="C0HELP", text="x")
    rows = wire.get_by_role("listitem")

    await wire.get_by_label("Filter the wire").fill('tab":"home')
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("ack")
    await rows.locator("summary").click()
    await expect(rows.get_by_role("button", name="Copy Payload")).to_be_visible()
    await wire.get_by_label("Filter the wire").fill("")
    await wire.get_by_label("Refused only").check()
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("not_in_channel")


async def test_keyboard_goes_anywhere(browser: Browser, slack: LocalSlack) -> None:
    """Ctrl+K goes to a conversation by a few letters; Escape leaves everything as it was."""
    page = await opened_page(browser, slack)
    await page.keyboard.press("Control+k")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("fixd")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="fixdesk").first).to_be_visible()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("ben")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Ben Example")).to_have_attribute("aria-pressed", "true")


async def test_two_people_side_by_side(browser: Browser, playground: Json) -> None:
    """One press shows who decides beside who asks, each with a page of their own; a reload keeps both."""
    page = await open_as(browser, playground, "Ada Example", "help")
    await page.get_by_role("button", name="Side by side").click()
    beside = page.frame_locator("iframe")
    await expect(beside.get_by_role("heading", name="approvals").first).to_be_visible()
    await expect(page.get_by_label("Person at the right")).to_have_value(playground["people"]["Grace Example"])

    await page.get_by_label("Person at the right").select_option(playground["people"]["Barbara Example"])
    await expect(beside.get_by_role("heading", name="general").first).to_be_visible()
    await beside.get_by_label("Message", exact=True).fill("Hello from the right")
    await beside.get_by_label("Message", exact=True).press("Enter")
    await page.get_by_role("button", name="general").click()
    await expect(page.get_by_role("article").last).to_contain_text("Hello from the right")
    await page.reload()
    await expect(beside.get_by_role("article").last).to_contain_text("Hello from the right")
    await page.get_by_role("button", name="Close the second person").click()
    await expect(page.locator("iframe")).to_have_count(0)


async def test_guide_ticks_off_what_is_done(browser: Browser, playground: Json) -> None:
    """The first step is one press, is ticked when its card says so, and stays ticked when opened again."""
    page = await open_as(browser, playground, "Ada Example", "help")
    guide = page.get_by_role("region", name="Three things to try")
    await expect(guide).to_contain_text("0 of 3 done")
    await guide.get_by_role("button", name="/fix teams cache").click()
    await page.get_by_role("dialog").get_by_role("button", name="Run").click()

    await in_time(playground, guide, "1 of 3 done")
    await guide.get_by_role("button", name="Close the things to try").click()
    await expect(guide).to_be_hidden()
    await page.reload()
    await page.get_by_role("button", name="Things to try").click()
    await expect(guide).to_contain_text("1 of 3 done")
