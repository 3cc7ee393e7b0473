"""What a rule limits: how often, and when."""

from datetime import timedelta

from tests.scenarios.office import POLICY, NewOffice

TEAMS = "teams cache"


async def test_third_run_is_refused_for_a_while(new_office: NewOffice) -> None:
    """Another person is not touched by it."""
    office = await new_office()
    await office.start_bot(POLICY.replace("aliases: [teams slow", "limit: 2/1h, aliases: [teams slow"))
    for _ in range(2):
        await office.run(office.ada, TEAMS)

    refused = await office.form(office.ada, TEAMS, "only 2 times in 1h for each person")
    assert "again from" in refused.words
    await office.run(office.grace, TEAMS)

    office.advance(timedelta(hours=1, minutes=1))
    await office.ada.close(refused)
    assert "Runs on" in (await office.form(office.ada, TEAMS)).words


async def test_fields_have_the_types_of_the_policy(new_office: NewOffice) -> None:
    """A date is picked, a number is checked, choices are listed; the text goes out."""
    office = await new_office()
    types = "parameters: {reason: {type: date, default: '2026-12-01'}, hours: {choices: ['4', '16']}}"
    await office.start_bot(POLICY.replace("approval: {by: [helpdesk], expires: 8h}", types))

    view = await office.form(office.ada, "manage local admin permission")
    kinds = {block["label"]["text"]: block["element"]["type"] for block in view.blocks if block["type"] == "input"}
    assert (kinds["Reason"], kinds["Hours"]) == ("datepicker", "static_select")
    await office.run(office.ada, "manage local admin permission", Action="grant", Hours="4")
    await office.card_after(office.ada, "Status: done")

    [start] = office.starts()
    assert start.body["params"] == {"action": "grant", "hours": "4", "reason": "2026-12-01"}
