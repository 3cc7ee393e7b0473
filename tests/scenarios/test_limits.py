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
