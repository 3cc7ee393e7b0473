"""Nexthink is away, slow, busy, or says nothing that can be read."""

from datetime import timedelta

import pytest

from bot.playground.nexthink.fault import Endpoint, Fault, answer, cut, hang, unreadable
from tests.scenarios.office import NewOffice, Office, last_line

UNKNOWN = "Result unknown: it may have started"


async def test_away_at_start_is_said_and_works_when_it_comes(new_office: NewOffice) -> None:
    """Without any catalog `/fix` says politely that Nexthink is away; the first press after its return works."""
    office = await new_office()
    await office.nexthink.go_offline()
    await office.start_bot()

    view = await office.form(office.ada, "teams cache", "the list of fixes is not there yet")
    await office.ada.close(view)
    await office.nexthink.go_online()
    await office.run(office.ada, "teams cache")

    await office.card_after(office.ada, "Status: done")


async def test_away_with_a_kept_catalog_says_how_old_it_is(office: Office) -> None:
    """A bot that starts while Nexthink is away works with the catalog of its database, and the modal says its age."""
    await office.form(office.ada, "teams cache")
    await office.stop_bot()
    await office.nexthink.go_offline()
    office.advance(timedelta(hours=3))
    await office.start_bot()
    await office.refresh_failed()

    view = await office.form(office.ada, "teams cache", "list is 3 h old")

    assert view.values["workflow"]["run.workflow"]["selected_option"]["value"] == "#clear_teams_cache"


async def test_start_without_a_connection_is_tried_again(office: Office) -> None:
    """No connection: surely nothing was started, so it is tried again until one is made; it starts once."""
    view = await office.form(office.ada, "teams cache")
    await office.nexthink.go_offline()

    await office.ada.submit(view)
    card = await office.card(office.ada, "Not started yet", "no connection could be made")
    await office.nexthink.go_online()
    await office.card_after(office.ada, "Status: done")

    assert (last_line(card), len(office.starts())) == ("⏳ Status: requested", 1)


async def test_start_that_never_finds_a_connection_fails_with_the_reason(office: Office) -> None:
    """After ten minutes without a connection it is given up: surely not started, and the card says so."""
    view = await office.form(office.ada, "teams cache")
    await office.nexthink.go_offline()

    await office.ada.submit(view)
    card = await office.until(office.card(office.ada, "It was not started"), timedelta(minutes=6))

    assert (last_line(card), office.nexthink.counters.starts) == ("❌ Status: failed", 0)


async def test_busy_at_the_start_is_tried_again(office: Office) -> None:
    """429 surely did nothing: the start is sent again after the time that Nexthink asks for, and runs once."""
    view = await office.form(office.ada, "teams cache")
    office.nexthink.faults.add(Endpoint.EXECUTE, answer(429, "20"))

    await office.ada.submit(view)
    await office.card(office.ada, "Not started yet")
    office.advance(timedelta(seconds=15))
    await office.form(office.grace, "teams cache")
    sent_too_early = len(office.starts()) - 1
    await office.card_after(office.ada, "Status: done")

    assert (sent_too_early, len(office.starts()), office.nexthink.counters.starts) == (0, 2, 1)


async def test_revoked_token_at_the_start_is_renewed_once(office: Office) -> None:
    """401 surely did nothing: with a new token it starts, once."""
    view = await office.form(office.ada, "teams cache")
    office.nexthink.revoke_tokens()

    await office.ada.submit(view)
    await office.card_after(office.ada, "Status: done")

    assert office.nexthink.counters.starts == 1


async def test_refused_start_fails_with_the_reason(office: Office) -> None:
    """400: it was not started, the card says why, and it is not sent again."""
    view = await office.form(office.ada, "teams cache")
    body = '{"code": "INVALID_PARAMETER", "details": "Not today, thank you."}'
    office.nexthink.faults.add(Endpoint.EXECUTE, answer(400, body=body))

    await office.ada.submit(view)
    card = await office.card(office.ada, "It was not started", "Not today, thank you.")
    await _another_run_ends(office)

    assert (last_line(card), len(office.starts())) == ("❌ Status: failed", 2)


@pytest.mark.parametrize(
    "fault",
    [
        cut(processed=True),
        cut(processed=False),
        unreadable(),
        unreadable("[]"),
        answer(500, processed=True),
        answer(503, "1"),
    ],
    ids=["cut after", "cut before", "page", "other form", "500 after", "503 before"],
)
async def test_start_of_unknown_result_is_never_sent_again(office: Office, fault: Fault) -> None:
    """The card says that it may have started, not that it failed; nothing is sent a second time."""
    view = await office.form(office.ada, "teams cache")
    office.nexthink.faults.add(Endpoint.EXECUTE, fault)

    await office.ada.submit(view)
    card = await office.card(office.ada, UNKNOWN)
    await _another_run_ends(office)

    assert last_line(card) == f"❔ {UNKNOWN}"
    assert "fail" not in card.words
    assert "not started" not in card.words.lower()
    assert [start.body["users"] for start in office.starts()] == [
        [{"upn": "ada@example.com"}],
        [{"upn": "grace@example.com"}],
    ]


