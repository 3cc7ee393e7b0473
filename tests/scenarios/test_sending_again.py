"""The whole bot beside every fault: a start and an answer go out again only where they surely were not done."""

import contextlib
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.domain.errors import NexthinkError
from bot.playground.nexthink.fault import (
    Endpoint,
    Fault,
    answer,
    cut,
    garbage,
    half,
    unreadable,
    wrong_shape,
)
from tests.scenarios.office import Office
from tests.scenarios.test_resume import paused

UNKNOWN: Mapping[str, Fault] = {
    "408": answer(408),
    "409": answer(409),
    "500": answer(500),
    "500, done": answer(500, processed=True),
    "502": answer(502, body="<html>bad gateway"),
    "503": answer(503),
    "504, done": answer(504, processed=True),
    "redirected": answer(307),
    "cut": cut(processed=False),
    "cut, done": cut(processed=True),
    "half an answer": half(),
    "garbage": garbage(),
    "a page": unreadable(),
    "another shape": wrong_shape({"odd": 1}),
}
"""After these nobody knows whether it was done."""
PASSING: Mapping[str, Fault] = {"401": answer(401), "429": answer(429), "429 for a while": answer(429, "3")}
"""After these it surely was not done, and may be sent again."""
REFUSALS: Mapping[str, Fault] = {
    "403": answer(403, body='{"code": "FORBIDDEN", "details": "not by API"}'),
    "404": answer(404),
    "409 of Nexthink": answer(409, body='{"code": "NO", "details": "not now"}'),
    "413": answer(413),
}
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize("fault", UNKNOWN.values(), ids=UNKNOWN)
async def test_start_of_unknown_result_goes_out_once(office: Office, fault: Fault) -> None:
    """The card says so, and however much time passes nothing is sent again."""
    office.nexthink.faults.add(Endpoint.EXECUTE, fault)

    await office.run(office.ada, "teams cache")
    await office.card(office.ada, "Result unknown: it may have started")
    office.advance(QUARTER)
    await office.run(office.grace, "teams cache")
    await office.card_after(office.grace, "Status: done")

    assert len(office.starts()) == 2, "one each"


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_start_that_surely_was_not_done_goes_out_again(office: Office, fault: Fault) -> None:
    """It is started once, and ends."""
    office.nexthink.faults.add(Endpoint.EXECUTE, fault)

    await office.run(office.ada, "teams cache")
    await office.card_after(office.ada, "Status: done")

    assert (len(office.starts()), office.nexthink.counters.starts) == (2, 1)


@pytest.mark.parametrize("fault", [*REFUSALS.values(), answer(400)], ids=[*REFUSALS, "400"])
async def test_refused_start_is_told_and_not_repeated(office: Office, fault: Fault) -> None:
    """A refusal ends the run with a sentence."""
    office.nexthink.faults.add(Endpoint.EXECUTE, fault)

    await office.run(office.ada, "teams cache")
    await office.card(office.ada, "It was not started", "Status: failed")
    office.advance(QUARTER)

    assert (len(office.starts()), office.nexthink.counters.starts) == (1, 0)


@pytest.mark.parametrize("fault", UNKNOWN.values(), ids=UNKNOWN)
async def test_answer_of_unknown_result_goes_out_once(office: Office, fault: Fault) -> None:
    """Whoever decides is told, and nothing is sent again, whatever NQL shows afterwards."""
    message = await paused(office)
    office.nexthink.faults.add(Endpoint.TRIGGER, fault)

    await office.grace.press(message, "Approve")
    await office.card(office.ada, "Result unknown")
    office.advance(QUARTER)
    await office.run(office.grace, "teams cache")
    await office.card_after(office.grace, "Status: done")

    assert len(office.triggers()) == 1


@pytest.mark.parametrize("fault", [*PASSING.values(), answer(400)], ids=[*PASSING, "400"])
async def test_answer_that_surely_was_not_taken_goes_out_again(office: Office, fault: Fault) -> None:
    """It is accepted once, and the run ends."""
    message = await paused(office)
    office.nexthink.faults.add(Endpoint.TRIGGER, fault)

    await office.grace.press(message, "Approve")
    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")

    assert (len(office.triggers()), office.nexthink.counters.triggers) == (2, 1)


@pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS)
async def test_refused_answer_is_told_and_not_repeated(office: Office, fault: Fault) -> None:
    """The buttons come back with the reason, for a person to decide."""
    message = await paused(office)
    office.nexthink.faults.add(Endpoint.TRIGGER, fault)

    await office.grace.press(message, "Approve")
    await office.asked(office.grace, "Not resumed", "decides how it goes on")
    office.advance(QUARTER)

    assert (len(office.triggers()), office.nexthink.counters.triggers) == (1, 0)


@pytest.mark.parametrize("endpoint", [Endpoint.TOKEN, Endpoint.LIST, Endpoint.DETAILS, Endpoint.NQL])
@pytest.mark.parametrize("name", ["401", "429", "500", "cut", "half an answer", "garbage", "another shape"])
async def test_run_gets_over_a_fault_of_what_is_only_read(office: Office, endpoint: Endpoint, name: str) -> None:
    """With a fault at any read the run is started once, and ends in done."""
    catalog = office.vitals.catalog
    assert catalog is not None
    await catalog.refresh()
    office.nexthink.faults.add(endpoint, {**UNKNOWN, **PASSING}[name])
    if endpoint is Endpoint.TOKEN:
        office.nexthink.revoke_tokens()
    with contextlib.suppress(NexthinkError):
        await catalog.refresh()

    await office.run(office.ada, "teams cache")
    await office.card_after(office.ada, "Status: done")

    assert (len(office.starts()), office.nexthink.counters.starts) == (1, 1)
