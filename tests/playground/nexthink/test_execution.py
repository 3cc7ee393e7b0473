"""The state of an execution, by a moved clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.playground.nexthink.catalog import Catalog
from bot.playground.nexthink.execution import Execution, Resumption

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Tell the moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def execution(catalog: Catalog, workflow_id: str) -> Execution:
    """Make an execution that has just started."""
    workflow = catalog.find(workflow_id)
    assert workflow is not None
    return Execution("e", "r", workflow, None, None, START, wait_timeout=timedelta(hours=24))


@pytest.mark.parametrize(
    ("workflow_id", "seconds", "state"),
    [
        ("#clear_teams_cache", 0, "started"),
        ("#clear_teams_cache", 0.9, "started"),
        ("#clear_teams_cache", 1, "in_progress"),
        ("#clear_teams_cache", 5.9, "in_progress"),
        ("#clear_teams_cache", 6, "success"),
        ("#clear_teams_cache", 99999, "success"),
        ("#repair_sccm_client", 5.9, "in_progress"),
        ("#repair_sccm_client", 6, "failure"),
        ("#reboot_reminder", 6, "cancelled"),
        ("#collect_network_trace", 6, "expired"),
        ("#windows_11_migration", 3.9, "in_progress"),
        ("#windows_11_migration", 4, "waiting"),
        ("#windows_11_migration", 4 + 24 * 3600 - 1, "waiting"),
        ("#windows_11_migration", 4 + 24 * 3600, "expired"),
    ],
)
def test_the_state_follows_from_the_clock(catalog: Catalog, workflow_id: str, seconds: float, state: str) -> None:
    """Each script goes through its states at its own pace."""
    assert execution(catalog, workflow_id).state_at(at(seconds)).name == state


@pytest.mark.parametrize(
    ("parameters", "seconds", "state", "details"),
    [
        ({"decision": "approved"}, 9.9, "waiting", None),
        ({"decision": "approved"}, 10, "in_progress", None),
        ({"decision": "approved"}, 12.9, "in_progress", None),
        ({"decision": "approved"}, 13, "success", "Done"),
        ({"decision": "approved", "approver": "grace@example.com"}, 13, "success", "Done"),
        ({"decision": "denied"}, 10, "cancelled", "Stopped by the decision: denied"),
        ({"decision": "Approved"}, 10, "failure", "Default condition"),
        ({}, 10, "failure", "Default condition"),
    ],
)
def test_an_event_decides_how_a_run_goes_on(
    catalog: Catalog, parameters: dict[str, str], seconds: float, state: str, details: str | None
) -> None:
    """An event after ten seconds goes on, ends the run, or meets a condition without a branch."""
    resumed = replace(execution(catalog, "#windows_11_migration"), resumption=Resumption(at(10), parameters))
    found = resumed.state_at(at(seconds))

    assert (found.name, found.ending and found.ending.details) == (state, details)


def test_a_listener_without_a_condition_takes_any_event(catalog: Catalog) -> None:
    """An event without parameters is enough."""
    resumed = replace(execution(catalog, "#onboard_new_starter"), resumption=Resumption(at(5), {}))

    assert resumed.state_at(at(8)).name == "success"


def test_a_cancelled_execution_stays_cancelled(catalog: Catalog) -> None:
    """What was true before the cancellation stays true of that time."""
    cancelled = replace(execution(catalog, "#clear_teams_cache"), cancelled_at=at(3))

    assert [cancelled.state_at(at(s)).name for s in (2, 3, 60)] == ["in_progress", "cancelled", "cancelled"]
