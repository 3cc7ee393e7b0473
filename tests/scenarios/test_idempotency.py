"""What arrives twice is done once."""

from bot.playground.slack import payloads
from bot.playground.slack.delivery.envelope import Kind
from tests.scenarios.office import Office

MIGRATION = {"Upgrade window": "tonight"}


async def test_submission_delivered_twice_starts_once(office: Office) -> None:
    """Slack may deliver an envelope twice; the run starts once and has one card."""
    view = await office.form(office.ada, "teams cache")
    office.slack.duplicate_next()

    assert (await office.ada.submit(view)).ok
    await office.card_after(office.ada, "Status: done")

    assert (len(office.starts()), len(office.ada.messages)) == (1, 1)


async def test_submit_pressed_twice_starts_once(office: Office) -> None:
    """A second submission of the same modal, in an envelope of its own, starts nothing more."""
    view = await office.form(office.ada, "teams cache")
    payload = payloads.view_submission(office.slack._install, office.ada.person, office.ada.open_view(view), [])

    first = await office.ada.submit(view)
    again = await office.slack.deliveries.deliver(Kind.INTERACTIVE, "submitted again", payload)
    await office.card_after(office.ada, "Status: done")

    assert (first.ok, again.ok) == (True, True)
    assert (len(office.starts()), len(office.ada.messages)) == (1, 1)


async def test_approval_delivered_twice_starts_once(office: Office) -> None:
    """The same press on Approve twice is one decision, and nobody is told of a mistake."""
    await office.run(office.ada, "manage local admin permission", Action="grant", Hours="4", Reason="A driver")
    message = await office.asked(office.grace, "waiting for approval")
    office.slack.duplicate_next()

    assert (await office.grace.press(message, "Approve")).ok
    await office.card_after(office.ada, "Status: done")

    assert len(office.starts()) == 1
    assert [told for told in office.grace.messages if told.is_ephemeral] == []


async def test_resume_delivered_twice_fires_once(office: Office) -> None:
    """The same press on Approve of a paused execution twice is one trigger."""
    await office.run(office.ada, "windows 11 migration", **MIGRATION)
    message = await office.asked(office.grace, "decides how it goes on")
    office.advance()
    office.slack.duplicate_next()

    assert (await office.grace.press(message, "Approve")).ok
    await office.card_after(office.ada, "Status: done")

    assert (len(office.triggers()), office.nexthink.counters.triggers) == (1, 1)


async def test_resume_pressed_twice_by_one_person_fires_once(office: Office) -> None:
    """An impatient second press is told that it was decided; one trigger is accepted."""
    await office.run(office.ada, "windows 11 migration", **MIGRATION)
    message = await office.asked(office.grace, "decides how it goes on")
    office.advance()

    assert (await office.grace.press(message, "Approve")).ok
    assert (await office.grace.press(message, "Approve")).ok
    await office.told(office.grace, "Grace Example approved it at")
    await office.card_after(office.ada, "Status: done")

    assert office.nexthink.counters.triggers == 1


async def test_command_delivered_twice_opens_one_modal(office: Office) -> None:
    """A command that arrives twice shows one form, and the trigger that was used up troubles nobody."""
    office.slack.duplicate_next()

    view = await office.form(office.ada, "teams cache")

    assert [shown.id for shown in office.ada.views] == [view.id]
