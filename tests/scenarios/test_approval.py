"""A run that must be approved before it starts."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.playground.slack.workspace import Message
from tests.scenarios.office import Office, buttons, last_line

WORDS = "manage local admin permission"
ANSWERS = {"Action": "grant", "Hours": "4", "Reason": "To install a driver"}


async def asked_for(office: Office) -> Message:
    """Let Ada ask, and return the message to those who decide."""
    await office.run(office.ada, WORDS, **ANSWERS)
    return await office.asked(office.grace, "Ada Example asks to run this", "waiting for approval")


async def test_approval_is_asked_with_all_that_it_is_about(office: Office) -> None:
    """The approvers see who asks for what, on which device and why; nothing has started."""
    message = await asked_for(office)

    for fact in ("Manage local admin permission", "ada@example.com", "LT-ADA-0042", "To install a driver", "grant"):
        assert fact in message.words
    assert buttons(message) == ["Approve", "Deny", "Details"]
    assert "waiting for approval" in last_line(await office.card(office.ada, "helpdesk is asked"))
    assert office.starts() == []


async def test_approved_run_starts_once_and_ends_on_both_copies(office: Office) -> None:
    """After one press on Approve the run starts once; both copies end at done, without buttons."""
    message = await asked_for(office)

    assert (await office.grace.press(message, "Approve")).ok
    done = await office.card_after(office.ada, "Approved by Grace Example", "Status: done")
    copy = await office.asked(office.grace, "Approved by Grace Example", "Status: done")

    assert (copy.ts, buttons(copy), buttons(done)) == (message.ts, [], [])
    [start] = office.starts()
    assert start.body["params"] == {"action": "grant", "hours": "4", "reason": "To install a driver"}


async def test_denied_run_never_starts(office: Office) -> None:
    """After Deny nothing starts, ever, and both copies say by whom it was denied."""
    message = await asked_for(office)

    assert (await office.grace.press(message, "Deny")).ok
    card = await office.card(office.ada, "Denied by Grace Example")
    copy = await office.asked(office.grace, "Denied by Grace Example")
    await office.grace.press(message, "Approve")
    await office.told(office.grace, "Grace Example denied it")

    assert (last_line(card), last_line(copy), buttons(copy)) == ("🚫 Status: denied", "🚫 Status: denied", [])
    assert office.starts() == []


async def test_nobody_approves_their_own_run(office: Office) -> None:
    """A member of the help desk who asks for something cannot approve it themselves; another member can."""
    await office.run(office.grace, WORDS, **ANSWERS)
    message = await office.asked(office.grace, "waiting for approval")

    assert (await office.grace.press(message, "Approve")).ok
    await office.told(office.grace, "cannot decide on your own run")
    assert (office.starts(), buttons(await office.asked(office.grace))) == ([], ["Approve", "Deny", "Details"])
    await office.alan.press(message, "Approve")
    await office.card(office.grace, "Approved by Alan Example")


async def test_outsider_cannot_approve(office: Office) -> None:
    """Somebody who is in the channel but not in the group is told who may decide."""
    office.slack.workspace.set_member("C0APPROVALS", office.barbara.person_id, is_member=True)
    message = await asked_for(office)

    assert (await office.barbara.press(message, "Approve")).ok
    await office.told(office.barbara, "not allowed", "only helpdesk may")

    assert (office.starts(), buttons(await office.asked(office.grace))) == ([], ["Approve", "Deny", "Details"])


async def test_guest_in_the_group_cannot_approve(office: Office) -> None:
    """Who became a guest meanwhile decides nothing, for it is Slack who is asked at the press."""
    message = await asked_for(office)
    office.slack.workspace.put_person(replace(office.grace.person, is_restricted=True))

    assert (await office.grace.press(message, "Approve")).ok
    await office.told(office.grace, "not allowed", "guest")

    assert office.starts() == []


async def test_second_approver_is_told_who_decided(office: Office) -> None:
    """Of two approvers one wins; the other is told by whom and when, and one run starts."""
    message = await asked_for(office)

    pressed = await asyncio.gather(office.grace.press(message, "Approve"), office.alan.press(message, "Deny"))
    assert [answer.ok for answer in pressed] == [True, True]
    copy = await office.asked(office.grace, "d by ")
    winner, loser = (office.grace, office.alan) if "Approved by Grace" in copy.words else (office.alan, office.grace)
    told = await office.told(loser, "cannot be decided any more", winner.person.name, "UTC")

    assert (told.channel, buttons(copy)) == ("C0APPROVALS", [])
    assert len(office.starts()) <= 1


async def test_press_after_the_decision_is_answered(office: Office) -> None:
    """A press on an old copy says who decided; nothing starts a second time."""
    message = await asked_for(office)
    await office.grace.press(message, "Approve")
    await office.card_after(office.ada, "Status: done")

    assert (await office.alan.press(message, "Approve")).ok
    await office.told(office.alan, "Grace Example approved it at")

    assert len(office.starts()) == 1


async def test_unanswered_approval_expires(office: Office) -> None:
    """After eight hours the request expires on both copies; a press afterwards is told so and starts nothing."""
    message = await asked_for(office)
    await office.card(office.ada, "helpdesk is asked to approve, until")

    office.advance(timedelta(hours=8, seconds=1))
    card = await office.card(office.ada, "Status: expired")
    copy = await office.asked(office.grace, "Status: expired")
    assert (await office.grace.press(message, "Approve")).ok
    await office.told(office.grace, "cannot be decided any more", "expired")

    assert (last_line(card), buttons(copy), office.starts()) == ("⌛ Status: expired", [], [])


async def test_changed_workflow_voids_the_approval(office: Office) -> None:
    """What was approved is what runs: a new version between request and approval stops it, and the card says why."""
    message = await asked_for(office)
    old = office.nexthink.workflow("#manage_local_admin_permission")
    office.nexthink.put_workflow(replace(old, version=old.version + 1))

    assert (await office.grace.press(message, "Approve")).ok
    card = await office.card(office.ada, "changed after it was approved")

    assert (last_line(card), office.starts()) == ("🚫 Status: denied", [])


async def test_waiting_approvals_are_listed(office: Office) -> None:
    """`/fix approvals` shows to an approver what waits, and to the requester nothing that is their own."""
    await asked_for(office)

    await office.grace.command("/fix approvals", "approvals")
    await office.told(office.grace, "Manage local admin permission", "asked for by Ada Example")
    await office.ada.command("/fix approvals")
    await office.told(office.ada, "Nothing waits for your decision")
