"""Decisions of the policy: who somebody is, who may run what, and who may decide."""

import dataclasses
from typing import Any

import pytest

from bot.domain.errors import NotAllowedError
from bot.domain.person import Person, Profile
from bot.domain.run import Requester
from bot.domain.workflow import WorkflowId
from bot.policy.decide import (
    NO_POLICY,
    Actor,
    Ruling,
    identify,
    identify_actor,
    may_decide,
    may_resume_for,
    may_run,
    may_run_for,
    rule_for,
    usergroups_of,
)
from bot.policy.rules import Policy, read_policy
from tests.domain.values import a_workflow

POLICY = read_policy(
    """
version: 1
people:
  domains: [example.com, Corp.Example.com]
  upn_of: {UMAPPED: mapped@upn.example.org}
groups:
  helpdesk: {members: [Grace@Example.com, alan@upn.example.org]}
  finance: {members: [fay@example.com]}
  security: {usergroup: S0SECURITY}
channels: {approvals: C0APPR}
workflows:
  - {match: "#reset_vpn", run_by: everyone}
  - {match: "#reset_*", run_by: [helpdesk]}
  - {match: "#pay", run_by: [helpdesk, finance]}
  - {match: "#mixed", run_by: [everyone, helpdesk]}
  - {match: "#nobody", run_by: []}
  - {match: "#local", run_by: everyone, channels: [C0IT]}
  - {match: "#[ab]_case", run_by: everyone}
  - {match: "#remind", run_by: everyone, approval: {by: [helpdesk], remind: 30m}}
  - {match: "#escalate", run_by: everyone, approval: {by: [helpdesk], escalate: {to: [finance], after: 2h}}}
  - {match: "#quorum", run_by: everyone, approval: {by: [helpdesk], quorum: 2}}
  - {match: "#usergroup", run_by: [security]}
  - {match: "#asked_usergroup", run_by: everyone, approval: {by: [helpdesk, security]}}
  - {match: "#signal", run_by: everyone, resume: {by: [helpdesk], ask: on_signal}}
  - {match: "#status", run_by: everyone, resume: {by: [helpdesk], ask: on_status, waiting_status: waiting}}
  - {match: "#comment", run_by: everyone, resume: {by: [helpdesk], approve: {text: "{comment}"}}}
  - {match: "#reason", run_by: everyone, resume: {by: [helpdesk], deny: {text: "so: {reason}"}}}
  - {match: "#plain_resume", run_by: everyone, resume: {by: [helpdesk], approve: {by: "{approver_upn}"}}}
  - {match: "#two", run_by: everyone, approval: {by: [helpdesk], remind: 1h, quorum: 3}}
""",
    "policy.yaml",
)


def person(name: str, email: str = "", upn: str = "") -> Person:
    """Return somebody with an address and, if it differs, a UPN."""
    address = email or f"{name.lower()}@example.com"
    return Person(slack_id=f"U{name.upper()}", name=name, email=address, upn=upn or address)


ADA, GRACE, FAY = person("Ada"), person("Grace", "GRACE@example.COM"), person("Fay")
ALAN = person("Alan", "alan@example.com", "Alan@UPN.example.org")


@pytest.mark.parametrize(
    ("who", "workflow_id", "is_allowed"),
    [
        (ADA, "#reset_vpn", True),  # the first rule decides
        (ADA, "#reset_printer", False),
        (GRACE, "#reset_printer", True),  # by e-mail address, whatever its case
        (ALAN, "#reset_printer", True),  # by UPN, whatever its case
        (FAY, "#reset_printer", False),
        (FAY, "#pay", True),  # one of several groups
        (GRACE, "#pay", True),
        (ADA, "#pay", False),
        (ADA, "#mixed", True),
        (GRACE, "#nobody", False),
        (GRACE, "#unheard_of", False),  # no rule
        (ADA, "#a_case", True),
        (ADA, "#A_case", False),  # ids are compared as they are written
        (ADA, "#plain_resume", True),
    ],
)
def test_first_rule_that_matches_decides(who: Person, workflow_id: str, *, is_allowed: bool) -> None:
    """Each row is a person, a workflow and the answer; no rule means nobody."""
    assert may_run(POLICY, who, a_workflow(workflow_id)).is_allowed is is_allowed


@pytest.mark.parametrize(("channel_id", "is_allowed"), [("C0IT", True), ("C0OTHER", False), ("", False)])
def test_rule_with_channels_holds_only_there(channel_id: str, *, is_allowed: bool) -> None:
    """A channel that Slack did not say is not the right one; other rules work everywhere."""
    assert may_run(POLICY, ADA, a_workflow("#local"), channel_id).is_allowed is is_allowed
    assert may_run(POLICY, ADA, a_workflow("#reset_vpn"), channel_id).is_allowed


