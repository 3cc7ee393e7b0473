"""Groups of the policy that are Slack user groups."""

from dataclasses import replace

import pytest

from bot.playground.slack.faults import Fault
from bot.playground.slack.workspace import Message, UserGroup
from tests.scenarios.office import POLICY, NewOffice, Office

RIGHTS = "manage local admin permission"
ANSWERS = {"Action": "grant", "Hours": "4", "Reason": "To install a driver"}
GROUP = "S0SECURITY"


@pytest.fixture
async def office(new_office: NewOffice) -> Office:
    """Return an office where a user group approves, of which Grace is a member."""
    office = await new_office()
    grace = office.slack.client_of("Grace Example")
    group = UserGroup(GROUP, "security", "Security", (grace.person_id,))
    office.slack.workspace.groups[GROUP] = group
    policy = POLICY.replace("groups:\n", f"groups:\n  security: {{usergroup: {GROUP}}}\n", 1)
    policy = policy.replace("approval: {by: [helpdesk]", "approval: {by: [security]")
    await office.start_bot(policy.replace('"#restart_*", run_by: [helpdesk]', '"#restart_*", run_by: [security]'))
    return office


async def asked_for(office: Office) -> Message:
    """Let Ada ask, and return the message to those who decide."""
    await office.run(office.ada, RIGHTS, **ANSWERS)
    return await office.asked(office.grace, "security decides", "waiting for approval")


def put_members(office: Office, *members: str) -> None:
    """Change who is in the group."""
    groups = office.slack.workspace.groups
    groups[GROUP] = replace(groups[GROUP], members=members)


async def test_only_a_member_approves(office: Office) -> None:
    """Slack says who that is."""
    message = await asked_for(office)

    await office.alan.press(message, "Approve")
    await office.told(office.alan, "only security may")
    await office.grace.press(message, "Approve")

    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")


async def test_whoever_left_the_group_meanwhile_decides_nothing(office: Office) -> None:
    """And whoever joined it does: it is asked at the press."""
    message = await asked_for(office)
    put_members(office, office.alan.person_id)

    await office.grace.press(message, "Approve")
    await office.told(office.grace, "only security may")
    await office.alan.press(message, "Approve")

    await office.card_after(office.ada, "Approved by Alan Example", "Status: done")


async def test_press_waits_until_slack_says_who_is_a_member(office: Office) -> None:
    """It is not decided on what was remembered, and it is not lost."""
    message = await asked_for(office)
    office.slack.fail("usergroups.users.list", Fault(status=503, is_html=True), times=4)

    await office.grace.press(message, "Approve")

    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")
