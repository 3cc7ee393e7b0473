"""Slack refreshes, refuses, is busy, or has not invited the bot."""

import dataclasses
from datetime import timedelta

import pytest

from bot.playground.nexthink.fault import Endpoint, answer
from bot.playground.slack.faults import Fault
from bot.playground.slack.workspace import Message
from tests.scenarios.office import PATIENCE, Office, buttons, fill_in, is_in_approvals, last_line, only_over_sockets

BOT = "U0FIXDESK"
ADMIN = {"Action": "grant", "Hours": "4", "Reason": "A driver"}


@only_over_sockets
async def test_refreshed_sockets_are_opened_again(office: Office) -> None:
    """Slack refreshes its sockets now and then: two are open again soon, and `/fix` works."""
    await office.slack.drop_sockets("refresh_requested")
    await office.slack.connected(2)

    await office.run(office.ada, "teams cache")
    await office.card_after(office.ada, "Status: done")


async def test_dead_trigger_is_told_to_the_person(office: Office) -> None:
    """Where the window cannot open in time the person reads so in the channel, and the next try works."""
    office.slack.fail("views.open", Fault(error="expired_trigger_id"))

    assert (await office.ada.command("/fix teams cache")).ok
    await office.told(office.ada, "Please try again")

    assert office.ada.views == []
    await office.form(office.ada, "teams cache")


@pytest.mark.parametrize("fault", [Fault(error="internal_error"), Fault(cuts=True), Fault(status=503, is_html=True)])
async def test_window_that_cannot_open_is_told_to_the_person(office: Office, fault: Fault) -> None:
    """Whatever Slack's trouble with the window is, the person is told."""
    office.slack.fail("views.open", fault)

    assert (await office.ada.command("/fix teams cache")).ok
    await office.told(office.ada, "Please try again")


async def test_window_that_cannot_be_filled_is_not_left_loading(office: Office) -> None:
    """An update that Slack does not take is tried again, so that nobody looks at a loading window for ever."""
    office.slack.fail("views.update", Fault(error="internal_error"))

    await office.form(office.ada, "teams cache")


async def test_busy_slack_delays_the_card_and_it_ends_true(office: Office) -> None:
    """An edit that meets 429 is sent again after the time that Slack asks for: the card ends at done."""
    await office.run(office.ada, "teams cache")
    await office.card(office.ada, "Status: running")
    office.slack.fail("chat.update", Fault(retry_after=30), times=2)

    done = await office.until(office.card(office.ada, "Status: done"), timedelta(seconds=20))

    assert (last_line(done), len(office.ada.messages)) == ("✅ Status: done", 1)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(error="internal_error"),
        Fault(cuts=True),
        Fault(cuts=True, takes_effect=True),
        Fault(status=502, is_html=True),
    ],
    ids=["internal error", "cut before", "cut after", "page"],
)
async def test_edit_of_unknown_result_is_sent_again(office: Office, fault: Fault) -> None:
    """An edit may be sent twice, so one of unknown result is: the card ends true."""
    await office.run(office.ada, "teams cache")
    await office.card(office.ada, "Status: running")
    office.slack.fail("chat.update", fault, times=2)

    done = await office.card_after(office.ada, "Status: done")

    assert (last_line(done), len(office.ada.messages)) == ("✅ Status: done", 1)


async def test_busy_slack_delays_a_new_card(office: Office) -> None:
    """A card whose posting meets 429 surely was not posted: it comes a little later, once."""
    office.slack.fail("chat.postMessage", Fault(retry_after=5))

    view = await office.form(office.ada, "teams cache")
    await office.ada.submit(view)
    await office.card_after(office.ada, "Status: done")

    assert len(office.ada.messages) == 1


async def test_card_of_unknown_result_is_posted_at_most_once(office: Office) -> None:
    """A post whose answer was lost is not sent blindly again: nobody gets two cards of one run."""
    office.slack.fail("chat.postMessage", Fault(cuts=True, takes_effect=True))

    view = await office.form(office.ada, "teams cache")
    await office.ada.submit(view)
    await office.run(office.grace, "teams cache")
    await office.card_after(office.grace, "Status: done")

    assert (len(office.ada.messages), len(office.starts())) == (1, 2)


@pytest.mark.parametrize("fault", [Fault(cuts=True), Fault(error="internal_error")], ids=["cut", "internal error"])
async def test_lost_card_is_posted_in_the_end(office: Office, fault: Fault) -> None:
    """A post that was lost on its way is looked for, not found, and posted: the requester has a card."""
    office.slack.fail("chat.postMessage", fault)

    view = await office.form(office.ada, "teams cache")
    await office.ada.submit(view)
    await office.card_after(office.ada, "Status: done")

    assert (len(office.ada.messages), len(office.starts())) == (1, 1)


async def test_lost_question_is_asked_in_the_end(office: Office) -> None:
    """Where the message to those who decide was lost, it is posted in the end: nobody waits for a press in vain."""
    view = await fill_in(office.ada, await office.form(office.ada, "manage local admin permission"), ADMIN)
    office.slack.faults.fail("chat.postMessage", Fault(delay_seconds=0.01))
    office.slack.faults.fail("chat.postMessage", Fault(cuts=True))
    await office.ada.submit(view)

    await office.until(office.asked(office.grace, "waiting for approval"), timedelta(seconds=30))


async def test_missing_invitation_is_said_and_mended(office: Office) -> None:
    """Where the bot is not in the approvals channel the requester's card says so; once invited, it asks there."""
    office.slack.workspace.set_member("C0APPROVALS", BOT, is_member=False)

    await office.run(office.ada, "manage local admin permission", **ADMIN)
    await office.card(office.ada, "Those who decide cannot be asked", "not_in_channel")
    office.slack.workspace.set_member("C0APPROVALS", BOT, is_member=True)
    message = await office.until(office.asked(office.grace, "waiting for approval"), timedelta(seconds=15))
    await office.grace.press(message, "Approve")
    done = await office.card_after(office.ada, "Status: done")

    assert "cannot be asked" not in done.words


async def test_missing_invitation_for_a_resume_is_said_and_mended(office: Office) -> None:
    """The same holds for an execution that pauses."""
    office.slack.workspace.set_member("C0APPROVALS", BOT, is_member=False)

    await office.run(office.ada, "windows 11 migration", **{"Upgrade window": "tonight"})
    await office.card(office.ada, "Those who decide cannot be asked")
    office.slack.workspace.set_member("C0APPROVALS", BOT, is_member=True)
    message = await office.until(office.asked(office.grace, "decides how it goes on"), timedelta(seconds=15))

    assert buttons(message) == ["Approve", "Deny", "Details"]


async def test_closed_window_troubles_nobody(office: Office) -> None:
    """Somebody who closes the window while it loads sees nothing more of it, and the next one works."""
    office.slack.fail("users.info", Fault(delay_seconds=0.3))
    await office.ada.command("/fix teams cache")
    loading = await office.ada.view(lambda view: "submit" not in view.body)

    assert (await office.ada.close(loading)).ok
    await office.slack.workspace.changes.until(lambda: office.slack.calls_of("views.update") or None, PATIENCE, str)

    assert (office.ada.views, office.ada.messages) == ([], [])
    await office.form(office.ada, "teams cache")


async def test_answer_that_cannot_be_ephemeral_comes_directly(office: Office) -> None:
    """Where an ephemeral answer is refused the person is told by direct message."""
    await office.run(office.grace, "manage local admin permission", **ADMIN)
    message = await office.asked(office.grace, "waiting for approval")
    office.slack.fail("chat.postEphemeral", Fault(error="user_not_in_channel"))

    await office.grace.press(message, "Approve")

    await office.card(office.grace, "cannot decide on your own run")


async def test_unknown_identity_for_a_moment_loses_no_press(office: Office) -> None:
    """A press that arrives while Slack does not say who somebody is counts as soon as Slack says it."""
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    message = await office.asked(office.grace, "waiting for approval")
    office.slack.fail("users.info", Fault(error="internal_error"))

    assert (await office.grace.press(message, "Approve")).ok
    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")


async def test_deleted_card_comes_again_at_the_end(office: Office) -> None:
    """Somebody deletes their card while it runs: nothing is posted for each change, but the end is told."""
    office.nexthink.faults.add(Endpoint.NQL, answer(503), times=2, after=1)
    await office.run(office.ada, "teams cache")
    card = await office.card(office.ada, "Status: running")
    office.slack.workspace.remove_message(card.channel, card.ts)

    done = await office.card_after(office.ada, "Status: done")

    assert done.ts != card.ts
    assert len(office.ada.messages) == 1


async def test_deleted_question_is_asked_again(office: Office) -> None:
    """It can still be decided, and is asked once more as soon as anything changes it."""
    await office.run(office.ada, "windows 11 migration", **{"Upgrade window": "tonight"})
    message = await office.asked(office.grace, "decides how it goes on")
    office.slack.workspace.remove_message(message.channel, message.ts)

    again = await office.until(office.asked(office.grace, "decides how it goes on"))
    await office.grace.press(again, "Approve")
    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")

    assert again.ts != message.ts


async def test_archived_channel_is_said_and_mended(office: Office) -> None:
    """Those who decide cannot be asked there; once it is open again they are."""
    channel = office.slack.workspace.channels["C0APPROVALS"]
    office.slack.workspace.channels["C0APPROVALS"] = dataclasses.replace(channel, is_archived=True)

    await office.run(office.ada, "manage local admin permission", **ADMIN)
    await office.card(office.ada, "Those who decide cannot be asked", "is_archived")
    office.slack.workspace.channels["C0APPROVALS"] = channel
    await office.until(office.asked(office.grace, "waiting for approval"), timedelta(seconds=15))


async def test_person_without_direct_messages_is_told_where_they_asked(office: Office) -> None:
    """Where no direct message reaches them, they read in the channel what the card would say."""
    office.slack.fail("chat.postMessage", Fault(error="messages_tab_disabled"), times=50)

    view = await office.form(office.ada, "teams cache")
    await office.ada.submit(view)

    await office.told(office.ada, "Clear Teams cache", "Status: requested")


async def test_burst_of_questions_is_posted_in_order(office: Office) -> None:
    """One after another, at Slack's pace, and none is turned away."""
    office.slack._install.settings = dataclasses.replace(office.slack._install.settings, messages_per_second=1)
    for _ in range(6):
        view = await fill_in(office.ada, await office.form(office.ada, "manage local admin permission"), ADMIN)
        assert (await office.ada.submit(view)).ok

    def questions() -> list[Message]:
        return [message for message in office.grace.messages if is_in_approvals(message)]

    async def all_asked() -> list[Message]:
        return await office.slack.workspace.changes.until(
            lambda: asked if len(asked := questions()) == 6 else None, PATIENCE, lambda: f"{len(questions())} of 6"
        )

    await office.until(all_asked(), timedelta(seconds=1))


async def test_lost_card_is_found_behind_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many messages came after it in the conversation: nobody gets two cards of one run."""
    monkeypatch.setattr("bot.slack.history.PAGE", 1)
    office.slack.fail("chat.postMessage", Fault(cuts=True, takes_effect=True))
    for _ in range(3):
        assert (await office.ada.submit(await office.form(office.ada, "teams cache"))).ok

    async def all_done() -> list[Message]:
        def done() -> list[Message] | None:
            ended = [message for message in office.ada.messages if "Status: done" in message.words]
            return ended if len(ended) == 3 else None

        return await office.slack.workspace.changes.until(done, PATIENCE, lambda: "not all of them are done")

    await office.until(all_done())

    assert len(office.ada.messages) == 3