@pytest.mark.parametrize(
    ("workflow_id", "why"),
    [
        ("#unheard_of", "no rule of the policy names it. Ask an IT admin to add one."),
        ("#reset_printer", "only helpdesk may. Ask one of them (rule #reset_*)."),
        ("#pay", "only helpdesk or finance may. Ask one of them (rule #pay)."),
        ("#nobody", "nobody may (rule #nobody)."),
        ("#local", "only people who ask in its own channel may. Use /fix there (rule #local)."),
        ("#usergroup", "only security may. Ask one of them (rule #usergroup)."),
    ],
)
def test_refusal_says_why_and_by_which_rule(workflow_id: str, why: str) -> None:
    """Nobody is refused without a reason, and nothing is half done."""
    workflow = a_workflow(workflow_id, name="Pay out")

    assert may_run(POLICY, ADA, workflow).reason == f"You are not allowed to run Pay out: {why}"


def test_rule_is_found_or_none() -> None:
    """The first pattern that fits counts, by place in the file."""
    rule = rule_for(POLICY, WorkflowId("#reset_anything"))

    assert rule is not None
    assert rule.match == "#reset_*"
    assert rule_for(POLICY, WorkflowId("#unheard_of")) is None


def test_ruling_gives_its_rule_or_raises_its_reason() -> None:
    """What is required of a refusal is its sentence."""
    rule = may_run(POLICY, ADA, a_workflow("#reset_vpn")).require()

    assert rule.match == "#reset_vpn"
    with pytest.raises(NotAllowedError, match="because"):
        Ruling(is_allowed=False, reason="because").require()


def profile(**changes: Any) -> Profile:
    """Return Ada as Slack shows her."""
    return dataclasses.replace(Profile(slack_id="UADA", name="Ada", email="ada@example.com"), **changes)


@pytest.mark.parametrize(
    ("shown", "upn"),
    [
        (profile(), "ada@example.com"),
        (profile(email="Ada@EXAMPLE.com"), "Ada@EXAMPLE.com"),
        (profile(email="ada@corp.example.com"), "ada@corp.example.com"),
        (profile(slack_id="UMAPPED"), "mapped@upn.example.org"),
        (profile(slack_id="UMAPPED", email=""), "mapped@upn.example.org"),
        (profile(slack_id="UMAPPED", email="o'hara@elsewhere.org"), "mapped@upn.example.org"),
    ],
)
def test_member_is_known_by_upn(shown: Profile, upn: str) -> None:
    """The address of an accepted domain is the UPN, unless the policy names another."""
    who = identify(POLICY, shown)

    assert (who.upn, who.email, who.slack_id) == (upn, shown.email, shown.slack_id)


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (profile(is_email_confirmed=False), "not confirmed"),
        (profile(is_guest=True), "guest accounts"),
        (profile(is_stranger=True), "another organisation"),
        (profile(is_of_this_team=False), "another organisation"),
        (profile(is_bot=True), "apps and bots"),
        (profile(is_deactivated=True), "deactivated"),
        (profile(email=""), "no e-mail address"),
        (profile(email="ada@elsewhere.org"), "only addresses of example.com and Corp.Example.com may"),
        (profile(email="ada@sub.example.com"), "only addresses of"),
        (profile(email="ada@example.com.evil.org"), "only addresses of"),
        (profile(email="o'hara@example.com"), "Nexthink does not take o'hara@example.com"),
        # The policy's UPN takes no objection of Slack's away.
        (profile(slack_id="UMAPPED", is_guest=True), "guest accounts"),
        (profile(slack_id="UMAPPED", is_email_confirmed=False), "not confirmed"),
        (profile(slack_id="UMAPPED", is_deactivated=True), "deactivated"),
    ],
)
def test_others_are_refused_with_the_reason(shown: Profile, why: str) -> None:
    """What Slack says against somebody, or does not say, rules them out."""
    with pytest.raises(NotAllowedError, match=r"not allowed|cannot") as caught:
        identify(POLICY, shown)

    assert why in str(caught.value)


REQUESTER = Requester(slack_id="UADA", name="Ada", upn="ada@example.com")


