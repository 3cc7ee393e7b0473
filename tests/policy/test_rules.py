"""The policy file: every slip is told with the file, the place and the mend, all of them at once."""

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import ConfigurationError
from bot.domain.run import Send
from bot.policy.rules import read_duration, read_policy
from tests.domain.values import NOON

PEOPLE = "version: 1\npeople: {domains: [example.com]}\n"
GROUPS = PEOPLE + "groups: {it: {members: [grace@example.com]}}\nchannels: {approvals: C1}\n"


def faults_of(text: str) -> tuple[str, ...]:
    """Return what is wrong with a file, without its name."""
    with pytest.raises(ConfigurationError) as caught:
        read_policy(text, "policy.yaml")
    return tuple(re.sub(r"^policy\.yaml(:\d+:\d+)?: ", "", fault) for fault in caught.value.faults)


def rule(text: str) -> str:
    """Return a file with one rule, written as the inside of a mapping."""
    return f"{GROUPS}workflows: [{{match: '#a', {text}}}]"


def test_smallest_policy_has_the_documented_defaults() -> None:
    """A version and a domain are enough; nobody may run anything then."""
    policy = read_policy(PEOPLE, "policy.yaml")

    assert policy.workflows == ()
    assert (policy.devices.stale_after, policy.devices.ask_within) == (timedelta(days=7), timedelta(hours=1))


def test_rule_has_the_documented_defaults() -> None:
    """For oneself, eight hours for an approval, a day for a pause, asked on start."""
    read = read_policy(rule("run_by: everyone, approval: {by: [it]}, resume: {by: [it]}"), "policy.yaml").workflows[0]

    assert (read.run_by, read.run_for, read.send) == (("everyone",), "self", None)
    assert read.approval is not None
    assert (read.approval.quorum, read.approval.expires) == (1, timedelta(hours=8))
    assert read.resume is not None
    assert (read.resume.ask, read.resume.expires) == ("on_start", timedelta(hours=24))


def test_every_word_of_the_example_is_read() -> None:
    """The policy that the documentation shows is a right one."""
    text = """
version: 1
people:
  domains: [example.com]
  upn_of: {U012ABCDEF: ada@corp.example.com}
groups:
  helpdesk: {members: [grace@example.com, alan@example.com]}
  security: {usergroup: S0SECURITY}
channels: {help: [C0HELP], approvals: C0APPR}
devices: {stale_after: 7d, ask_within: 1h}
workflows:
  - {match: "#clear_teams_cache", run_by: everyone, aliases: [teams slow, teams frozen]}
  - match: "#manage_local_admin_permission"
    run_by: everyone
    approval: {by: [helpdesk], quorum: 1, expires: 8h, remind: 30m, escalate: {to: [security], after: 2h}}
  - match: "#windows_11_migration"
    run_by: everyone
    resume: {by: [helpdesk], approve: {decision: approved}, deny: {decision: denied}, ask: on_start, expires: 24h}
  - {match: "#restart_*", run_by: [helpdesk], for: anyone}
  - match: "*"
    run_by: [helpdesk]
    send: device
    parameters: {ticket: {label: Ticket, help: Where, optional: true, pattern: "INC\\\\d+", default: x, hidden: true}}
"""
    policy = read_policy(text, "policy.yaml")

    assert [rule.match for rule in policy.workflows][:2] == ["#clear_teams_cache", "#manage_local_admin_permission"]
    assert policy.workflows[3].run_for == "anyone"
    assert policy.workflows[4].send is Send.DEVICE
    assert policy.workflows[4].parameters["ticket"].pattern == r"INC\d+"


