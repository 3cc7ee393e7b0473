"""An execution that pauses, and the decision that lets it go on."""

import asyncio
from datetime import timedelta

import pytest

from bot.playground.nexthink.fault import Endpoint, Fault, answer, cut, hang, unreadable
from bot.playground.slack.workspace import Message
from tests.scenarios.office import POLICY, NewOffice, Office, buttons, last_line

WORDS = "windows 11 migration"
BEFORE_THE_WAIT = timedelta(seconds=5)
FAULT_NAMES = ["cut", "unreadable", "5xx"]


async def paused(office: Office, by: timedelta = BEFORE_THE_WAIT) -> Message:
    """Let Ada start it, let time pass until it waits, and return the message to those who decide."""
    await office.run(office.ada, WORDS, **{"Upgrade window": "tonight"})
    message = await office.asked(office.grace, "decides how it goes on")
    office.advance(by)
    return message


async def test_decision_is_asked_as_soon_as_it_has_started(office: Office) -> None:
    """The buttons are in the approvals channel at once, with what it is about; the workflow gets the run's id."""
    message = await paused(office, timedelta())

    [execution] = office.nexthink.executions
    assert buttons(message) == ["Approve", "Deny", "Details"]
    for fact in ("Windows 11 migration", "ada@example.com", "LT-ADA-0042", "tonight"):
        assert fact in message.words
    card = await office.card(office.ada, "Status: running", "helpdesk is asked to decide")
    assert execution.params["upgrade_window"] == "tonight"
    assert f"Reference: {execution.params['correlation_id']}" in card.words


async def test_approve_fires_one_trigger_and_it_goes_on_to_done(office: Office) -> None:
    """Approve sends the policy's parameters once, to this execution of this workflow; both copies end at done."""
    message = await paused(office)
    [execution] = office.nexthink.executions

    assert (await office.grace.press(message, "Approve")).ok
    done = await office.card_after(office.ada, "Approved by Grace Example", "Status: done")
    copy = await office.asked(office.grace, "Approved by Grace Example", "Status: done")

    assert (copy.ts, buttons(copy), last_line(done)) == (message.ts, [], "✅ Status: done")
    [trigger] = office.triggers()
    assert trigger.path.endswith(f"/{execution.workflow.uuid}/execution/{execution.uuid}/trigger")
    assert trigger.body == {"parameters": {"decision": "approved"}}


async def test_early_approve_is_tried_again_until_it_waits(office: Office) -> None:
    """A press before the execution waits is refused by Nexthink, tried again, and accepted exactly once."""
    message = await paused(office, timedelta())

    assert (await office.grace.press(message, "Approve")).ok
    await office.nexthink.log.wait_for("/trigger")
    await office.card_after(office.ada, "Status: done")

    assert (len(office.triggers()) >= 2, office.nexthink.counters.triggers) == (True, 1)


async def test_press_that_is_never_taken_gives_the_buttons_back(office: Office) -> None:
    """Where Nexthink refuses for two minutes, the message says so and can be pressed again."""
    message = await paused(office)
    office.nexthink.faults.add(Endpoint.TRIGGER, answer(400), times=60)

    await office.grace.press(message, "Approve")
    copy = await office.until(office.asked(office.grace, "did not wait within two minutes"), timedelta(seconds=16))

    assert (buttons(copy), office.nexthink.counters.triggers) == (["Approve", "Deny", "Details"], 0)
    office.nexthink.faults.clear()
    await office.alan.press(copy, "Approve")
    await office.card_after(office.ada, "Approved by Alan Example", "Status: done")


async def test_deny_fires_the_deny_parameters_and_the_card_says_both(office: Office) -> None:
    """Deny sends the policy's other parameters; the card says who denied and how Nexthink ended it."""
    message = await paused(office)

    assert (await office.grace.press(message, "Deny")).ok
    card = await office.card_after(office.ada, "Denied by Grace Example", "Status: cancelled")

    assert [trigger.body for trigger in office.triggers()] == [{"parameters": {"decision": "denied"}}]
    assert last_line(card) == "⏹️ Status: cancelled"


async def test_two_approvers_at_once_fire_one_trigger(office: Office) -> None:
    """Of two presses at the same time one is taken; the other person is told by whom."""
    message = await paused(office)

    await asyncio.gather(office.grace.press(message, "Approve"), office.alan.press(message, "Deny"))
    copy = await office.asked(office.grace, "d by ")
    winner, loser = (office.grace, office.alan) if "Approved by Grace" in copy.words else (office.alan, office.grace)
    await office.told(loser, "cannot be decided any more", winner.person.name)
    await office.card_after(office.ada, "Status: done" if winner is office.grace else "Status: cancelled")

    assert (len(office.triggers()), office.nexthink.counters.triggers) == (1, 1)


async def test_requester_cannot_resume_their_own_run(office: Office) -> None:
    """A member of the group who started it is refused, and nothing is fired."""
    await office.run(office.grace, WORDS, **{"Upgrade window": "tonight"})
    message = await office.asked(office.grace, "decides how it goes on")
    office.advance(BEFORE_THE_WAIT)

    assert (await office.grace.press(message, "Approve")).ok
    await office.told(office.grace, "cannot decide on your own run")

    assert (office.triggers(), buttons(await office.asked(office.alan))) == ([], ["Approve", "Deny", "Details"])