@pytest.mark.parametrize(
    ("who", "deciders", "is_allowed"),
    [
        (GRACE, ("helpdesk",), True),
        (ALAN, ("finance", "helpdesk"), True),
        (FAY, ("helpdesk",), False),
        (FAY, ("unheard_of",), False),
        (GRACE, ("everyone",), False),  # no group of that name: a question is put to somebody
    ],
)
def test_only_the_groups_that_are_asked_may_decide(who: Person, deciders: tuple[str, ...], *, is_allowed: bool) -> None:
    """The refusal names them."""
    ruling = may_decide(POLICY, who, deciders, REQUESTER)

    assert ruling.is_allowed is is_allowed
    if not is_allowed:
        only = " or ".join(deciders)
        assert ruling.reason == f"You are not allowed to decide this: only {only} may."


@pytest.mark.parametrize(
    "requester",
    [
        Requester(slack_id="UGRACE", name="Grace", upn="other@example.com"),
        Requester(slack_id="UOTHER", name="Other", upn="Grace@EXAMPLE.com"),
    ],
)
def test_nobody_decides_on_their_own_run(requester: Requester) -> None:
    """Neither under the same Slack account, nor under another one with the same UPN."""
    ruling = may_decide(POLICY, GRACE, ("helpdesk",), requester)

    assert ruling.reason == "You cannot decide on your own run; somebody else has to."


def test_without_a_policy_nothing_is_allowed() -> None:
    """Everybody is told what an IT admin has to do."""
    none: Policy | None = None

    assert may_run(none, GRACE, a_workflow()) == Ruling(is_allowed=False, reason=NO_POLICY)
    assert may_decide(none, GRACE, ("helpdesk",), REQUESTER) == Ruling(is_allowed=False, reason=NO_POLICY)
    with pytest.raises(NotAllowedError, match="FIXDESK_POLICY"):
        identify(none, profile())


TERMINAL = read_policy(
    """
version: 1
people: {domains: [example.com]}
groups:
  helpdesk: {members: [Grace@Example.com]}
  listed: {members: [operator]}
  operator: {members: [fay@example.com]}
channels: {approvals: C0APPR}
workflows:
  - {match: "#mine", run_by: everyone}
  - {match: "#anyone", run_by: everyone, for: anyone}
  - {match: "#desk", run_by: [helpdesk], for: anyone}
  - {match: "#listed", run_by: [listed], for: anyone}
  - {match: "#called", run_by: [helpdesk, operator], for: anyone}
  - {match: "#nobody", run_by: [], for: anyone}
  - {match: "#asked", run_by: everyone, for: anyone, approval: {by: [helpdesk]}}
  - {match: "#local", run_by: everyone, for: anyone, channels: [C0IT]}
  - {match: "#quorum", run_by: everyone, for: anyone, approval: {by: [helpdesk], quorum: 2}}
  - {match: "#paused", run_by: everyone, for: anyone, resume: {by: [helpdesk]}}
  - {match: "#own_paused", run_by: everyone, for: anyone, resume: {by: [operator]}}
""",
    "policy.yaml",
)
OPERATOR, AS_ADA, AS_GRACE, AS_FAY = (
    Actor(upn=upn) for upn in ("", "ada@example.com", "GRACE@example.com", "fay@example.com")
)
DEVICES = None
OWN, OTHERS, MANY = ("Ada@example.com",), ("alan@example.com",), ("ada@example.com", "alan@example.com")


@pytest.mark.parametrize(
    ("actor", "workflow_id", "upns", "why"),
    [
        (OPERATOR, "#anyone", OTHERS, ""),
        (OPERATOR, "#anyone", DEVICES, ""),
        (AS_ADA, "#anyone", MANY, ""),
        (AS_ADA, "#mine", OWN, ""),
        (AS_GRACE, "#desk", MANY, ""),
        (OPERATOR, "#listed", MANY, ""),
        (OPERATOR, "#called", MANY, ""),
        (AS_FAY, "#called", MANY, ""),
        (AS_ADA, "#listed", MANY, "only listed may. Ask one of them (rule #listed)."),
        (AS_ADA, "#called", MANY, "only helpdesk or operator may. Ask one of them (rule #called)."),
        (OPERATOR, "#desk", MANY, "only helpdesk may. Say who you are with --as EMAIL, or add operator to a group"),
        (AS_GRACE, "#nobody", MANY, "nobody may (rule #nobody)."),
        (OPERATOR, "#unheard_of", MANY, "no rule of the policy names it. Ask an IT admin to add one."),
        (AS_ADA, "#mine", OTHERS, "only `--upn ada@example.com` may be its target. Ask an IT admin to add `for: any"),
        (AS_ADA, "#mine", MANY, "only `--upn ada@example.com` may be its target."),
        (AS_ADA, "#mine", DEVICES, "only `--upn ada@example.com` may be its target."),
        (OPERATOR, "#mine", OWN, "only people may, for themselves. Give --as EMAIL and --upn of one person, or add"),
        (AS_GRACE, "#asked", OTHERS, "it needs an approval: ask for it in Slack (rule #asked)."),
        (AS_GRACE, "#local", OTHERS, "only people who ask in its own channel may. Use /fix there (rule #local)."),
        (AS_GRACE, "#quorum", OTHERS, "it needs an approval: ask for it in Slack"),
    ],
)
def test_terminal_may_run_what_the_rules_say(
    actor: Actor, workflow_id: str, upns: tuple[str, ...] | None, why: str
) -> None:
    """For others only where the rule is for anyone; what needs Slack is asked for there."""
    ruling = may_run_for(TERMINAL, actor, a_workflow(workflow_id, name="Pay out"), upns)

    assert ruling.is_allowed is not bool(why)
    who = actor.upn or "The operator"
    assert ruling.reason.startswith(f"{who} is not allowed to run Pay out: {why}" if why else "")
    assert bool(ruling.reason) is bool(why)


