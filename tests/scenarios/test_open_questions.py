"""What no public source says about Nexthink: whichever way a tenant answers, the bot stays right."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.playground.nexthink.settings import ROW_KEYS
from tests.scenarios.office import NewOffice, Office, buttons
from tests.scenarios.test_resume import paused

WORDS = {
    "started": "Queued",
    "in_progress": "IN PROGRESS",
    "waiting": "Waiting for API listener",
    "success": "SUCCEEDED",
    "cancelled": "Canceled by a condition",
}
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "details is an array": {"details_as_object": False},
    "details is an object": {"details_as_object": True},
    "trigger answers an array": {"trigger_as_object": False},
    "trigger answers an object": {"trigger_as_object": True},
    "user and device make one execution": {"pair_targets": True},
    "user and device make two executions": {"pair_targets": False},
    "the list ignores its filters": {"ignore_list_filters": True},
    "the list wants both filters": {"filters_required": True},
    "the list shows inactive workflows": {"only_active_by_default": False},
    "the list hides inactive workflows": {"only_active_by_default": True},
    "both lists of a start are required": {"lists_required": True},
    "a missing list counts as empty": {"lists_required": False},
    "a waiting execution is in progress": {"waiting_status": "in_progress"},
    "a waiting execution says so": {"waiting_status": "waiting_for_event"},
    "states are spelled in other ways": {"status_words": WORDS},
    "members are left out": {"left_out": frozenset({"description", "hasUser", "hasDevice", "valid"})},
    "NQL lags behind": {"status_delay": timedelta(seconds=20)},
    "columns are missing": {
        "missing_columns": frozenset({"device.name", "status_details", "outcome", "outcome_details", "inputs"})
    },
    **{f"keys of rows: {name}": {"row_key": spelling} for name, spelling in ROW_KEYS.items()},
}


async def office_with(new_office: NewOffice, answers: Mapping[str, Any]) -> Office:
    """Start the bot beside a tenant that answers so."""
    office = await new_office(**answers)
    await office.start_bot()
    return office


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
async def test_run_ends_in_done(new_office: NewOffice, answers: Mapping[str, Any]) -> None:
    """A run without a pause is started once, followed, and ends as Nexthink ends it."""
    office = await office_with(new_office, answers)

    await office.run(office.ada, "teams cache")
    await office.card_after(office.ada, "Status: done")

    assert len(office.starts()) == 1


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
async def test_pause_is_resumed_once(new_office: NewOffice, answers: Mapping[str, Any]) -> None:
    """Each paused execution gets one trigger for the one decision about it, and the run ends."""
    office = await office_with(new_office, answers)
    await paused(office)

    for number, execution in enumerate(office.nexthink.executions, 1):
        waiting = await office.asked(office.grace, "decides how it goes on")
        assert (await office.grace.press(waiting, "Approve")).ok, execution
        await office.nexthink.log.wait_for("/trigger", number)
    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")

    resumed = [request.path for request in office.triggers()]
    assert len(resumed) == len(set(resumed)) == len(office.nexthink.executions) == office.nexthink.counters.triggers
    assert len(office.starts()) == 1


@pytest.mark.parametrize("status", [400, 404, 409])
async def test_press_that_comes_early_is_not_lost(new_office: NewOffice, status: int) -> None:
    """Where 400 says "not yet" it is sent again; after any other refusal the buttons come back with the reason."""
    office = await office_with(new_office, {"late_trigger_status": status})
    message = await paused(office, timedelta())

    assert (await office.grace.press(message, "Approve")).ok
    await office.nexthink.log.wait_for("/trigger")
    if status != 400:
        refused = await office.asked(office.grace, "Not resumed", "does not wait for an event")
        assert buttons(refused) == ["Approve", "Deny", "Details"]
        assert len(office.triggers()) == 1
        office.advance(timedelta(seconds=6))
        assert (await office.grace.press(refused, "Approve")).ok
    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")

    assert office.nexthink.counters.triggers == 1


@pytest.mark.parametrize("status", [400, 404, 409])
async def test_press_that_comes_late_ends_with_the_run(new_office: NewOffice, status: int) -> None:
    """An execution that has ended meanwhile takes no answer, and every card says how it ended."""
    office = await office_with(new_office, {"late_trigger_status": status, "wait_timeout": timedelta(seconds=30)})
    message = await paused(office)
    office.nexthink.cancel(office.nexthink.executions[0].uuid)

    assert (await office.grace.press(message, "Approve")).ok
    await office.card_after(office.ada, "Status: cancelled")
    copy = await office.until(office.asked(office.grace, "Status: cancelled"))

    assert buttons(copy) == []
    assert office.nexthink.counters.triggers == 0
