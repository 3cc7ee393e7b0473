"""What stands beside Approve and Deny: several approvers, reasons, comments, reminders, escalation, and a way back."""

from datetime import timedelta

import pytest

from bot.playground.slack.workspace import Message, View
from bot.slack.ids import ActionId, BlockId, ViewId
from tests.scenarios.office import POLICY, NewOffice, Office, buttons, last_line

RIGHTS = "manage local admin permission"
ANSWERS = {"Action": "grant", "Hours": "4", "Reason": "To install a driver"}
MIGRATION = "windows 11 migration"
REASON = (BlockId.REASON, ActionId.REASON)


async def started(new_office: NewOffice, approval: str = "", resume: str = "") -> Office:
    """Start a bot with another approval or resume in its policy."""
    office = await new_office()
    policy = POLICY.replace("approval: {by: [helpdesk], expires: 8h}", f"approval: {approval}" if approval else "")
    old = "resume: {by: [helpdesk], approve: {decision: approved}, deny: {decision: denied}}"
    await office.start_bot(policy.replace(old, f"resume: {resume}" if resume else old))
    return office


async def asked_for(office: Office) -> Message:
    """Let Ada ask for rights, and return the message to those who decide."""
    await office.run(office.ada, RIGHTS, **ANSWERS)
    return await office.asked(office.grace, "Ada Example asks to run this", "waiting for approval")


async def reason_modal(office: Office) -> View:
    """Wait for the modal that asks Grace why."""
    return await office.grace.view(lambda view: view.callback_id == ViewId.DECISION)


async def test_two_of_a_group_have_to_approve(new_office: NewOffice) -> None:
    """The first agreement shows on both copies, the second starts it."""
    office = await started(new_office, "{by: [helpdesk], quorum: 2}")
    message = await asked_for(office)
    assert "2 have to approve" in message.words

    await office.grace.press(message, "Approve")
    message = await office.asked(office.alan, "Approved by Grace Example", "1 more needed")
    assert (office.starts(), buttons(message)) == ([], ["Approve", "Deny", "Details"])
    await office.grace.press(message, "Approve")
    await office.told(office.grace, "You have approved this already")
    await office.alan.press(message, "Approve")

    card = await office.card_after(office.ada, "Approved by Grace Example", "Approved by Alan Example", "Status: done")
    assert (len(office.starts()), buttons(card)) == (1, [])


async def test_denial_counts_at_once_and_its_reason_follows(office: Office) -> None:
    """One press denies; what is then written stands on every copy."""
    message = await asked_for(office)

    await office.grace.press(message, "Deny")
    await office.card(office.ada, "Denied by Grace Example", "Status: denied")
    view = await reason_modal(office)
    office.grace.fill(view, REASON, "Ask again <!here> on Monday")
    assert (await office.grace.submit(office.grace.open_view(view))).ok

    await office.asked(office.grace, "Denied by Grace Example", "Ask again <!here> on Monday")
    card = await office.card(office.ada, "“Ask again <!here> on Monday”")
    assert (last_line(card), office.starts()) == ("🚫 Status: denied", [])


async def test_outsider_is_asked_for_no_reason(office: Office) -> None:
    """Only the refusal is told."""
    office.slack.workspace.set_member("C0APPROVALS", office.barbara.person_id, is_member=True)
    message = await asked_for(office)

    await office.barbara.press(message, "Deny")
    await office.told(office.barbara, "only helpdesk may")

    with pytest.raises(TimeoutError):
        await office.barbara.view(timeout=0.2)


async def test_comment_goes_out_with_the_decision(new_office: NewOffice) -> None:
    """Where the policy sends it, it is asked for before the trigger."""
    resume = '{by: [helpdesk], approve: {decision: approved, note: "{comment}"}, deny: {decision: denied}}'
    office = await started(new_office, resume=resume)
    await office.run(office.ada, MIGRATION, **{"Upgrade window": "tonight"})
    message = await office.asked(office.grace, "decides how it goes on")
    office.advance(timedelta(seconds=5))

    await office.grace.press(message, "Approve")
    view = await reason_modal(office)
    assert office.triggers() == []
    office.grace.fill(view, REASON, "After {approver_upn} lunch")
    await office.grace.submit(office.grace.open_view(view))

    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")
    [trigger] = office.triggers()
    assert trigger.body == {"parameters": {"decision": "approved", "note": "After {approver_upn} lunch"}}


