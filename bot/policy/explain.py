"""Who may do what, in words: the rule that decides, what is missing, and who then has to agree."""

import dataclasses

from bot.domain.errors import NotAllowedError
from bot.domain.person import Person
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.decide import identify_actor, may_run, rule_for
from bot.policy.rules import Policy, Rule


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An answer of the policy, with all that led to it."""

    is_allowed: bool
    lines: tuple[str, ...]


def explain_rights(policy: Policy, address: str, workflow_id: WorkflowId, channel_id: str = "") -> Explanation:
    """Explain whether somebody may run a workflow for themselves. Who is in a Slack user group only Slack knows."""
    try:
        identify_actor(policy, address)
    except NotAllowedError as refusal:
        return Explanation(is_allowed=False, lines=(str(refusal),))
    workflow = Workflow(id=workflow_id, uuid="", name=workflow_id)
    ruling = may_run(policy, acting_as(policy, address), workflow, channel_id)
    rule = rule_for(policy, workflow_id)
    refused = ruling.reason.replace("You are", f"{address} is")
    verdict = f"{address} may run {workflow_id}." if ruling.is_allowed else refused
    found = (_of_rule(policy, rule),) if rule else ()
    conditions = tuple(_conditions(policy, rule)) if rule and ruling.is_allowed else ()
    return Explanation(is_allowed=ruling.is_allowed, lines=(verdict, *found, *conditions))


def acting_as(policy: Policy, address: str) -> Person:
    """Return the person whom an address names, by what the file alone says."""
    slack_id = next((one for one, upn in policy.people.upn_of.items() if upn.casefold() == address.casefold()), "")
    return Person(slack_id=slack_id, name=address, email=address, upn=address)


def _of_rule(policy: Policy, rule: Rule) -> str:
    number = policy.workflows.index(rule) + 1
    run_by = ", ".join(rule.run_by) or "nobody"
    return f"Rule {number} of {len(policy.workflows)} decides, the first that matches: {rule.match} (run_by: {run_by})"


def _conditions(policy: Policy, rule: Rule) -> list[str]:
    """Say who has to agree to a start, and who decides on a pause."""
    lines = []
    if rule.approval is not None:
        many = f"{rule.approval.quorum} of " if rule.approval.quorum > 1 else ""
        lines.append(f"Before it starts, {many}{_named(policy, rule.approval.by)} must approve, never whoever asks.")
        if rule.approval.escalate is not None:
            lines.append(f"Undecided, {_named(policy, rule.approval.escalate.to)} is asked as well.")
    if rule.resume is not None:
        lines.append(f"While it waits, {_named(policy, rule.resume.by)} decides how it goes on.")
    if rule.channels:
        lines.append(f"Only in {', '.join(rule.channels)}.")
    return lines


def _named(policy: Policy, groups: tuple[str, ...]) -> str:
    """Name groups with their members."""
    return " or ".join(f"{name} ({_members(policy, name)})" for name in groups)


def _members(policy: Policy, name: str) -> str:
    group = policy.groups.get(name)
    if group is None:
        return "unknown"
    return f"Slack user group {group.usergroup}" if group.usergroup else ", ".join(group.members)
