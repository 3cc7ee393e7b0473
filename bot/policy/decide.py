"""Pure decisions: rules, person and workflow in; allowed or not, and why, out. Every step asks here."""

import dataclasses
from collections.abc import Iterable
from fnmatch import fnmatchcase

from bot.domain.errors import NotAllowedError
from bot.domain.person import Person, Profile, is_upn
from bot.domain.run import Requester
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.rules import EVERYONE, ApprovalRule, Policy, ResumeRule, Rule

NO_POLICY = (
    "Running fixes is not allowed yet: fixdesk has no policy. An IT admin writes a policy file that says who may run "
    "what, and sets FIXDESK_POLICY to its path."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """An answer of the policy."""

    is_allowed: bool
    reason: str = ""
    """Why not, as a sentence that names the rule and who could help."""
    rule: Rule | None = None

    def require(self) -> Rule:
        """Return the rule that allows it, or raise `NotAllowedError` with the reason."""
        if not self.is_allowed or self.rule is None:
            raise NotAllowedError(self.reason)
        return self.rule


def identify(policy: Policy | None, profile: Profile) -> Person:
    """Return who somebody is to the policy; raise `NotAllowedError` with the reason where it accepts them not."""
    if policy is None:
        raise NotAllowedError(NO_POLICY)
    reason = _reason_against(profile)
    if reason:
        raise NotAllowedError(reason)
    upn = policy.people.upn_of.get(profile.slack_id) or _address_as_upn(policy, profile)
    return Person(slack_id=profile.slack_id, name=profile.name, email=profile.email, upn=upn)


def _reason_against(profile: Profile) -> str:
    """Name what Slack says that rules a person out."""
    reasons = {
        "apps and bots cannot use it": profile.is_bot,
        "your Slack account is deactivated": profile.is_deactivated,
        "you belong to another organisation (Slack Connect)": profile.is_stranger or not profile.is_of_this_team,
        "guest accounts cannot run fixes; ask your IT help desk": profile.is_guest,
        "your e-mail address in Slack is not confirmed; confirm it there first": not profile.is_email_confirmed,
    }
    return next((f"You are not allowed to use fixdesk: {reason}." for reason, holds in reasons.items() if holds), "")


def _address_as_upn(policy: Policy, profile: Profile) -> str:
    """Take the Slack address as the UPN, if its domain is accepted and Nexthink can take it."""
    if not profile.email:
        raise NotAllowedError(
            "You are not allowed to use fixdesk: Slack shows no e-mail address for you. "
            "Ask an IT admin to add you under upn_of in the policy."
        )
    domain = profile.email.rpartition("@")[2].casefold()
    if domain not in {known.casefold() for known in policy.people.domains}:
        raise NotAllowedError(
            f"You are not allowed to use fixdesk: only addresses of {_listed(policy.people.domains, 'and')} may, "
            f"and yours is {profile.email}."
        )
    if not is_upn(profile.email):
        raise NotAllowedError(
            f"fixdesk cannot run anything for you: Nexthink does not take {profile.email} as a user name. "
            "Ask an IT admin to add your UPN under upn_of in the policy."
        )
    return profile.email


def rule_for(policy: Policy | None, workflow_id: WorkflowId) -> Rule | None:
    """Return the first rule that matches; none, as without a policy, means that nobody may run it."""
    rules = policy.workflows if policy else ()
    return next((rule for rule in rules if fnmatchcase(workflow_id, rule.match)), None)


def channel_to_ask(policy: Policy | None, asked: ApprovalRule | ResumeRule) -> str:
    """Return where a rule's question goes: the channel that it names, else the one for all."""
    return asked.channel or (policy and policy.channels.approvals) or ""


def may_run(policy: Policy | None, person: Person, workflow: Workflow, channel_id: str = "") -> Ruling:
    """Decide whether a person may run a workflow for themselves, asked from a channel ("" = Slack did not say)."""
    if policy is None:
        return Ruling(is_allowed=False, reason=NO_POLICY)
    rule = rule_for(policy, workflow.id)
    why = _why_not(policy, rule, person, channel_id)
    if why:
        by = f" (rule {rule.match})" if rule else ""
        return Ruling(is_allowed=False, reason=f"You are not allowed to run {workflow.name}: {why}{by}.", rule=rule)
    return Ruling(is_allowed=True, rule=rule)


def _why_not(policy: Policy, rule: Rule | None, person: Person, channel_id: str) -> str:
    """Say what stands against a person's run, nothing if it is allowed."""
    if rule is None:
        return "no rule of the policy names it. Ask an IT admin to add one"
    missing = not_built(policy, rule)
    if missing:
        return f"its rule uses {_listed(missing, 'and')}, which this version cannot do yet"
    if EVERYONE not in rule.run_by and not _is_member(policy, person, rule.run_by):
        return f"only {_listed(rule.run_by, 'or')} may. Ask one of them" if rule.run_by else "nobody may"
    if rule.channels and channel_id not in rule.channels:
        return "only people who ask in its own channel may. Use /fix there"
    return ""


def may_decide(policy: Policy | None, person: Person, deciders: Iterable[str], requester: Requester) -> Ruling:
    """Decide whether a person may approve, deny or resume what somebody asked for."""
    if policy is None:
        return Ruling(is_allowed=False, reason=NO_POLICY)
    if person.slack_id == requester.slack_id or person.upn.casefold() == requester.upn.casefold():
        return Ruling(is_allowed=False, reason="You cannot decide on your own run; somebody else has to.")
    groups = tuple(deciders)
    if not _is_member(policy, person, groups):
        return Ruling(is_allowed=False, reason=f"You are not allowed to decide this: only {_listed(groups, 'or')} may.")
    return Ruling(is_allowed=True)


def not_built(policy: Policy, rule: Rule) -> list[str]:
    """Name what a rule asks for that fixdesk cannot do yet: better refused than half done."""
    approval, resume = rule.approval, rule.resume
    written = [*resume.approve.values(), *resume.deny.values()] if resume else []
    features = {
        "remind": approval is not None and approval.remind is not None,
        "escalate": approval is not None and approval.escalate is not None,
        "a quorum above 1": approval is not None and approval.quorum > 1,
        "a Slack user group": any(policy.groups[group].usergroup for _, group in rule.groups()),
        f"ask: {resume.ask}" if resume else "ask": resume is not None and resume.ask != "on_start",
        "{comment} or {reason}": any("{comment}" in text or "{reason}" in text for text in written),
    }
    return [feature for feature, is_used in features.items() if is_used]


def _is_member(policy: Policy, person: Person, groups: Iterable[str]) -> bool:
    known = [policy.groups[group] for group in groups if group in policy.groups]
    members = {address.casefold() for group in known for address in group.members}
    return not members.isdisjoint(person.addresses)


def _listed(words: Iterable[str], last: str) -> str:
    """Join words as a sentence does: "a, b or c"."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail
