"""Who and what is refused: always with a reason, and nothing is started."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.playground.slack import payloads
from bot.playground.slack.delivery.envelope import Kind
from bot.playground.slack.person.client import Client
from bot.playground.slack.workspace import Message, View
from tests.scenarios.office import PATIENCE, POLICY, NewOffice, Office, buttons, last_line

RESTART = {"text": {"type": "plain_text", "text": "Restart print spooler"}, "value": "#restart_print_spooler"}
"""An option that only the help desk may choose."""
MEMORY = timedelta(minutes=11)
"""A little longer than fixdesk remembers what Slack says of somebody."""
REFUSED_PEOPLE: tuple[tuple[dict[str, Any], str], ...] = (
    ({"is_restricted": True}, "guest accounts cannot"),
    ({"is_ultra_restricted": True}, "guest accounts cannot"),
    ({"is_stranger": True}, "another organisation"),
    ({"team_id": "T0OTHER"}, "another organisation"),
    ({"is_email_confirmed": False}, "not confirmed"),
    ({"email": "ada@example.com.evil.example"}, "only addresses of example.com"),
    ({"email": ""}, "no e-mail address"),
    ({"email": "ada.o'hara@example.com"}, "cannot run anything"),
    ({"is_bot": True}, "bots cannot"),
    ({"deleted": True}, "deactivated"),
)


def become(who: Client, **changes: Any) -> None:
    """Change what Slack says of somebody."""
    who._workspace.put_person(replace(who.person, **changes))


def forge(view: View, who: Client, option: dict[str, Any], **changes: Any) -> View:
    """Choose an option that was never offered, and change the view itself, without the app hearing of it."""
    selected = {"type": "external_select", "selected_option": option}
    who.set_values(view, {"workflow": {"run.workflow": selected}})
    changed = who.open_view(view)
    return who._workspace.put_view(replace(changed, body={**changed.body, **changes}))


async def test_refused_person_is_told_why(office: Office) -> None:
    """Whom the policy cannot accept is shown the reason instead of a form."""
    accepted = office.ada.person

    for changes, reason in REFUSED_PEOPLE:
        office.slack.workspace.put_person(replace(accepted, **changes))
        office.advance(MEMORY)
        view = await office.form(office.ada, "teams cache", reason)
        assert "submit" not in view.body

    assert office.starts() == []


async def test_guest_of_the_seed_is_refused(office: Office) -> None:
    """Mallory, a contractor, is shown no workflow at all."""
    mallory = office.slack.client_of("Mallory Outsider")

    view = await office.form(mallory, "teams cache", "not allowed")

    assert "Clear Teams cache" not in view.words


async def test_absent_confirmation_counts_as_confirmed(office: Office) -> None:
    """Where Slack leaves `is_email_confirmed` out, a person is accepted."""
    become(office.ada, is_email_confirmed=None)

    await office.run(office.ada, "teams cache")
    await office.card_after(office.ada, "Status: done")


async def test_rights_lost_while_the_form_is_open_are_noticed(office: Office) -> None:
    """The rights are asked for afresh when the work is done: a late refusal goes to the card, nothing starts."""
    view = await office.form(office.ada, "teams cache")
    become(office.ada, is_restricted=True)

    assert (await office.ada.submit(view)).ok
    card = await office.card(office.ada, "not allowed", "guest")

    assert (last_line(card), office.starts()) == ("🚫 Status: denied", [])


async def test_guest_sees_nothing_that_waits(office: Office) -> None:
    """`/fix approvals` shows to a guest neither what others ask for nor who they are, at the very first word too."""
    await _asked(office)
    mallory = office.slack.client_of("Mallory Outsider")

    assert (await mallory.command("/fix approvals")).ok
    told = await office.told(mallory)

    assert ("Manage local admin permission" in told.words, "Ada" in told.words) == (False, False)


async def test_employee_sees_only_what_waits_for_them(office: Office) -> None:
    """Somebody who decides on nothing sees nothing of what others ask for, at the very first word too."""
    await _asked(office)

    assert (await office.barbara.command("/fix approvals")).ok

    assert "Ada" not in (await office.told(office.barbara)).words


async def test_without_a_policy_nothing_is_allowed(new_office: NewOffice) -> None:
    """A bot without a policy answers `/fix` with what an operator has to do."""
    office = await new_office()
    await office.start_bot(None)

    view = await office.form(office.ada, "teams cache", "not allowed yet")

    assert "FIXDESK_POLICY" in view.words


async def test_workflow_of_others_is_refused_with_who_may(office: Office) -> None:
    """Words that fit a workflow of the help desk are answered with who may run it; the help desk gets the form."""
    refused = await office.form(office.ada, "restart print spooler")
    allowed = await office.form(office.grace, "restart print spooler")

    assert "not allowed to run Restart print spooler: only helpdesk may" in refused.words
    assert refused.values["workflow"]["run.workflow"]["selected_option"] is None
    assert allowed.values["workflow"]["run.workflow"]["selected_option"]["value"] == RESTART["value"]


async def test_type_ahead_offers_only_what_is_allowed(office: Office) -> None:
    """What somebody may not run is not offered to them."""
    ada_sees = await office.ada.options(await office.form(office.ada, "teams cache"), "run.workflow", "spooler")
    grace_sees = await office.grace.options(await office.form(office.grace, "teams cache"), "run.workflow", "spooler")

    assert RESTART["value"] not in [option["value"] for option in ada_sees]
    assert RESTART["value"] in [option["value"] for option in grace_sees]


async def test_forged_option_is_refused(office: Office) -> None:
    """Choosing an option that was not offered shows the reason and no form."""
    view = await office.form(office.ada, "teams cache")

    assert (await office.ada.choose(view, "run.workflow", RESTART)).ok
    refused = await office.ada.view(lambda view: "only helpdesk may" in view.words)

    assert "submit" not in refused.body


async def test_forged_submission_is_refused(office: Office) -> None:
    """A submission for a workflow that the form was not made for starts nothing and keeps the modal."""
    view = await office.form(office.ada, "teams cache")

    answer = await office.ada.submit(forge(view, office.ada, RESTART))

    assert list(answer.errors) == ["workflow"]
    assert office.starts() == []


async def test_forged_submission_with_forged_metadata_is_refused(office: Office) -> None:
    """What a modal remembers is no right: with forged metadata too the policy decides."""
    view = await office.form(office.grace, "restart print spooler")
    own = await office.form(office.ada, "teams cache")
    metadata = view.body["private_metadata"]

    answer = await office.ada.submit(forge(own, office.ada, RESTART, private_metadata=metadata))

    assert "only helpdesk may" in answer.errors["workflow"]
    assert office.starts() == []


async def test_foreign_metadata_is_no_harm(office: Office) -> None:
    """Metadata that is no JSON of fixdesk's is answered, and nothing starts."""
    for metadata in ("", "nonsense", "[1]", "null", '{"workflow": 7}'):
        view = await office.form(office.ada, "teams cache")
        answer = await office.ada.submit(forge(view, office.ada, RESTART, private_metadata=metadata))
        assert (answer.ok, list(answer.errors)) == (True, ["workflow"])

    assert office.starts() == []


