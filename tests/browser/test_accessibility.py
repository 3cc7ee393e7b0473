"""What would trip up somebody who uses a screen reader, on the frame of the page, found by axe-core."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped] # it has no hints
from playwright.async_api import Browser, Frame, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

OPTIONS = {"resultTypes": ["violations"]}
SERIOUS = {"serious", "critical"}


async def problems(page: Page | Frame) -> list[str]:
    """Return what is serious on the page as it stands."""
    found = (await Axe().run(page, options=OPTIONS)).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


@pytest.fixture(params=["light", "dark"])
async def page(browser: Browser, playground: dict[str, Any], request: pytest.FixtureRequest) -> Page:
    """Alan's page in #help, with a message in it."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    people, channels = playground["people"], playground["channels"]
    await page.goto(f"{playground['page']}#person={people['Alan Example']}&channel={channels['help']}")
    await page.get_by_label("Message", exact=True).fill(f"`code` and @Grace Example in a {request.param} room")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article").last).to_contain_text(f"{request.param} room")
    return page


async def test_workspace_is_accessible(page: Page) -> None:
    """Conversation, list of commands, thread, an open entry of the wire and the switcher have nothing serious."""
    message = page.get_by_role("log", name="Messages in help").get_by_role("article").last
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").click()
    await page.get_by_label("Reply", exact=True).fill("A reply")
    await page.keyboard.press("Enter")
    await expect(message.get_by_role("button", name="1 reply")).to_be_visible()
    await page.get_by_role("complementary", name="On the wire").locator("summary").first.click()
    await page.get_by_label("Message", exact=True).fill("/")
    found = await problems(page)
    await page.keyboard.press("Control+k")
    found += await problems(page)

    assert found == []


async def test_panels_and_second_person_are_accessible(page: Page) -> None:
    """The open panels, two people side by side, and the app's conversation have nothing serious."""
    found = []
    for name in ("Nexthink: ", "Slack: "):
        toggle = page.get_by_role("button", name=name)
        if await toggle.is_visible():
            await toggle.click()
            found += await problems(page)
    await page.get_by_role("button", name="Side by side").click()
    await expect(page.frame_locator("iframe").get_by_role("heading", name="approvals").first).to_be_visible()
    found += [*await problems(page), *await problems(page.frames[1])]
    await page.get_by_role("button", name="fixdesk").first.click()
    found += await problems(page)

    assert found == []
