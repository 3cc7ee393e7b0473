"""The policy file changes while the bot runs."""

from pathlib import Path

from bot.playground.slack.workspace import Message
from tests.scenarios.office import POLICY, Office

TEAMS = "clear teams cache"


def write(office: Office, text: str) -> Path:
    """Change the file."""
    path = office.folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


async def looked(office: Office) -> tuple[str, ...]:
    """Let the bot look at the file, and return what it found wrong."""
    assert office.vitals.policy is not None
    await office.vitals.policy.look()
    return office.vitals.policy.faults


async def test_changed_policy_holds_for_the_next_press(office: Office) -> None:
    """Without a restart, for what waits as well; its aliases find workflows."""
    await office.run(office.ada, "manage local admin permission", Action="grant", Hours="4", Reason="To install")
    message: Message = await office.asked(office.grace, "waiting for approval")

    changed = POLICY.replace("[grace@example.com, alan@example.com]", "[alan@example.com]")
    write(office, changed.replace("aliases: [teams slow, teams frozen]", "aliases: [the purple thing]"))
    assert await looked(office) == ()

    await office.grace.press(message, "Approve")
    await office.told(office.grace, "only helpdesk may")
    view = await office.form(office.ada, "the purple thing")
    assert "Clears the Teams cache" in view.words
    await office.alan.press(message, "Approve")
    await office.card_after(office.ada, "Approved by Alan Example", "Status: done")


async def test_wrong_policy_leaves_the_old_one(office: Office) -> None:
    """It is told with its place, the bot stays ready, and a right one is taken again."""
    write(office, POLICY + "wrong: 1\n")
    [fault] = await looked(office)
    assert "this key is not known" in fault
    health = await office.vitals.check()
    assert health.facts["policy"]["faults"] == [fault]
    assert "policy" not in health.faults

    await office.run(office.ada, TEAMS)
    await office.card_after(office.ada, "Status: done")

    write(office, "version: 1\npeople: {domains: [example.com]}\n")
    assert await looked(office) == ()
    view = await office.form(office.ada, TEAMS, "not allowed")
    assert "no rule of the policy names" in view.words


async def test_policy_that_is_gone_still_holds(office: Office) -> None:
    """And it is said that it is gone."""
    write(office, POLICY).unlink()

    [fault] = await looked(office)

    assert "cannot be read" in fault
    await office.run(office.ada, TEAMS)
    await office.card_after(office.ada, "Status: done")