async def test_forged_device_is_refused(office: Office) -> None:
    """A device that is not the requester's is refused on the card, and nothing starts."""
    view = await office.form(office.ada, "teams cache")
    foreign = office.nexthink.device("LT-GRACE-0018").collector_uid
    option = {"text": {"type": "plain_text", "text": "mine"}, "value": foreign}
    office.ada.set_values(view, {"device": {"run.device": {"type": "static_select", "selected_option": option}}})

    assert (await office.ada.submit(view)).ok
    card = await office.card(office.ada, "not one of yours")

    assert (last_line(card), office.starts()) == ("🚫 Status: denied", [])


async def test_forged_run_id_in_a_button_is_answered(office: Office) -> None:
    """A press with the id of no run is told that there is none, whatever stands in it."""
    message = await _asked(office)
    values = ("", "nonsense", "0000000000000000", "../../etc", "é" * 400, "7.7.7", ".-1")

    for number, value in enumerate(values, 1):
        assert (await office.grace.press(_with_buttons(message, value=value), "Approve")).ok
        await _told_times(office, number)

    assert (office.starts(), buttons(await office.asked(office.alan))) == ([], ["Approve", "Deny", "Details"])


async def test_button_of_another_kind_of_decision_is_answered(office: Office) -> None:
    """An approval's id in a resume button decides nothing."""
    message = await _asked(office)

    assert (await office.grace.press(_with_buttons(message, action_id="resume.approve"), "Approve")).ok
    await office.told(office.grace, "waits for no decision")

    assert office.starts() == []


async def test_unknown_action_is_answered(office: Office) -> None:
    """A button that this version does not know is answered as an old one."""
    message = await _asked(office)

    assert (await office.grace.press(_with_buttons(message, action_id="old.button"), "Approve")).ok
    await office.told(office.grace, "older version")

    assert office.starts() == []


async def test_unknown_command_is_answered(office: Office) -> None:
    """A command that is not fixdesk's gets a sentence."""
    slack, ada = office.slack, office.ada
    payload = payloads.command(slack._install, ada.person, ada.channel("general"), ("/other", "words"), "")

    delivery = await slack.deliveries.deliver(Kind.COMMAND, "/other words", payload)

    assert delivery.ok
    assert "Type `/fix`" in (delivery.payload or {})["text"]


async def test_unknown_form_is_answered(office: Office) -> None:
    """The submission of a form that this version does not know says so and offers the way on."""
    view = await office.form(office.ada, "teams cache")
    old = office.slack.workspace.put_view(replace(view, body={**view.body, "callback_id": "old.form"}))

    assert (await office.ada.submit(old)).ok

    assert "older version" in (await office.ada.view()).words
    assert office.starts() == []


async def test_rule_with_channels_holds_only_there(new_office: NewOffice) -> None:
    """A workflow that a rule ties to a channel can be asked for there and nowhere else."""
    office = await new_office()
    await office.start_bot(POLICY.replace("aliases: [teams slow", "channels: [C0HELP], aliases: [teams slow"))

    elsewhere = await office.form(office.ada, "teams cache")
    await office.ada.command("/fix teams cache", "help")
    there = await office.ada.view(lambda view: "LT-ADA-0042" in view.words)

    assert "only people who ask in its own channel may" in elsewhere.words
    assert (await office.ada.submit(there)).ok
    await office.card_after(office.ada, "Status: done")


async def _told_times(office: Office, times: int) -> None:
    """Wait until Grace was told so often that a run is not known."""

    def probe() -> bool | None:
        told = [message for message in office.grace.messages if message.is_ephemeral and "not known" in message.words]
        return len(told) == times or None

    await office.slack.workspace.changes.until(probe, PATIENCE, lambda: f"Grace was not told {times} times")


async def _asked(office: Office) -> Message:
    await office.run(office.ada, "manage local admin permission", Action="grant", Hours="4", Reason="A driver")
    return await office.asked(office.grace, "waiting for approval")


def _with_buttons(message: Message, **changes: str) -> Message:
    """Copy a message with its buttons changed, as somebody who forges a request can."""
    blocks = [
        {**block, "elements": [{**element, **changes} for element in block["elements"]]}
        if block["type"] == "actions"
        else block
        for block in message.blocks or []
    ]
    return replace(message, blocks=blocks)