@pytest.mark.parametrize(
    ("actor", "workflow_id", "why"),
    [
        (OPERATOR, "#paused", ""),
        (OPERATOR, "#mine", ""),
        (AS_GRACE, "#paused", ""),
        (AS_FAY, "#own_paused", ""),
        (AS_ADA, "#paused", "only helpdesk may. Ask one of them (rule #paused)."),
        (AS_GRACE, "#mine", "its rule says nobody who may. Ask an IT admin to add `resume: {by: …}` (rule #mine)."),
        (OPERATOR, "#unheard_of", "no rule of the policy names it. Ask an IT admin to add one."),
    ],
)
def test_terminal_may_resume_what_the_rules_say(actor: Actor, workflow_id: str, why: str) -> None:
    """People as the rule's deciders; the operator whatever a rule names."""
    ruling = may_resume_for(TERMINAL, actor, a_workflow(workflow_id, name="Pay out"))

    assert ruling.is_allowed is not bool(why)
    assert ruling.reason == (f"{actor.upn or 'The operator'} is not allowed to resume Pay out: {why}" if why else "")


@pytest.mark.parametrize(("address", "upn"), [("", ""), ("Ada@EXAMPLE.com", "Ada@EXAMPLE.com")])
def test_actor_is_known_by_address(address: str, upn: str) -> None:
    """None is the operator."""
    assert identify_actor(TERMINAL, address).upn == upn
    assert identify_actor(TERMINAL, address).name == (upn or "operator")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ada@elsewhere.org", "only addresses of example.com may"),
        ("ada", "only addresses of example.com may"),
        ("operator", "only addresses of example.com may"),
        ("o'hara@example.com", "it is not a UPN that Nexthink takes"),
        ("@example.com", "it is not a UPN that Nexthink takes"),
        ("mapped@upn.example.org", "only addresses of"),  # upn_of maps Slack's ids
    ],
)
def test_other_actors_are_refused(address: str, why: str) -> None:
    """Nobody acts under an address that could not be theirs."""
    with pytest.raises(NotAllowedError, match=why):
        identify_actor(TERMINAL, address)


def test_terminal_without_a_policy_may_nothing() -> None:
    """As in Slack."""
    none: Policy | None = None

    assert may_run_for(none, OPERATOR, a_workflow(), OWN).reason == NO_POLICY
    assert may_resume_for(none, OPERATOR, a_workflow()).reason == NO_POLICY
    with pytest.raises(NotAllowedError, match="FIXDESK_POLICY"):
        identify_actor(none, "")


def test_member_of_a_user_group_may_run() -> None:
    """As far as Slack was asked; nobody else's group counts."""
    member = dataclasses.replace(ADA, usergroups=frozenset({"S0SECURITY"}))
    other = dataclasses.replace(ADA, usergroups=frozenset({"S0OTHER"}))

    assert may_run(POLICY, member, a_workflow("#usergroup")).is_allowed
    assert not may_run(POLICY, other, a_workflow("#usergroup")).is_allowed
    assert usergroups_of(POLICY) == {"S0SECURITY"} == usergroups_of(POLICY, ["security", "unheard_of"])
    assert usergroups_of(POLICY, ["helpdesk"]) == usergroups_of(None) == frozenset()


def test_terminal_does_not_know_who_is_in_a_user_group() -> None:
    """And says so."""
    ruling = may_run_for(POLICY, Actor(upn="ada@example.com"), a_workflow("#usergroup"), ["ada@example.com"])

    assert "who is in security only Slack knows" in ruling.reason
