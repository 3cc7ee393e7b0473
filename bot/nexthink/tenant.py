"""What is told about the tenant: its hosts, the credential, its stored queries; not where that comes from."""

import dataclasses
import re

QUERY_ID_PATTERN = re.compile(r"#[a-z0-9_]{2,254}", re.ASCII)
"""See: https://docs.nexthink.com/api/nql/execute-an-nql"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A tenant's two hosts and the credential for them."""

    api_url: str
    login_url: str
    """A different host than the API's."""
    client_id: str
    client_secret: str = dataclasses.field(repr=False)
    source: str | None = None
    """The `Source` header of workflow calls; None leaves it out."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """The ids of the stored NQL queries; empty = not set up."""

    devices: str = ""
    """Takes `upn`."""
    status: str = ""
    """Takes `request_id`."""
    recent: str = ""
    """Takes nothing."""
