"""The panel of Nexthink, in a real browser: make it trouble, see the bot cope, make it well again."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.test_journey import in_time, open_as, run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


@pytest.fixture
async def page(browser: Browser, playground: dict[str, Any], request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """Somebody's page; whatever a test does, Nexthink is well afterwards."""
    yield await open_as(browser, playground, getattr(request, "param", "Ada Example"), "general")
    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"{playground['nexthink_control_url']}/preset"
        (await client.post(url, json={"name": "normal"})).raise_for_status()


async def ask(page: Page) -> Locator:
    """Ask for a fix and press Run; the card is where it shows how it goes."""
    await page.get_by_label("Message", exact=True).fill("/fix teams cache")
    await page.keyboard.press("Enter")
    # While Nexthink is in trouble the form tries for some seconds to name the devices.
    await expect(page.get_by_role("dialog").get_by_role("button", name="Run")).to_be_visible()
    await run(page)
    return page.get_by_role("article").filter(has_text="Clear Teams cache")


async def choose(page: Page, preset: str, words: str) -> None:
    """Press a preset and see that the top bar says so."""
    await page.get_by_role("complementary", name="Nexthink").get_by_role("button", name=preset).click()
    await expect(page.get_by_role("button", name=f"Nexthink: {words}")).to_be_visible()


@pytest.mark.parametrize("page", ["Barbara Example"], indirect=True)
async def test_fix_waits_for_a_busy_nexthink(page: Page, playground: dict[str, Any]) -> None:
    """What is asked for while Nexthink is busy is tried again, and is done once it is back to normal."""
    await page.get_by_role("button", name="Nexthink: normal").click()
    await choose(page, "Busy (429)", "busy (429)")
    card = await ask(page)
    await expect(card).to_contain_text("Trying again")
    await choose(page, "Back to normal", "normal")

    await in_time(playground, card, "Status: done")


@pytest.mark.parametrize("page", ["Donald Example"], indirect=True)
async def test_running_fix_outlives_a_failing_nexthink(page: Page, playground: dict[str, Any]) -> None:
    """A card says that Nexthink is asked again while it fails, and ends in done once it is back to normal."""
    await page.get_by_role("button", name="Nexthink: normal").click()
    card = await ask(page)
    await expect(card).to_contain_text("Status: running")
    await choose(page, "Failing (503)", "failing (503)")
    await in_time(playground, card, "it is asked again")
    await choose(page, "Back to normal", "normal")

    await in_time(playground, card, "Status: done")


async def test_panel_keeps_its_place(page: Page) -> None:
    """It is closed at first, is open again after a reload, and Escape closes it and gives the focus back."""
    toggle = page.get_by_role("button", name="Nexthink: normal")
    panel = page.get_by_role("complementary", name="Nexthink")
    await expect(toggle).to_have_attribute("aria-expanded", "false")
    await expect(panel).to_be_hidden()
    await toggle.click()
    await page.reload()
    await expect(panel).to_be_visible()
    await expect(page.get_by_role("complementary", name="On the wire")).to_be_hidden()
    await panel.get_by_role("button", name="Gone").focus()
    await page.keyboard.press("Escape")

    await expect(panel).to_be_hidden()
    await expect(toggle).to_be_focused()
    await expect(page.get_by_role("complementary", name="On the wire")).to_be_visible()


async def test_slack_is_made_trouble(page: Page) -> None:
    """A jump of the clock is told, what is planned is counted, and "Back to normal" takes it all away."""
    await page.get_by_role("button", name="Slack: normal").click()
    panel = page.get_by_role("complementary", name="Slack")
    await expect(panel).to_contain_text("Socket Mode")
    await panel.get_by_role("button", name="Jump 1 minute ahead").click()
    await expect(panel).to_contain_text("ahead")
    await panel.get_by_label("Method").select_option("views.open")
    await panel.get_by_role("button", name="Plan it").click()
    await expect(page.get_by_role("button", name="Slack: 1 trouble planned")).to_be_visible()
    await expect(panel.get_by_role("list", name="Planned")).to_contain_text("views.open")
    await panel.get_by_role("button", name="Back to normal").click()

    await expect(page.get_by_role("button", name="Slack: normal")).to_be_visible()
