"""The journeys over PostgreSQL: the same bot, another address."""

from tests.scenarios.office import POLICY, NewOffice
from tests.scenarios.test_health import ready
from tests.scenarios.test_restart import ADMIN, MIGRATION


async def test_run_approval_and_resume_survive_a_restart(postgres_url: str, new_office: NewOffice) -> None:
    """What was asked before the stop is decided and done after it."""
    office = await new_office()
    await office.start_bot(FIXDESK_DATABASE_URL=postgres_url)
    await ready(office, 200)
    await office.run(office.ada, "teams cache")
    await office.card_after(office.ada, "Clear Teams cache", "Status: done")
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    approval = await office.asked(office.grace, "waiting for approval")
    await office.run(office.grace, "windows 11 migration", **MIGRATION)
    resume = await office.asked(office.alan, "decides how it goes on")

    await office.restart_bot(POLICY, FIXDESK_DATABASE_URL=postgres_url)
    await office.grace.press(approval, "Approve")
    await office.alan.press(resume, "Deny")

    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")
    await office.card_after(office.grace, "Denied by Alan Example", "Status: cancelled")
    rows = await office.store().audit_rows()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.is_intact for row in rows)
    assert {row.entry.actor for row in rows} >= {"ada@example.com", "grace@example.com", "alan@example.com", "fixdesk"}