_WRITE_A_TIME = "write a time such as 30m, 8h or 7d"
_UNKNOWN_KEY = "this key is not known; remove it or mend its spelling"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "write a policy here; it begins with `version: 1`"),
        (rule("run_by: everyone, run_for: anyone"), f"workflows.0.run_for: {_UNKNOWN_KEY}"),
        (
            "version: 1\npeople: {domains: ['@example.com']}",
            "people: domains: write what stands behind the @, such as example.com, not '@example.com'",
        ),
        (
            "version: 1\npeople: {domains: [ada@example.com]}",
            "people: domains: write what stands behind the @, such as example.com, not 'ada@example.com'",
        ),
        (
            "version: 1\npeople: {domains: [example.com, example]}",
            "people: domains: write what stands behind the @, such as example.com, not 'example'",
        ),
        ("- a list", "write a policy here; it begins with `version: 1`"),
        ("version: 1", "people: this is missing"),
        ("people: {domains: [example.com]}", "version: this is missing"),
        ("version: 1\npeople: {}", "people.domains: this is missing"),
        (PEOPLE + "peple: {}", f"peple: {_UNKNOWN_KEY}"),
        (PEOPLE + "devices: {stale: 7d}", f"devices.stale: {_UNKNOWN_KEY}"),
        (PEOPLE + "devices: {stale_after: 7}", f"devices.stale_after: {_WRITE_A_TIME}"),
        (
            "version: 1\npeople: {domains: [example.com], upn_of: {U1: ada}}",
            "people: upn_of.U1: 'ada' is not a UPN such as ada@example.com",
        ),
        (PEOPLE + "groups: {it: {}}", "groups.it: a group needs either members (addresses) or a usergroup (S…)"),
        (
            PEOPLE + "groups: {it: {members: [a@b.co], usergroup: S1}}",
            "groups.it: a group needs either members (addresses) or a usergroup (S…)",
        ),
        (rule(""), "workflows.0.run_by: this is missing"),
        (rule("run_by: it"), "workflows.0.run_by: write everyone, or a list of groups: [it]"),
        (
            rule("run_by: [admins]"),
            "workflows[0] (#a).run_by: unknown group 'admins'; add it under groups (known: it)",
        ),
        (
            PEOPLE + "workflows: [{match: '#a', run_by: [it]}]",
            "workflows[0] (#a).run_by: unknown group 'it'; add it under groups (known: none)",
        ),
        (
            rule("run_by: everyone, approval: {by: [boss]}"),
            "workflows[0] (#a).approval.by: unknown group 'boss'; add it under groups (known: it)",
        ),
        (
            rule("run_by: everyone, approval: {by: [it], escalate: {to: [boss], after: 2h}}"),
            "workflows[0] (#a).approval.escalate.to: unknown group 'boss'; add it under groups (known: it)",
        ),
        (
            rule("run_by: everyone, resume: {by: [boss]}"),
            "workflows[0] (#a).resume.by: unknown group 'boss'; add it under groups (known: it)",
        ),
        (
            rule("run_by: everyone, resume: {by: [it], ask: on_status}"),
            "workflows.0.resume: ask: on_status needs waiting_status, the NQL status that means waiting",
        ),
        (rule("run_by: everyone, aliases: [5]"), "workflows.0.aliases.0: write text here (in quotes)"),
        (
            rule("run_by: everyone, parameters: {n: {default: 5}}"),
            "workflows.0.parameters.n.default: write text here (in quotes)",
        ),
        (
            rule("run_by: everyone, parameters: {n: {hidden: true}}"),
            "workflows.0.parameters.n: a hidden parameter needs a value or a default, or must be optional",
        ),
    ],
)
def test_slip_is_told_with_its_place_and_mend(text: str, fault: str) -> None:
    """One sentence stands for one slip."""
    assert faults_of(text) == (fault,)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version: [", "this is not YAML: "),
        ("version: 2024-13-45", "this is not YAML: "),
        ("version: " + "[" * 5_000, "this is not YAML: "),
        (f"{PEOPLE}groups: {'{a: ' * 3_000}1{'}' * 3_000}", "this is not YAML: "),
        (PEOPLE + "groups: &groups {it: *groups}", "groups.it.it: "),
        (rule("run_by: everyone, approval: {by: [it], quorum: 0}"), "workflows.0.approval.quorum: "),
        (rule("run_by: everyone, send: all"), "workflows.0.send: "),
        (rule("run_by: everyone, for: boss"), "workflows.0.for: "),
        (rule("run_by: everyone, resume: {by: [it], ask: later}"), "workflows.0.resume.ask: "),
        (rule("run_by: everyone, parameters: {n: {pattern: '('}}"), "workflows.0.parameters.n: pattern: "),
        (
            rule("run_by: everyone, parameters: {n: {pattern: 'a{99999999999999999999}'}}"),
            "workflows.0.parameters.n: pattern: ",
        ),
        (PEOPLE + "devices: {ask_within: 0h}", "devices.ask_within: a time must be longer than nothing"),
        (PEOPLE + "devices: {stale_after: 99999999999d}", "devices.stale_after: "),
        (rule("run_by: everyone, approval: {by: [it], expires: 9999999d}"), "workflows.0.approval.expires: "),
    ],
)
def test_slip_never_ends_in_a_traceback(text: str, place: str) -> None:
    """Whatever a parser or a library makes of it, it is a fault at its place."""
    (fault,) = faults_of(text)

    assert fault.startswith(place)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("version: 1\nversion: 1\n", "version", 2),
        (PEOPLE + "people: {domains: [other.example]}\n", "people", 3),
        (PEOPLE + "devices: {stale_after: 7d, stale_after: 8d}\n", "stale_after", 3),
        (PEOPLE + "workflows:\n  - match: '#a'\n    run_by: everyone\n    run_by: [it]\n", "run_by", 6),
        (PEOPLE + "groups:\n  it: {members: [a@b.co]}\n  'it': {members: [c@d.co]}\n", "it", 5),
    ],
)
def test_key_that_is_written_twice_is_told(text: str, key: str, line: int) -> None:
    """The later one would win in silence: a rule that was thought to hold would not."""
    (fault,) = faults_of(text)

    assert fault.startswith(f"this is not YAML: the key {key!r} is written twice")
    assert f"line {line}," in fault


