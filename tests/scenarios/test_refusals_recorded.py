"""Who may not, is refused and recorded."""

from dataclasses import replace

from bot.playground.slack.workspace import Message
from tests.scenarios.office import Office

RIGHTS = "manage local admin permission"


async def asked_for(office: Office) -> Message:
    """Let Ada ask for rights, and return the message to those who decide."""
    await office.run(office.ada, RIGHTS, Action="grant", Hours="4", Reason="To install a driver")
    return await office.asked(office.grace, "Ada Example asks to run this", "waiting for approval")


async def refusals(office: Office) -> list[tuple[str, str, str]]:
    """List what the audit holds of refusals: who, what, and the run."""
    rows = [row.entry for row in await office.store().audit_rows()]
    return [
        (one.actor, one.action, str(one.subject.get("run_id", ""))) for one in rows if one.action.endswith(".refused")
    ]


async def test_outsiders_press_is_recorded(office: Office) -> None:
    """By their Slack id, for nothing else is sure of them; one who became a guest as well."""
    office.slack.workspace.set_member("C0APPROVALS", office.barbara.person_id, is_member=True)
    message = await asked_for(office)
    office.slack.workspace.put_person(replace(office.grace.person, is_restricted=True))

    await office.barbara.press(message, "Approve")
    await office.told(office.barbara, "only helpdesk may")
    await office.grace.press(message, "Approve")
    await office.told(office.grace, "guest")

    [run] = await office.store().runs_of(office.ada.person_id, 10)
    people = (office.barbara, office.grace)
    assert await refusals(office) == [(one.person_id, "press.refused", run.id) for one in people]
    assert office.starts() == []


async def test_forged_button_is_refused_and_recorded(office: Office) -> None:
    """A value that names no run, or somebody else's, decides nothing."""
    message = await asked_for(office)
    blocks = [
        {**block, "elements": [{**one, "value": "0000000000000000"} for one in block["elements"]]}
        if block["type"] == "actions"
        else block
        for block in message.blocks or []
    ]
    office.slack.workspace.put_message(replace(message, blocks=blocks))
    forged = await office.asked(office.grace, "waiting for approval")

    await office.grace.press(forged, "Approve")
    await office.told(office.grace, "not known any more")

    assert await refusals(office) == [(office.grace.person_id, "press.refused", "0000000000000000")]
    assert office.starts() == []
