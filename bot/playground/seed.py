"""The workspace that the playground starts with: its people, their devices and the channels.

Plain values, shared by the local Slack and by the simulated Nexthink. Nothing here does I/O.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class SeedDevice:
    """A computer that Nexthink knows."""

    name: str
    platform: str
    """What NQL calls `operating_system.platform`: Windows or macOS."""
    seen_ago: timedelta
    """How long ago it was last in use, at whatever moment somebody asks."""


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """A member or a guest of the workspace."""

    name: str
    slack_id: str
    email: str
    """The address in Slack, which is also the UPN in Nexthink."""
    title: str
    devices: tuple[SeedDevice, ...] = ()
    is_restricted: bool = False
    """Guests are restricted."""


@dataclass(frozen=True, slots=True)
class SeedChannel:
    """A public channel."""

    name: str
    slack_id: str
    topic: str
    members: tuple[str, ...]
    """Slack ids of people; the bot joins where it is invited."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A whole workspace."""

    team_id: str
    team_name: str
    team_domain: str
    people: tuple[SeedPerson, ...]
    channels: tuple[SeedChannel, ...]


ADA = SeedPerson(
    name="Ada Example",
    slack_id="U0ADAEXAMPLE",
    email="ada@example.com",
    title="Financial analyst",
    devices=(
        SeedDevice("LT-ADA-0042", "Windows", timedelta(minutes=4)),
        SeedDevice("MB-ADA-0007", "macOS", timedelta(days=12)),
    ),
)
GRACE = SeedPerson(
    name="Grace Example",
    slack_id="U0GRACEEXAMPLE",
    email="grace@example.com",
    title="Help-desk lead",
    devices=(SeedDevice("LT-GRACE-0018", "Windows", timedelta(minutes=1)),),
)
ALAN = SeedPerson(
    name="Alan Example",
    slack_id="U0ALANEXAMPLE",
    email="alan@example.com",
    title="Help-desk engineer",
    devices=(SeedDevice("MB-ALAN-0023", "macOS", timedelta(minutes=9)),),
)
BARBARA = SeedPerson(
    name="Barbara Example",
    slack_id="U0BARBARAEXAMPLE",
    email="barbara@example.com",
    title="Product designer",
    devices=(
        SeedDevice("MB-BARBARA-0031", "macOS", timedelta(minutes=11)),
        SeedDevice("LT-BARBARA-0032", "Windows", timedelta(minutes=38)),
    ),
)
DONALD = SeedPerson(
    name="Donald Example",
    slack_id="U0DONALDEXAMPLE",
    email="donald@example.com",
    title="Field engineer",
    devices=(SeedDevice("LT-DONALD-0055", "Windows", timedelta(days=9)),),
)
KATHERINE = SeedPerson(
    name="Katherine Example",
    slack_id="U0KATHERINEEXAMPLE",
    email="katherine@example.com",
    title="New starter, waits for a laptop",
)
MALLORY = SeedPerson(
    name="Mallory Outsider",
    slack_id="U0MALLORYOUTSIDER",
    email="mallory@outsider.example",
    title="Contractor",
    is_restricted=True,
)

_STAFF = tuple(person.slack_id for person in (ADA, GRACE, ALAN, BARBARA, DONALD, KATHERINE))

EXAMPLE_CORP = Seed(
    team_id="T0EXAMPLECORP",
    team_name="Example Corp",
    team_domain="example-corp",
    people=(ADA, GRACE, ALAN, BARBARA, DONALD, KATHERINE, MALLORY),
    channels=(
        SeedChannel("general", "C0GENERAL", "Company-wide news", (*_STAFF, MALLORY.slack_id)),
        SeedChannel("help", "C0HELP", "Ask for help with your computer", (*_STAFF, MALLORY.slack_id)),
        SeedChannel("approvals", "C0APPROVALS", "What waits for a decision", (GRACE.slack_id, ALAN.slack_id)),
    ),
)