def test_same_key_may_stand_in_different_places() -> None:
    """Each rule has its own."""
    text = f"{GROUPS}workflows: [{{match: '#a', run_by: everyone}}, {{match: '#b', run_by: [it]}}]"

    assert [rule.match for rule in read_policy(text, "policy.yaml").workflows] == ["#a", "#b"]


def test_rule_may_be_merged_into_another() -> None:
    """YAML's own way to repeat a rule; what the second says itself counts."""
    text = f"{GROUPS}workflows: [&base {{match: '#a', run_by: [it], send: user}}, {{<<: *base, match: '#b'}}]"

    first, second = read_policy(text, "policy.yaml").workflows

    assert (first.match, second.match, second.run_by, second.send) == ("#a", "#b", ("it",), Send.USER)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version: 1\npeople: {domains: example.com}", "people.domains"),
        ("version: 1\npeople: {domains: []}", "people.domains"),
        (PEOPLE + "channels: {help: C1}", "channels.help"),
        (PEOPLE + "workflows: {match: '#a'}", "workflows"),
        (rule("run_by: null"), "workflows.0.run_by"),
        (rule("run_by: everyone, aliases: teams slow"), "workflows.0.aliases"),
    ],
)
def test_wrong_shape_is_told_in_words_of_the_file(text: str, place: str) -> None:
    """An operator reads what to write, not the name of a Python type."""
    (fault,) = faults_of(text)

    assert fault.startswith(f"{place}: ")
    assert "write a list" in fault or "at least one" in fault
    assert "tuple" not in fault.casefold()


@pytest.mark.parametrize(
    ("asks", "is_told"),
    [
        ("approval: {by: [it]}", True),
        ("resume: {by: [it]}", True),
        ("approval: {by: [it], channel: C2}", False),
        ("resume: {by: [it], channel: C2}", False),
    ],
)
def test_question_needs_a_channel(asks: str, *, is_told: bool) -> None:
    """Where neither the rule nor the file names a channel, nobody could be asked."""
    text = f"{PEOPLE}groups: {{it: {{members: [a@b.co]}}}}\nworkflows: [{{match: '#a', run_by: everyone, {asks}}}]"
    name = asks.partition(":")[0]

    if is_told:
        told = f"workflows[0] (#a).{name}: no channel to ask in; set channels.approvals, or {name}.channel"
        assert faults_of(text) == (told,)
    else:
        assert len(read_policy(text, "policy.yaml").workflows) == 1


def test_all_slips_are_told_at_once() -> None:
    """An operator mends a file in one go."""
    text = "version: 1\npeople: {domain: [example.com]}\ndevices: {stale_after: 7}\nchannel: {}"

    assert [fault.partition(":")[0] for fault in faults_of(text)] == [
        "people.domains",
        "people.domain",
        "devices.stale_after",
        "channel",
    ]


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30s", timedelta(seconds=30)),
        ("30m", timedelta(minutes=30)),
        ("8h", timedelta(hours=8)),
        ("7d", timedelta(days=7)),
        ("1h30m", timedelta(minutes=90)),
    ],
)
def test_time_is_a_number_with_a_unit(text: str, duration: timedelta) -> None:
    """Several parts are added up."""
    assert read_duration(text) == duration
    assert read_duration(duration) == duration


@given(st.text(max_size=12) | st.integers() | st.none() | st.from_regex(r"[0-9]{1,30}[smhd]", fullmatch=True))
@settings(deadline=None)
def test_anything_is_a_positive_time_or_a_slip(text: object) -> None:
    """Nothing but `ValueError` comes out, and a time is longer than nothing and can be added to a date."""
    try:
        assert NOON + read_duration(text) > NOON
    except ValueError as error:
        assert "time" in str(error)  # noqa: PT017 - what is not raised is right as well


@pytest.mark.parametrize(
    ("rest", "at"),
    [
        ("workflows:\n  - match: '#a'\n    run_by: everyone\n    wrong: 1\n", "6:5"),
        ("workflows:\n  - {match: '#a', run_by: [nobody]}\n", "4:19"),
        ("devices:\n  stale_after: 7\n", "4:3"),
        ("groups: {a: {}}\n", "3:10"),
    ],
)
def test_fault_tells_line_and_column(rest: str, at: str) -> None:
    """Of the deepest thing that is there."""
    with pytest.raises(ConfigurationError) as caught:
        read_policy(PEOPLE + rest, "policy.yaml")

    assert [fault.startswith(f"policy.yaml:{at}: ") for fault in caught.value.faults] == [True]
