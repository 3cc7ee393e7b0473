"""The journey of a newcomer, in a real browser: find, run, see it done; pause, approve, see it go on."""

import contextlib
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

GLANCE = 500
"""Milliseconds in which what ten seconds have brought is seen."""
STEPS = 40


async def open_as(browser: Browser, playground: dict[str, Any], name: str, channel: str) -> Page:
    """Open the page as a person in a channel."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    people, channels = playground["people"], playground["channels"]
    await page.goto(f"{playground['page']}#person={people[name]}&channel={channels[channel]}")
    await expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    return page


async def ask(page: Page, words: str) -> None:
    """Type a command and wait for the form."""
    await page.get_by_label("Message", exact=True).fill(words)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("button", name="Run")).to_be_visible()


async def in_time(playground: dict[str, Any], place: Locator, words: str) -> None:
    """Let time pass in the playground until a place holds some words."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(STEPS):
            answer = await client.post(f"{playground['slack_control_url']}/clock", json={"seconds": 10})
            answer.raise_for_status()
            with contextlib.suppress(AssertionError):
                return await expect(place).to_contain_text(words, timeout=GLANCE)
    return await expect(place).to_contain_text(words)


async def run(page: Page) -> None:
    """Press Run and go to where the card is."""
    await page.get_by_role("dialog").get_by_role("button", name="Run").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="fixdesk").first.click()


async def test_newcomer_runs_a_fix(browser: Browser, playground: dict[str, Any]) -> None:
    """`/fix teams cache`, Run: the card is there at once and ends in done."""
    page = await open_as(browser, playground, "Ada Example", "general")

    await ask(page, "/fix teams cache")
    await run(page)

    card = page.get_by_role("article").filter(has_text="Clear Teams cache")
    await expect(card).to_contain_text("LT-ADA-0042")
    await in_time(playground, card, "Status: done")


async def test_approver_resumes_a_paused_execution(browser: Browser, playground: dict[str, Any]) -> None:
    """An approval button resumes the execution, and both copies of the card end true."""
    ada = await open_as(browser, playground, "Ada Example", "general")
    grace = await open_as(browser, playground, "Grace Example", "approvals")

    await ask(ada, "/fix windows 11 migration")
    await ada.get_by_role("combobox", name="Upgrade window").click()
    await ada.get_by_role("option", name="tonight").click()
    await run(ada)
    question = grace.get_by_role("article").filter(has_text="Decision: Windows 11 migration")
    await question.get_by_role("button", name="Approve").click()

    # A press that Slack or Nexthink does not take at once is taken up again, by the playground's clock.
    await in_time(playground, question, "Approved by Grace Example")
    await expect(question.get_by_role("button", name="Approve")).to_have_count(0)
    card = ada.get_by_role("article").filter(has_text="Windows 11 migration")
    await expect(card).to_contain_text("Approved by Grace Example")
    await in_time(playground, card, "Status: done")
    await expect(question).to_contain_text("Status: done")


async def test_outsider_is_told_why_not(browser: Browser, playground: dict[str, Any]) -> None:
    """A guest opens the same modal and reads why it is not for them."""
    page = await open_as(browser, playground, "Mallory Outsider", "general")

    await page.get_by_label("Message", exact=True).fill("/fix teams cache")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("dialog")).to_contain_text("not allowed")
    await expect(page.get_by_role("dialog").get_by_role("button", name="Run")).to_have_count(0)
