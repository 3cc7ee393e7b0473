"""A start whose answer is lost, in a real browser: the card asks, and asks once more before it is started again."""

from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_journey import ask, in_time, open_as, run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


async def test_person_starts_again_what_did_not_arrive(browser: Browser, playground: dict[str, Any]) -> None:
    """Nothing was started, so that nothing is found; a press and a confirmation later it is done."""
    async with httpx.AsyncClient(trust_env=False) as client:
        fault = {"endpoint": "execute", "fault": "cut", "times": 1}
        (await client.post(f"{playground['nexthink_control_url']}/fault", json=fault)).raise_for_status()
    page = await open_as(browser, playground, "Alan Example", "general")
    await ask(page, "/fix teams cache")
    await run(page)

    card = page.get_by_role("article").filter(has_text="Clear Teams cache")
    await expect(card).to_contain_text("Result unknown: it may have started")
    for name in ("Check again", "Start again", "Leave it"):
        await expect(card.get_by_role("button", name=name)).to_be_visible()
    await card.get_by_role("button", name="Start again").click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("It would then run twice")
    await dialog.get_by_role("button", name="Start again").click()

    await in_time(playground, card, "Status: done")
