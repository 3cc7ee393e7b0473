"""`fixdesk policy`: is the file right, who may do what, and what a change would alter."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import cli
from bot.domain.errors import ConfigurationError
from bot.domain.run_audit import entries_of
from bot.store.database import SqlStore
from tests.domain.values import NOON, a_run

POLICY = """version: 1
people: {domains: [example.com]}
groups:
  it: {members: [grace@example.com, alan@example.com]}
  security: {usergroup: S0SECURITY}
channels: {approvals: C1}
workflows:
  - {match: "#reset_vpn", run_by: everyone, channels: [CHELP]}
  - match: "#rights"
    run_by: everyone
    approval: {by: [it], quorum: 2, escalate: {to: [security], after: 1h}}
    resume: {by: [it]}
  - {match: "#it_*", run_by: [it]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy file."""
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY, encoding="utf-8")
    return path


def call(*arguments: str, **environment: str | None) -> Result:
    """Run the command with nothing else in the environment."""
    return CliRunner(env={"FIXDESK_POLICY": None, "SLACK_BOT_TOKEN": None, **environment}).invoke(
        cli, ["policy", *arguments]
    )


def test_right_file_is_right(file: Path) -> None:
    """By its path, or by the environment."""
    assert call("check", str(file)).exit_code == 0
    assert call("check", FIXDESK_POLICY=str(file)).exit_code == 0


def test_wrong_file_is_told_with_its_places(file: Path) -> None:
    """And fails."""
    file.write_text(POLICY.replace("run_by: [it]", "run_by: [them]") + "wrong: 1\n", encoding="utf-8")

    told = call("check", str(file))

    assert told.exit_code == 1
    assert f"{file}:14:1: wrong: this key is not known" in told.output


def test_warnings_fail_only_where_that_is_asked_for(file: Path) -> None:
    """So that a pipeline may be as strict as it likes."""
    file.write_text(POLICY + '  - {match: "#it_*", run_by: everyone}\n', encoding="utf-8")

    assert (call("check", str(file)).exit_code, call("check", str(file), "--strict").exit_code) == (0, 1)
    assert "never reached" in call("check", str(file)).output


def test_rule_that_nobody_can_satisfy_fails(file: Path) -> None:
    """It is an error, though the file can be read."""
    file.write_text(POLICY.replace("by: [it], quorum: 2, escalate: {to: [security], after: 1h}", "by: [it], quorum: 3"))

    told = call("check", str(file))

    assert (told.exit_code, "error: #rights needs 3 to approve" in told.output) == (1, True)


@pytest.mark.parametrize(
    "arguments", [["check"], ["check", "nowhere.yaml"], ["explain", "#a", "--as", "ada@example.com"]]
)
def test_missing_file_is_told(arguments: list[str]) -> None:
    """With the mend."""
    error = call(*arguments).exception

    assert isinstance(error, ConfigurationError)


@pytest.mark.parametrize(
    ("address", "workflow", "channel", "status", "words"),
    [
        ("ada@example.com", "#reset_vpn", "CHELP", 0, "Rule 1 of 3 decides"),
        ("ada@example.com", "#reset_vpn", "", 1, "only people who ask in its own channel may"),
        ("ada@example.com", "#rights", "", 0, "2 of it (grace@example.com, alan@example.com) must approve"),
        ("ada@example.com", "#rights", "", 0, "security (Slack user group S0SECURITY) is asked as well"),
        ("ada@example.com", "#it_restart", "", 1, "ada@example.com is not allowed to run #it_restart: only it may"),
        ("grace@example.com", "#it_restart", "", 0, "grace@example.com may run #it_restart."),
        ("ada@example.com", "#unknown", "", 1, "no rule of the policy names it"),
        ("eve@elsewhere.org", "#rights", "", 1, "only addresses of example.com may"),
    ],
)
def test_rights_are_explained(file: Path, address: str, workflow: str, channel: str, status: int, words: str) -> None:
    """With the rule, what is missing, and who has to agree."""
    told = call("explain", workflow, "--as", address, "--channel", channel, "--policy", str(file))

    assert (told.exit_code, words in told.output) == (status, True), told.output


def test_change_is_replayed_over_the_audit(file: Path, tmp_path: Path) -> None:
    """Whose rights it alters is told; the same file alters nothing."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'fixdesk.db'}"
    asyncio.run(_ask(url))
    new = tmp_path / "new.yaml"
    new.write_text(POLICY.replace('"#reset_vpn", run_by: everyone', '"#reset_vpn", run_by: [it]'), encoding="utf-8")
    environment = {"FIXDESK_POLICY": str(file), "FIXDESK_DATABASE_URL": url}

    same = call("replay", str(file), **environment)
    told = call("replay", str(new), **environment)
    as_json = call("replay", str(new), "--json", **environment)

    assert (same.exit_code, "1 asked for, 0 decided otherwise" in same.output) == (0, True)
    assert told.exit_code == 1
    assert "ada@example.com #reset_vpn in CHELP: allowed → not allowed." in told.output
    line = json.loads(as_json.output)
    assert (line["actor"], line["before"], line["after"]) == ("ada@example.com", True, False)


async def _ask(url: str) -> None:
    """Record that Ada asked for something, twice."""
    store = await SqlStore.open(url)
    for number in range(2):
        run = a_run(id=f"r-{number}", view_id=f"V-{number}", channel_id="CHELP")
        assert await store.add_run(run, (), entries_of(None, run, NOON))
    await store.close()
