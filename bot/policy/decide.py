"""Pure decisions: rules, person and workflow in; allowed or not, and why, out. Every step asks here."""

import dataclasses
from collections.abc import Iterable
from fnmatch import fnmatchcase

from bot.domain.errors import NotAllowedError
from bot.domain.person import Person, Profile, is_upn
from bot.domain.run import Requester
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.rules import EVERYONE, ApprovalRule, Policy, ResumeRule, Rule

OPERATOR = "operator"
"""Whoever holds the bot's credentials and gives no address: no person, but a group may be called so or list it."""

OWN_RUN = "You cannot decide on your own run; somebody else has to."
NO_POLICY = (
    "Running fixes is not allowed yet: fixdesk has no policy. An IT admin writes a policy file that says who may run "
    "what, and sets FIXDESK_POLICY to its path."
)
NO_RULE = "no rule of the policy names it. Ask an IT admin to add one"


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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts from a terminal: somebody by their UPN, else the operator."""

    upn: str = ""

    @property
    def name(self) -> str:
        """What a record calls them."""
        return self.upn or OPERATOR

    @property
    def addresses(self) -> frozenset[str]:
        """What a group may list for them, in lower case."""
        return frozenset({self.name.casefold()})

    @property
    def usergroups(self) -> frozenset[str]:
        """None: Slack is not asked from a terminal."""
        return frozenset()


def identify(policy: Policy | None, profile: Profile, usergroups: Iterable[str] = ()) -> Person:
    """Return who somebody is to the policy, with the user groups that they are in.

    Raises `NotAllowedError` with the reason where it accepts them not.
    """
    if policy is None:
        raise NotAllowedError(NO_POLICY)
    reason = _reason_against(profile)
    if reason:
        raise NotAllowedError(reason)
    upn = policy.people.upn_of.get(profile.slack_id) or _address_as_upn(policy, profile)
    return Person(
        slack_id=profile.slack_id, name=profile.name, email=profile.email, upn=upn, usergroups=frozenset(usergroups)
    )


def usergroups_of(policy: Policy | None, groups: Iterable[str] | None = None) -> frozenset[str]:
    """Return the Slack user groups behind some groups of the policy, without a choice behind all of them."""
    known = policy.groups if policy else {}
    named = known if groups is None else {group: known[group] for group in groups if group in known}
    return frozenset(group.usergroup for group in named.values() if group.usergroup)


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


def identify_actor(policy: Policy | None, address: str) -> Actor:
    """Return who acts under an address, the operator for none; raise `NotAllowedError` where it is not accepted.

    `upn_of` maps Slack's ids, so that it does not apply here.
    """
    if policy is None:
        raise NotAllowedError(NO_POLICY)
    if not address:
        return Actor()
    if address.rpartition("@")[2].casefold() not in {known.casefold() for known in policy.people.domains}:
        accepted = _listed(policy.people.domains, "and")
        raise NotAllowedError(f"{address} is not allowed to use fixdesk: only addresses of {accepted} may (--as).")
    if not is_upn(address):
        raise NotAllowedError(f"fixdesk cannot act for {address}: it is not a UPN that Nexthink takes (--as).")
    return Actor(upn=address)


def rule_for(policy: Policy | None, workflow_id: WorkflowId) -> Rule | None:
    """Return the first rule that matches; none, as without a policy, means that nobody may run it."""
    rules = policy.workflows if policy else ()
    return next((rule for rule in rules if fnmatchcase(workflow_id, rule.match)), None)


def runners_of(policy: Policy | None, workflow_id: WorkflowId) -> tuple[str, ...]:
    """Return the groups by which somebody may run a workflow; none where everybody may, or nobody."""
    rule = rule_for(policy, workflow_id)
    return () if rule is None or EVERYONE in rule.run_by else rule.run_by


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
        return NO_RULE
    if EVERYONE not in rule.run_by and not _is_member(policy, person, rule.run_by):
        return f"only {_listed(rule.run_by, 'or')} may. Ask one of them" if rule.run_by else "nobody may"
    if rule.channels and channel_id not in rule.channels:
        return "only people who ask in its own channel may. Use /fix there"
    return ""


def may_run_for(policy: Policy | None, actor: Actor, workflow: Workflow, upns: Iterable[str] | None) -> Ruling:
    """Decide whether a workflow may be run from a terminal for users by UPN, or for whatever else (None)."""
    if policy is None:
        return Ruling(is_allowed=False, reason=NO_POLICY)
    rule = rule_for(policy, workflow.id)
    why = _why_not_for(policy, rule, actor, upns)
    if why:
        by = f" (rule {rule.match})" if rule else ""
        refused = f"{_named(actor)} is not allowed to run {workflow.name}: {why}{by}."
        return Ruling(is_allowed=False, reason=refused, rule=rule)
    return Ruling(is_allowed=True, rule=rule)


def _named(actor: Actor) -> str:
    return actor.upn or "The operator"


def _why_not_for(policy: Policy, rule: Rule | None, actor: Actor, upns: Iterable[str] | None) -> str:
    """Say what stands against a run from a terminal, nothing if it is allowed."""
    if rule is None:
        return NO_RULE
    is_allowed = EVERYONE in rule.run_by or _is_member(policy, actor, rule.run_by)
    return (
        ("" if is_allowed else _only(rule.run_by, actor, policy))
        or _why_not_from_a_terminal(rule)
        or ("" if rule.run_for == "anyone" else _why_not_self(actor, upns))
    )


def _why_not_from_a_terminal(rule: Rule) -> str:
    if rule.channels:
        return "only people who ask in its own channel may. Use /fix there"
    return "it needs an approval: ask for it in Slack" if rule.approval else ""


def _only(groups: Iterable[str], actor: Actor, policy: Policy) -> str:
    """Name who may instead of the actor, and what would help."""
    names = tuple(groups)
    if not names:
        return "nobody may"
    in_slack = [name for name in names if name in policy.groups and policy.groups[name].usergroup]
    if in_slack:
        return (
            f"only {_listed(names, 'or')} may, and who is in {_listed(in_slack, 'or')} only Slack knows. Use /fix there"
        )
    help_for_operator = f"Say who you are with --as EMAIL, or add {OPERATOR} to a group's members"
    return f"only {_listed(names, 'or')} may. {'Ask one of them' if actor.upn else help_for_operator}"


def _why_not_self(actor: Actor, upns: Iterable[str] | None) -> str:
    """Say why the targets of a rule that is `for: self` are not the actor alone."""
    if actor.upn and upns is not None and [upn.casefold() for upn in upns] == [actor.upn.casefold()]:
        return ""
    if actor.upn:
        return f"only `--upn {actor.upn}` may be its target. Ask an IT admin to add `for: anyone` to its rule"
    return "only people may, for themselves. Give --as EMAIL and --upn of one person, or add `for: anyone` to its rule"


def may_resume_for(policy: Policy | None, actor: Actor, workflow: Workflow) -> Ruling:
    """Decide whether a paused execution of a workflow may be resumed from a terminal.

    The operator holds the bot's own credential, so that naming the workflow in the policy is enough.
    """
    if policy is None:
        return Ruling(is_allowed=False, reason=NO_POLICY)
    rule = rule_for(policy, workflow.id)
    deciders = rule.resume.by if rule and rule.resume else ()
    why = ""
    if rule is None:
        why = NO_RULE
    elif actor.upn and not deciders:
        why = f"its rule says nobody who may. Ask an IT admin to add `resume: {{by: …}}` (rule {rule.match})"
    elif actor.upn and not _is_member(policy, actor, deciders):
        why = f"only {_listed(deciders, 'or')} may. Ask one of them (rule {rule.match})"
    if why:
        return Ruling(is_allowed=False, reason=f"{_named(actor)} is not allowed to resume {workflow.name}: {why}.")
    return Ruling(is_allowed=True, rule=rule)


def may_decide(policy: Policy | None, person: Person, deciders: Iterable[str], requester: Requester) -> Ruling:
    """Decide whether a person may approve, deny or resume what somebody asked for."""
    if policy is None:
        return Ruling(is_allowed=False, reason=NO_POLICY)
    if person.slack_id == requester.slack_id or person.upn.casefold() == requester.upn.casefold():
        return Ruling(is_allowed=False, reason=OWN_RUN)
    groups = tuple(deciders)
    if not _is_member(policy, person, groups):
        return Ruling(is_allowed=False, reason=f"You are not allowed to decide this: only {_listed(groups, 'or')} may.")
    return Ruling(is_allowed=True)


def can_be_decided(policy: Policy | None, deciders: Iterable[str], requester: Requester, quorum: int) -> bool:
    """Tell whether enough people could agree to what somebody asks for; who is in a Slack user group is not known."""
    known = [policy.groups[group] for group in deciders if policy and group in policy.groups]
    others = {address.casefold() for group in known for address in group.members} - {requester.upn.casefold()}
    return any(group.usergroup for group in known) or len(others) >= quorum


def _is_member(policy: Policy, who: Person | Actor, groups: Iterable[str]) -> bool:
    known = {group: policy.groups[group] for group in groups if group in policy.groups}
    members = {address.casefold() for group in known.values() for address in group.members}
    if isinstance(who, Actor) and not who.upn and OPERATOR in known:
        return True
    usergroups = {group.usergroup for group in known.values() if group.usergroup}
    return not members.isdisjoint(who.addresses) or not usergroups.isdisjoint(who.usergroups)


def _listed(words: Iterable[str], last: str) -> str:
    """Join words as a sentence does: "a, b or c"."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail
