"""A denial with its reason, and everything that it was about, in a real browser."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_journey import ask, open_as, run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

PICTURES = os.environ.get("PICTURES", "")
"""A folder for pictures, for whoever wants to look."""


async def keep_picture(page: Page, name: str) -> None:
    """Keep what is on the screen where somebody asked for it."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png")


async def test_approver_looks_denies_and_says_why(browser: Browser, playground: dict[str, Any]) -> None:
    """The card says so to whoever asked; before that they could have withdrawn it."""
    ada = await open_as(browser, playground, "Ada Example", "general")
    await ask(ada, "/fix manage local admin permission")
    form = ada.get_by_role("dialog")
    await form.get_by_label("Reason").fill("To install a driver")
    for name, choice in (("Action", "grant"), ("Hours", "4")):
        await choose(ada, name, choice)
    await keep_picture(ada, "form")
    await run(ada)
    card = ada.get_by_role("article").filter(has_text="Manage local admin permission")
    await expect(card.get_by_role("button", name="Withdraw")).to_be_visible()
    await keep_picture(ada, "waiting")

    grace = await open_as(browser, playground, "Grace Example", "approvals")
    question = grace.get_by_role("article").filter(has_text="asks to run this")
    await question.get_by_role("button", name="Details").click()
    details = grace.get_by_role("dialog")
    await expect(details).to_contain_text("SHA-256")
    await expect(details).to_contain_text("To install a driver")
    await keep_picture(grace, "details")
    await details.get_by_role("button", name="Close").last.click()
    await question.get_by_role("button", name="Deny").click()
    why = grace.get_by_role("dialog")
    await why.get_by_label("Reason").fill("Ask again on Monday")
    await keep_picture(grace, "reason")
    await why.get_by_role("button", name="Send").click()

    await expect(card).to_contain_text("Ask again on Monday")
    await expect(card).to_contain_text("Status: denied")
    await expect(question.get_by_role("button", name="Approve")).to_have_count(0)
    await keep_picture(grace, "denied")


async def choose(page: Page, label: str, choice: str) -> None:
    """Choose an option of a field."""
    await page.get_by_role("dialog").get_by_label(label).click()
    await page.get_by_role("option", name=choice, exact=True).click()
