"""What may be wrong with a policy that can be read: rules that nobody can use, and questions that nobody can answer."""

import dataclasses
import enum
from collections.abc import Iterator
from fnmatch import fnmatchcase

from bot.policy.decide import OPERATOR
from bot.policy.positions import Path, Positions
from bot.policy.rules import EVERYONE, Policy, Rule, read_policy


class Severity(enum.StrEnum):
    """How bad it is."""

    ERROR = "error"
    """Whoever asks is refused every time."""
    WARNING = "warning"
    """It is allowed, and hardly meant."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that somebody should look at."""

    severity: Severity
    path: Path
    sentence: str
    """What is the matter, and how to mend it."""


def check_policy(text: str, source: str) -> list[str]:
    """Return a line for everything that was found in a file; raise `ConfigurationError` where it cannot be read."""
    policy, positions = read_policy(text, source), Positions(text)
    return [f"{source}{positions.at(one.path)}: {one.severity}: {one.sentence}" for one in findings_of(policy)]


def findings_of(policy: Policy) -> list[Finding]:
    """Return everything that was found, in the order of the file's sections."""
    rules = [finding for number, rule in enumerate(policy.workflows) for finding in _of_rule(policy, number, rule)]
    return [*_of_groups(policy), *rules]


def _of_groups(policy: Policy) -> Iterator[Finding]:
    used = {group for rule in policy.workflows for _, group in rule.groups()}
    domains = {domain.casefold() for domain in policy.people.domains}
    known = {upn.casefold() for upn in policy.people.upn_of.values()}
    for name, group in policy.groups.items():
        if name not in used:
            yield _warning(("groups", name), f"no rule names the group {name}; remove it, or name it in a rule")
        for place, member in enumerate(group.members):
            is_reached = member == OPERATOR or member.casefold() in known
            if not is_reached and member.rpartition("@")[2].casefold() not in domains:
                sentence = f"{member} is of no accepted domain; add it under people.domains or people.upn_of"
                yield _warning(("groups", name, "members", place), sentence)


def _of_rule(policy: Policy, number: int, rule: Rule) -> Iterator[Finding]:
    at: Path = ("workflows", number)
    earlier = next((one for one in policy.workflows[:number] if _covers(one.match, rule.match)), None)
    if earlier is not None:
        sentence = f"the rule {rule.match} is never reached: {earlier.match} stands before it; move it up"
        yield _warning((*at, "match"), sentence)
    if not rule.run_by:
        yield _warning((*at, "run_by"), f"nobody may run {rule.match}; name a group, or everyone")
    yield from _of_approval(policy, at, rule)
    yield from _of_resume(policy, at, rule)


def _of_approval(policy: Policy, at: Path, rule: Rule) -> Iterator[Finding]:
    if rule.approval is None:
        return
    escalated = rule.approval.escalate.to if rule.approval.escalate else ()
    people = _people(policy, (*rule.approval.by, *escalated))
    if people is None:
        return
    quorum = rule.approval.quorum
    if len(people) < quorum:
        sentence = f"{rule.match} needs {quorum} to approve, and there are {len(people)}; add members, or lower quorum"
        yield Finding(severity=Severity.ERROR, path=(*at, "approval"), sentence=sentence)
    elif len(people) == quorum and not people.isdisjoint(_runners(policy, rule, people)):
        sentence = (
            f"whoever asks cannot approve their own, so that too few are left for some of {rule.match}; add members"
        )
        yield _warning((*at, "approval", "by"), sentence)


def _of_resume(policy: Policy, at: Path, rule: Rule) -> Iterator[Finding]:
    people = _people(policy, rule.resume.by) if rule.resume else None
    if people is not None and len(people) == 1 and not people.isdisjoint(_runners(policy, rule, people)):
        sentence = f"the only one who decides on a pause of {rule.match} cannot decide on their own run; add members"
        yield _warning((*at, "resume", "by"), sentence)


def _people(policy: Policy, groups: tuple[str, ...]) -> set[str] | None:
    """Return the members of groups, None where only Slack knows some of them."""
    known = [policy.groups[group] for group in groups if group in policy.groups]
    if any(group.usergroup for group in known):
        return None
    return {member.casefold() for group in known for member in group.members}


def _runners(policy: Policy, rule: Rule, people: set[str]) -> set[str]:
    """Return which of some people may run it themselves."""
    if EVERYONE in rule.run_by:
        return people
    return people & (_people(policy, rule.run_by) or set())


def _covers(earlier: str, later: str) -> bool:
    """Tell whether an earlier pattern surely takes all that a later one would."""
    if earlier in {"*", later}:
        return True
    is_prefix = earlier.endswith("*") and not set(earlier[:-1]) & set("*?[")
    if is_prefix and later.startswith(earlier[:-1]):
        return True
    return not set(later) & set("*?[") and fnmatchcase(later, earlier)


def _warning(path: Path, sentence: str) -> Finding:
    return Finding(severity=Severity.WARNING, path=path, sentence=sentence)
