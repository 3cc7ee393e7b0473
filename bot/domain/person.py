"""People: what Slack says of somebody, and who they are once accepted."""

import dataclasses
import re

UPN_PATTERN = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}", re.ASCII)
"""What Nexthink takes as a UPN: ASCII only, so an apostrophe or an accent fails.

See: https://docs.nexthink.com/api/workflows
"""


def is_upn(text: str) -> bool:
    """Tell whether Nexthink would take a text as a UPN."""
    return UPN_PATTERN.fullmatch(text) is not None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What Slack says of a member; nothing in it is decided yet."""

    slack_id: str
    name: str = ""
    email: str = ""
    is_email_confirmed: bool = True
    """Absent counts as confirmed."""
    is_guest: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    is_of_this_team: bool = True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whom the policy accepts: a Slack id with a UPN."""

    slack_id: str
    name: str
    email: str
    upn: str
    usergroups: frozenset[str] = frozenset()
    """The Slack user groups that they are in, of those that were asked for."""

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses that a group may list for this person, in lower case."""
        return frozenset({self.email.casefold(), self.upn.casefold()} - {""})