async def test_hanging_start_is_never_sent_again(office: Office) -> None:
    """While the answer hangs the card says starting; once it is cut the result is unknown, and it is not sent again."""
    view = await office.form(office.ada, "teams cache")
    office.nexthink.faults.add(Endpoint.EXECUTE, hang(processed=True))

    await office.ada.submit(view)
    await office.card(office.ada, "Status: starting")
    office.nexthink.release()
    await office.card(office.ada, UNKNOWN)
    await _another_run_ends(office)

    assert len(office.starts()) == 2


async def test_unknown_devices_query_sends_the_upn_alone(new_office: NewOffice) -> None:
    """A tenant without the query: the modal and the card say that Nexthink takes the device itself."""
    office = await new_office(saved_queries=frozenset({"#fixdesk_execution_status"}))
    await office.start_bot()

    view = await office.form(office.ada, "teams cache", "The query for devices is not set up")
    await office.ada.submit(view)
    await office.card_after(office.ada, "The query for devices is not set up", "Status: done")

    _assert_upn_alone(office)


@pytest.mark.parametrize("fault", [answer(500), unreadable()], ids=["5xx", "page"])
async def test_failing_devices_query_sends_the_upn_alone(office: Office, fault: Fault) -> None:
    """Where Nexthink cannot name the devices the run goes on without, and both the modal and the card say so."""
    office.nexthink.faults.add(Endpoint.NQL, fault, times=6)

    view = await office.form(office.ada, "teams cache", "could not name your devices")
    await office.ada.submit(view)
    await office.card(office.ada, "could not name your devices")
    office.nexthink.faults.clear()
    await office.card_after(office.ada, "Status: done")

    _assert_upn_alone(office)


async def test_slow_devices_query_sends_the_upn_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for their devices: the run goes on without them, and both the modal and the card say so."""
    monkeypatch.setattr("bot.usecases.device.PATIENCE", timedelta(milliseconds=200))
    office.nexthink.faults.add(Endpoint.NQL, hang(), times=2)

    view = await office.form(office.ada, "teams cache", "took too long")
    await office.ada.submit(view)
    await office.card_after(office.ada, "took too long", "Status: done")

    _assert_upn_alone(office)


async def test_person_without_devices_sends_the_upn_alone(office: Office) -> None:
    """Where Nexthink has no row for a person the UPN alone is sent."""
    katherine = office.slack.client_of("Katherine Example")

    view = await office.form(katherine, "teams cache", "no device")
    await katherine.submit(view)
    await office.card(katherine, "no device")
    [start] = await office.nexthink.log.wait_for("/workflows/execute")

    assert (start.body["users"], start.body["devices"]) == ([{"upn": "katherine@example.com"}], [])


async def test_unknown_status_query_ends_as_unknown(new_office: NewOffice) -> None:
    """A tenant without the query for the status: it was started, and the card says that nobody can see how it goes."""
    office = await new_office(saved_queries=frozenset({"#fixdesk_user_devices"}))
    await office.start_bot()

    await office.run(office.ada, "teams cache")
    card = await office.card_after(office.ada, "progress cannot be shown")

    assert (last_line(card), len(office.starts())) == ("❔ Status: unknown", 1)


async def test_status_that_comes_late_is_waited_for(new_office: NewOffice) -> None:
    """No row yet is no failure: the card says running until NQL shows the end."""
    office = await new_office(status_delay=timedelta(minutes=5))
    await office.start_bot()

    await office.run(office.ada, "teams cache")
    asked = office.nexthink.log.wait_for("/nql/execute", 4)
    await office.until(asked)
    still = await office.card(office.ada)
    await office.until(office.card(office.ada, "Status: done"), timedelta(seconds=45))

    assert last_line(still) == "⏳ Status: running"


async def test_silent_status_is_said_and_forgotten(office: Office) -> None:
    """While Nexthink does not say how a run goes its card says so, and no longer once it does."""
    await office.run(office.ada, "teams cache")
    await office.card(office.ada, "Status: running")
    office.nexthink.faults.add(Endpoint.NQL, answer(500), times=3)

    await office.card_after(office.ada, "does not say at the moment")
    done = await office.card_after(office.ada, "Status: done")

    assert "at the moment" not in done.words


async def test_failed_execution_tells_what_nexthink_says(office: Office) -> None:
    """An execution that fails ends the card as failed, with Nexthink's own words."""
    await office.run(office.ada, "fix camera not found")

    card = await office.card_after(office.ada, "Status: failed")

    assert "no camera is connected" in card.words


async def test_end_is_shown_within_45_seconds(office: Office) -> None:
    """Between the end in NQL and the end on the card lie at most 45 seconds, also late in the first ten minutes."""
    await office.run(office.ada, "windows 11 migration", **{"Upgrade window": "tonight"})
    await office.asked(office.grace, "decides how it goes on")
    asked_before = len(office.nexthink.log.to("/nql/execute"))
    await office.until(office.nexthink.log.wait_for("/nql/execute", asked_before + 8), timedelta(minutes=1))
    [execution] = office.nexthink.executions

    office.nexthink.cancel(execution.uuid)
    office.advance(timedelta(seconds=45))

    await office.card(office.ada, "Status: cancelled")


async def _another_run_ends(office: Office) -> None:
    """Let time pass until somebody else's run is done, and with it whatever else would have been due."""
    await office.run(office.grace, "teams cache")
    await office.card_after(office.grace, "Status: done")


def _assert_upn_alone(office: Office) -> None:
    assert [(start.body["users"], start.body["devices"]) for start in office.starts()] == [
        ([{"upn": "ada@example.com"}], [])
    ]