async def test_outsider_cannot_resume(office: Office) -> None:
    """Somebody outside the group is told who may decide, and nothing is fired."""
    office.slack.workspace.set_member("C0APPROVALS", office.barbara.person_id, is_member=True)
    message = await paused(office)

    assert (await office.barbara.press(message, "Deny")).ok
    await office.told(office.barbara, "only helpdesk may")

    assert office.triggers() == []


async def test_approver_upn_is_filled_in_and_nothing_else_is_sent(new_office: NewOffice) -> None:
    """`{approver_upn}` in the policy's values becomes the approver's; a blank value is left out."""
    office = await new_office()
    await office.start_bot(
        POLICY.replace("{decision: approved}", '{decision: approved, by: "{approver_upn}", why: ""}')
    )
    message = await paused(office)

    await office.grace.press(message, "Approve")
    await office.card(office.ada, "Approved by Grace Example")
    [trigger] = await office.nexthink.log.wait_for("/trigger")

    assert trigger.body == {"parameters": {"decision": "approved", "by": "grace@example.com"}}


async def test_unanswered_question_expires(new_office: NewOffice) -> None:
    """After its time the buttons go, and a press afterwards is told so."""
    office = await new_office()
    await office.start_bot(POLICY.replace("deny: {decision: denied}", "deny: {decision: denied}, expires: 1h"))
    message = await paused(office)

    office.advance(timedelta(hours=1))
    copy = await office.asked(office.grace, "Nobody decided until")
    await office.grace.press(message, "Approve")
    await office.told(office.grace, "cannot be decided any more", "expired")

    assert (buttons(copy), office.triggers()) == ([], [])


async def test_execution_that_ended_elsewhere_closes_the_question(office: Office) -> None:
    """An execution that is cancelled in the console takes the buttons away; a press afterwards is told so."""
    message = await paused(office)
    [execution] = office.nexthink.executions

    office.nexthink.cancel(execution.uuid)
    copy = await office.until(office.asked(office.grace, "Status: cancelled"))
    await office.grace.press(message, "Approve")
    await office.told(office.grace, "the execution has ended")

    assert (buttons(copy), office.triggers()) == ([], [])


@pytest.mark.parametrize("fault", [cut(processed=True), unreadable(), answer(503, processed=True)], ids=FAULT_NAMES)
async def test_trigger_that_worked_without_an_answer_is_not_sent_again(office: Office, fault: Fault) -> None:
    """The message says that the result is unknown; what Nexthink made of it shows in the end."""
    message = await paused(office)
    office.nexthink.faults.add(Endpoint.TRIGGER, fault)

    await office.grace.press(message, "Approve")
    copy = await office.asked(office.grace, "Result unknown")
    await office.card_after(office.ada, "Status: done")

    assert (len(office.triggers()), buttons(copy)) == (1, [])


@pytest.mark.parametrize("fault", [cut(processed=False), unreadable(processed=False), answer(502)], ids=FAULT_NAMES)
async def test_trigger_of_unknown_result_is_never_sent_again(office: Office, fault: Fault) -> None:
    """Nobody knows whether it arrived, so only the records are asked, however long that takes."""
    message = await paused(office)
    office.nexthink.faults.add(Endpoint.TRIGGER, fault)

    await office.grace.press(message, "Approve")
    copy = await office.asked(office.grace, "Result unknown")
    asked_before = len(office.nexthink.log.to("/nql/execute"))
    await office.until(office.nexthink.log.wait_for("/nql/execute", asked_before + 3), timedelta(minutes=1))

    assert (len(office.triggers()), buttons(copy)) == (1, [])


async def test_busy_or_refused_connection_at_the_trigger_is_tried_again(office: Office) -> None:
    """429 surely did nothing, so the trigger is sent again and accepted once."""
    message = await paused(office)
    office.nexthink.faults.add(Endpoint.TRIGGER, answer(429, "3"))

    await office.grace.press(message, "Approve")
    await office.card_after(office.ada, "Status: done")

    assert (len(office.triggers()), office.nexthink.counters.triggers) == (2, 1)


async def test_hanging_trigger_is_not_sent_again(office: Office) -> None:
    """While an answer hangs nothing else is sent; once it is cut the result is unknown."""
    message = await paused(office)
    office.nexthink.faults.add(Endpoint.TRIGGER, hang(processed=True))

    await office.grace.press(message, "Approve")
    await office.nexthink.log.wait_for("/trigger")
    office.nexthink.release()
    await office.asked(office.grace, "Result unknown")
    await office.card_after(office.ada, "Status: done")

    assert (len(office.triggers()), office.nexthink.counters.triggers) == (1, 1)


async def test_decision_works_where_the_status_cannot_be_seen(new_office: NewOffice) -> None:
    """Without the query for the status the buttons are there all the same, and one press fires one trigger."""
    office = await new_office(saved_queries=frozenset({"#fixdesk_user_devices"}))
    await office.start_bot()
    message = await paused(office)
    await office.card_after(office.ada, "Status: unknown")

    await office.grace.press(message, "Approve")
    copy = await office.asked(office.grace, "Approved by Grace Example")
    await office.card(office.ada, "Approved by Grace Example")

    assert (office.nexthink.counters.triggers, buttons(copy)) == (1, [])
