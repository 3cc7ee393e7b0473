"""Tests for bot.domain.adoption."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.adoption import find_request
from bot.domain.run import ExecutionId, ExecutionState, Run, RunId, RunState, Send, Sighting, Target
from tests.domain.values import ADA, LAPTOP, NOON, a_run

RUN_ID = RunId("0123456789abcdef")


def unanswered(**changes: Any) -> Run:
    """Return a run whose start went out at noon."""
    return a_run(**({"id": RUN_ID, "state": RunState.UNCERTAIN, "sent_at": NOON} | changes))


def recorded(request: str = "q-1", execution: str = "", **changes: Any) -> Sighting:
    """Return what Nexthink recorded of a request a second later."""
    plain: dict[str, Any] = {
        "request_id": request,
        "execution_id": ExecutionId(execution or f"e-{request}"),
        "state": ExecutionState.RUNNING,
        "workflow_id": "#reset_vpn",
        "upn": ADA.upn,
        "requested_at": NOON + timedelta(seconds=1),
    }
    return Sighting(**(plain | changes))


def adopted(run: Run, *rows: Sighting, taken: set[str] | None = None, rivals: tuple[Run, ...] = ()) -> str:
    """Return the request that is adopted, "" for none."""
    found = find_request(run, rows, taken=taken or set(), rivals=rivals).adopted
    return found.request_id if found else ""


@pytest.mark.parametrize(
    "row",
    [
        recorded(),
        recorded(upn=ADA.upn.upper(), workflow_id="#Reset_VPN"),
        recorded(requested_at=NOON),
        recorded(collector_uid="any", device_name="LT-9"),
    ],
)
def test_only_request_for_the_workflow_and_person_is_it(row: Sighting) -> None:
    """Case does not matter, nor which of the person's devices Nexthink took."""
    assert adopted(unanswered(), row) == "q-1"


@pytest.mark.parametrize(
    "row",
    [
        recorded(workflow_id="#other"),
        recorded(workflow_id=""),
        recorded(upn="eve@example.com"),
        recorded(upn=""),
        recorded(requested_at=NOON - timedelta(seconds=1)),
        recorded(requested_at=None),
        recorded(request=""),
    ],
)
def test_what_may_be_somebody_elses_is_not_adopted(row: Sighting) -> None:
    """Another workflow or person, an earlier time, or a column that the tenant does not show."""
    assert adopted(unanswered(), row) == ""


def test_several_requests_are_not_chosen_from() -> None:
    """Two that could be it say nothing, and that is told; two executions of one request are one."""
    finding = find_request(unanswered(), [recorded("q-1"), recorded("q-2")], taken=(), rivals=())

    assert (finding.adopted, finding.candidates) == (None, 2)
    rows = [recorded("q-1", "e-1"), recorded("Q-1", "e-2")]
    started = find_request(unanswered(), rows, taken=(), rivals=()).adopted
    assert started is not None
    assert started.execution_ids == ("e-1", "e-2")


def test_request_of_another_run_is_left_out() -> None:
    """Whatever is known to belong to somebody leaves the other one as the only one."""
    assert adopted(unanswered(), recorded("Q-1"), recorded("q-2"), taken={"q-1"}) == "q-2"


def test_correlation_id_decides() -> None:
    """Among several, and even where the tenant shows neither workflow nor person nor time."""
    bare = recorded("q-2", workflow_id="", upn="", requested_at=None, inputs=f'{{"correlation_id": "{RUN_ID}"}}')

    assert adopted(unanswered(), recorded("q-1"), bare) == "q-2"


def test_rival_is_not_robbed() -> None:
    """Two unanswered starts of one workflow for one person: one request may be either's, unless it says whose."""
    rival = unanswered(id=RunId("fedcba9876543210"))
    elsewhere = dataclasses.replace(rival, target=Target(upn="eve@example.com", send=Send.USER))

    assert adopted(unanswered(), recorded(), rivals=(rival,)) == ""
    assert adopted(unanswered(), recorded(inputs=str(rival.id)), rivals=(rival,)) == ""
    assert adopted(unanswered(), recorded(), rivals=(elsewhere,)) == "q-1"
    assert adopted(unanswered(), recorded(), rivals=(unanswered(),)) == "q-1"


@pytest.mark.parametrize(
    ("send", "facts", "is_it"),
    [
        (Send.DEVICE, {"collector_uid": "C-1", "upn": "last.user@example.com"}, True),
        (Send.DEVICE, {"collector_uid": "c-2"}, False),
        (Send.DEVICE, {}, False),
        (Send.DEVICE, {"device_name": "lt-1"}, True),
        (Send.BOTH, {"collector_uid": "c-1"}, True),
        (Send.BOTH, {"collector_uid": "c-2"}, False),
        (Send.BOTH, {"upn": "eve@example.com", "collector_uid": "c-1"}, False),
        (Send.BOTH, {"device_name": "LT-2"}, False),
    ],
)
def test_device_that_was_sent_must_be_the_recorded_one(send: Send, facts: dict[str, str], is_it: bool) -> None:  # noqa: FBT001 - a table
    """The device's user is Nexthink's to choose; without the device's own id its name counts."""
    run = unanswered(target=Target(upn=ADA.upn, send=send, device=LAPTOP))

    assert bool(adopted(run, recorded(**facts))) is is_it


ROWS = st.builds(
    recorded,
    request=st.sampled_from(["q-1", "q-2", "Q-2"]),
    workflow_id=st.sampled_from(["#reset_vpn", "#other", ""]),
    upn=st.sampled_from([ADA.upn, "eve@example.com", ""]),
    requested_at=st.sampled_from([NOON - timedelta(minutes=1), NOON, None]),
    inputs=st.sampled_from(["", f"correlation_id={RUN_ID}"]),
)


@given(st.lists(ROWS, max_size=6), st.randoms())
def test_order_of_rows_does_not_matter(rows: list[Sighting], luck: Any) -> None:
    """The same records always give the same request."""
    shuffled = rows.copy()
    luck.shuffle(shuffled)

    assert adopted(unanswered(), *rows).casefold() == adopted(unanswered(), *shuffled).casefold()
