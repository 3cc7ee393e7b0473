"""A start whose answer is lost: found in Nexthink's records, or settled by whoever asked."""

from datetime import timedelta

from bot.playground.nexthink.fault import Endpoint, answer, cut
from tests.scenarios.office import Office, buttons, last_line

UNKNOWN = "Result unknown: it may have started"
FEW_MINUTES = timedelta(minutes=3)


async def test_start_that_arrived_is_found_and_followed(office: Office) -> None:
    """Nexthink's records show it: nobody is asked, nothing is sent twice, and the card tells the end."""
    office.nexthink.faults.add(Endpoint.EXECUTE, cut(processed=True))

    await office.run(office.ada, "teams cache")
    await office.card(office.ada, UNKNOWN)
    card = await office.card_after(office.ada, "Status: done")

    assert (len(office.starts()), office.nexthink.counters.starts, buttons(card)) == (1, 1, [])


async def test_start_that_did_not_arrive_is_started_again_by_a_person(office: Office) -> None:
    """The records do not show it, so whoever asked is asked; one press starts it once."""
    office.nexthink.faults.add(Endpoint.EXECUTE, cut(processed=False))

    await office.run(office.ada, "teams cache")
    card = await office.until(office.card(office.ada, UNKNOWN, "Not found in Nexthink's records so far"))
    assert buttons(card) == ["Check again", "Start again", "Leave it"]
    await office.ada.press(card, "Start again")
    done = await office.card_after(office.ada, "Status: done")

    assert (done.ts, len(office.starts()), office.nexthink.counters.starts) == (card.ts, 2, 1)


async def test_left_start_stays_unknown(office: Office) -> None:
    """The card says so in its last line, and has no buttons any more."""
    office.nexthink.faults.add(Endpoint.EXECUTE, cut(processed=False))

    await office.run(office.ada, "teams cache")
    card = await office.until(office.card(office.ada, UNKNOWN, "Not found"))
    await office.ada.press(card, "Leave it")
    left = await office.card(office.ada, "Left as it is")
    office.advance(FEW_MINUTES)

    assert (last_line(left), buttons(left), len(office.starts())) == ("❔ Status: unknown", [], 1)


async def test_check_again_says_what_it_saw(office: Office) -> None:
    """The person alone reads it, and what was found is shown on the card."""
    office.nexthink.faults.add(Endpoint.EXECUTE, answer(500))

    await office.run(office.ada, "teams cache")
    card = await office.until(office.card(office.ada, UNKNOWN, "Not found"))
    await office.ada.press(card, "Check again")

    await office.told(office.ada, "Not found in Nexthink's records so far")
    assert len(office.starts()) == 1


async def test_lost_start_is_found_after_a_restart(office: Office) -> None:
    """The bot dies with the answer on its way; the next one looks for it."""
    office.nexthink.faults.add(Endpoint.EXECUTE, cut(processed=True))
    await office.run(office.ada, "teams cache")
    await office.card(office.ada, UNKNOWN)

    await office.restart_bot()
    await office.card_after(office.ada, "Status: done")

    assert office.nexthink.counters.starts == 1
