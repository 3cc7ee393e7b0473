"""What may be wrong with a policy that can be read."""

import pytest

from bot.policy.check import check_policy

HEAD = """version: 1
people: {domains: [example.com], upn_of: {U1: ada@corp.example.org}}
groups:
  it: {members: [grace@example.com, alan@example.com]}
  one: {members: [grace@example.com]}
  slack: {usergroup: S0SECURITY}
channels: {approvals: C1}
workflows:
  - {match: "#used", run_by: [it, one, slack]}
"""


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ('{match: "#a", run_by: everyone}', ""),
        (
            '{match: "#used", run_by: everyone}',
            "10:6: warning: the rule #used is never reached: #used stands before it",
        ),
        ('{match: "#a", run_by: []}', "10:19: warning: nobody may run #a"),
        (
            '{match: "#a", run_by: everyone, approval: {by: [it], quorum: 3}}',
            "10:37: error: #a needs 3 to approve, and there are 2",
        ),
        (
            '{match: "#a", run_by: everyone, approval: {by: [one]}}',
            "10:48: warning: whoever asks cannot approve their own",
        ),
        ('{match: "#a", run_by: [it], approval: {by: [it]}}', ""),
        ('{match: "#a", run_by: everyone, approval: {by: [slack], quorum: 9}}', ""),
        ('{match: "#a", run_by: everyone, approval: {by: [one], escalate: {to: [it], after: 1h}}}', ""),
        (
            '{match: "#a", run_by: everyone, resume: {by: [one]}}',
            "10:46: warning: the only one who decides on a pause of #a cannot decide on their own run",
        ),
        ('{match: "#a", run_by: [slack], resume: {by: [one]}}', ""),
    ],
)
def test_rule_that_nobody_can_use_is_found(rule: str, found: str) -> None:
    """With its place and the mend."""
    lines = check_policy(f"{HEAD}  - {rule}\n", "policy.yaml")

    assert [line.startswith(f"policy.yaml:{found}") for line in lines] == ([True] if found else [])


@pytest.mark.parametrize(
    ("earlier", "later", "is_reached"),
    [
        ("*", "#a", False),
        ("#re*", "#restart_*", False),
        ("#re*", "#restart", False),
        ("#re*", "#*", True),
        ("#r?start", "#restart", False),
        ("#r[a]", "#r[a]", False),
        ("#r*t", "#r*", True),
    ],
)
def test_rule_behind_a_wider_one_is_found(earlier: str, later: str, is_reached: bool) -> None:  # noqa: FBT001 - a table's column
    """Only where it is sure."""
    text = f"version: 1\npeople: {{domains: [example.com]}}\nworkflows:\n  - {{match: '{earlier}', run_by: everyone}}\n"

    lines = check_policy(f"{text}  - {{match: '{later}', run_by: everyone}}\n", "policy.yaml")

    assert ["never reached" in line for line in lines] == ([] if is_reached else [True])


def test_groups_are_looked_at() -> None:
    """Who is in one that nobody uses, or cannot be accepted."""
    text = """version: 1
people: {domains: [example.com], upn_of: {U1: ada@corp.example.org}}
groups:
  unused: {members: [operator, ada@corp.example.org, eve@elsewhere.org]}
"""

    unused, stranger = check_policy(text, "policy.yaml")

    assert unused.startswith("policy.yaml:4:3: warning: no rule names the group unused")
    assert stranger.startswith("policy.yaml:4:54: warning: eve@elsewhere.org is of no accepted domain")
