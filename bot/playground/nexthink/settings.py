"""How a simulated Nexthink behaves where tenants may differ or the documentation is silent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta, timezone, tzinfo


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one simulated tenant; the defaults are the published forms."""

    client_id: str = "playground-client"
    client_secret: str = field(default="playground-secret", repr=False)
    permissions: frozenset[str] = frozenset({"workflows", "nql"})
    """The check boxes of the credential; a missing one answers 403."""
    api_port: int = 0
    login_port: int = 0
    """Ports on 127.0.0.1; 0 takes a free one."""

    wait_timeout: timedelta = timedelta(hours=24)
    """How long a run waits for its event before it expires."""
    details_as_object: bool = False
    """Answer `details` with one object, as a live tenant did, instead of the published array."""
    trigger_as_object: bool = False
    """Answer `trigger` with one object, as one client models it, instead of the published array."""
    ignore_list_filters: bool = False
    """List every workflow whatever the filters say, as older tenants are said to do."""
    pair_targets: bool = True
    """Make one execution of the n-th user with the n-th device; else one for each object."""
    refuse_unneeded_targets: bool = False
    """Refuse users where the workflow has only a device, and the other way round."""
    left_out: frozenset[str] = frozenset()
    """Members that workflows and versions lack, such as `hasUser` or `description`."""

    status_delay: timedelta = timedelta(0)
    """How long NQL lags behind what happens."""
    waiting_status: str = "in_progress"
    """What NQL says of a run that waits; the real word is not known."""
    saved_queries: frozenset[str] | None = None
    """Ids of the NQL queries that exist; None means all that the simulation knows."""
    nql_interval: timedelta | None = None
    """The least time between two NQL queries; an earlier one answers 429. One second is what tenants report."""
    missing_columns: frozenset[str] = frozenset()
    """Columns that the tenant's saved queries do not list."""
    row_key: Callable[[str], str] = str
    """How a column's name in the query becomes the key of a row."""
    time_zone: tzinfo = timezone(timedelta(hours=2))
    """The tenant's own zone, in which NQL writes times unless asked for UTC."""
