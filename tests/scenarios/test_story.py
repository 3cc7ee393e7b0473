"""Whole journeys, told as stories: what people do and what they then see, over either transport."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.playground.clock import Clock
from bot.playground.nexthink.server import SimulatedNexthink
from bot.playground.slack.person.story import Protagonist

pytestmark = pytest.mark.usefixtures("bot")
PersonCalled = Callable[[str], Protagonist]


@pytest.fixture
def ada(person: PersonCalled) -> Protagonist:
    """An employee."""
    return person("Ada Example")


@pytest.fixture
def grace(person: PersonCalled) -> Protagonist:
    """A member of the help desk."""
    return person("Grace Example")


async def ask_for_rights(ada: Protagonist) -> None:
    """Ask for something that somebody has to approve first."""
    await ada.command("/fix local admin permission")
    await ada.choose("Action", "grant")
    await ada.choose("Hours", "4")
    await ada.type("Reason", "A driver")
    await ada.press("Run")


async def test_fix_runs_and_is_done(ada: Protagonist) -> None:
    """A command, a press, and one card that ends well."""
    await ada.command("/fix teams cache")
    await ada.press("Run")

    await ada.sees("Clear Teams cache", "LT-ADA-0042", "Status: done")


async def test_approver_lets_a_paused_execution_go_on(ada: Protagonist, grace: Protagonist) -> None:
    """It pauses, the help desk is asked, approves, and it goes on."""
    await ada.command("/fix windows 11 migration")
    await ada.choose("Upgrade window", "tonight")
    await ada.press("Run")

    await grace.sees("Decision: Windows 11 migration")
    await grace.press("Approve")

    await ada.sees("Approved by Grace Example", "Status: done")


async def test_approval_comes_before_the_start(
    ada: Protagonist, grace: Protagonist, nexthink: SimulatedNexthink
) -> None:
    """Nothing starts before somebody agrees; refused, nothing starts at all."""
    await ask_for_rights(ada)

    await grace.sees("waiting for approval")
    await grace.press("Deny")

    await ada.sees("Denied by Grace Example", "Status: denied")
    assert nexthink.counters.executions == 0


async def test_question_that_nobody_answers_expires(ada: Protagonist, grace: Protagonist, clock: Clock) -> None:
    """Eight hours pass in a moment, and the card says what came of it."""
    await ask_for_rights(ada)
    await grace.sees("waiting for approval")

    clock.jump(timedelta(hours=8))

    await ada.sees("Status: expired")


async def test_empty_field_is_told_under_it(ada: Protagonist) -> None:
    """A form that is not filled in is not sent."""
    await ada.command("/fix windows 11 migration")
    await ada.sees("Upgrade window")

    answer = await ada.press("Run")

    assert list(answer.errors.values()) == ["Please complete this required field."]


async def test_story_that_goes_wrong_says_what_is_seen(ada: Protagonist, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that fails tells what stood on the screen."""
    monkeypatch.setattr("bot.playground.slack.person.story.PATIENCE", 0.5)
    await ada.command("/fix teams cache")

    with pytest.raises(AssertionError, match=r"Ada Example does not see 'Status: done', but: Find a fix"):
        await ada.sees("Status: done")