async def test_requester_takes_it_back(office: Office) -> None:
    """Both copies lose their buttons; who presses then is told."""
    message = await asked_for(office)
    card = await office.card(office.ada, "is asked to approve")
    assert buttons(card) == ["Withdraw"]

    await office.ada.press(card, "Withdraw")
    card = await office.card(office.ada, "Status: cancelled")
    copy = await office.asked(office.grace, "Status: cancelled")
    await office.grace.press(message, "Approve")
    await office.told(office.grace, "it was withdrawn")

    assert (buttons(card), buttons(copy), office.starts()) == ([], [], [])


async def test_details_show_what_is_pinned(office: Office) -> None:
    """To those who decide, and to nobody else."""
    office.slack.workspace.set_member("C0APPROVALS", office.barbara.person_id, is_member=True)
    message = await asked_for(office)

    await office.grace.press(message, "Details")
    view = await office.grace.view(lambda one: "SHA-256" in one.words)
    await office.barbara.press(message, "Details")
    await office.told(office.barbara, "only helpdesk may")

    for fact in ("To install a driver", "#manage_local_admin_permission", "LT-ADA-0042", "ada@example.com"):
        assert fact in view.words
    assert "hash " in message.words


async def test_reminders_come_less_and_less_often(new_office: NewOffice) -> None:
    """Below the question, until it is decided."""
    office = await started(new_office, "{by: [helpdesk], remind: 30m}")
    message = await asked_for(office)

    def reminders() -> list[Message]:
        messages = office.slack.workspace.messages["C0APPROVALS"].values()
        return [one for one in messages if one.words.startswith("Reminder:")]

    office.advance(timedelta(minutes=31))
    reminder = await office.asked(office.grace, "Reminder:", "Manage local admin permission", "helpdesk")
    assert reminder.thread_ts == message.ts
    await asked_again(office)
    office.advance(timedelta(minutes=31))
    await asked_again(office)
    assert len(reminders()) == 1
    second = office.grace.message(lambda _: len(reminders()) == 2)
    await office.until(second, timedelta(minutes=2))

    await office.grace.press(message, "Approve")
    await office.card_after(office.ada, "Status: done")
    office.advance(timedelta(hours=3))
    await asked_again(office)
    assert len(reminders()) == 2


async def asked_again(office: Office) -> None:
    """Do something else that takes all of the way, so that what was due before has been done."""
    await office.run(office.alan, "clear teams cache")
    await office.card_after(office.alan, "Status: done")


async def test_escalation_asks_others_as_well(new_office: NewOffice) -> None:
    """When nobody has decided in time."""
    office = await new_office()
    policy = POLICY.replace(
        "approval: {by: [helpdesk], expires: 8h}", "approval: {by: [helpdesk], escalate: {to: [security], after: 2h}}"
    ).replace("groups:\n", "groups:\n  security: {members: [barbara@example.com]}\n")
    await office.start_bot(policy)
    office.slack.workspace.set_member("C0APPROVALS", office.barbara.person_id, is_member=True)
    message = await asked_for(office)
    await office.barbara.press(message, "Approve")
    await office.told(office.barbara, "only helpdesk may")

    office.advance(timedelta(hours=2, seconds=1))
    await office.asked(office.barbara, "Nobody has decided yet", "helpdesk or security")
    message = await office.asked(office.barbara, "helpdesk or security decides whether it may start")
    await office.barbara.press(message, "Approve")

    await office.card_after(office.ada, "Approved by Barbara Example", "Status: done")


async def test_forged_words_decide_nothing(office: Office) -> None:
    """A modal whose memory was changed is worth no more than a press of its sender."""
    message = await asked_for(office)
    await office.grace.press(message, "Deny")
    view = await reason_modal(office)
    await office.card(office.ada, "Status: denied")
    office.grace.fill(view, REASON, "Mine")
    forged = view.body["private_metadata"].replace('"is_decided": true', '"is_decided": false')
    view.body["private_metadata"] = forged

    assert (await office.grace.submit(office.grace.open_view(view))).ok
    await office.told(office.grace, "waits for no decision")

    assert office.triggers() == []
