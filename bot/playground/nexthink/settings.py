"""How a simulated Nexthink behaves where tenants may differ or the documentation is silent."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta, timezone, tzinfo
from typing import Any

LATE_TRIGGER_STATUSES = (400, 404, 409)
"""What a trigger that comes out of turn may be answered; only the first is documented."""


def last_segment(name: str) -> str:
    """Write a column's name without its table: `name` for `device.name`."""
    return name.rpartition(".")[2]


def camel_case(name: str) -> str:
    """Write a column's name as one word: `deviceName` for `device.name`."""
    first, *rest = re.split(r"[._]", name)
    return first + "".join(word.capitalize() for word in rest)


ROW_KEYS: Mapping[str, Callable[[str], str]] = {"listed": str, "last_segment": last_segment, "camel_case": camel_case}
"""The spellings of a row's keys, by the names under which they can be chosen."""


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
    seed: int = 0
    """Together with the time of the start it decides every id and every token."""

    details_as_object: bool = False
    """Answer `details` with one object, as a live tenant did, instead of the published array."""
    left_out: frozenset[str] = frozenset()
    """Members that workflows and versions lack, such as `hasUser` or `description`."""
    ignore_list_filters: bool = False
    """List every workflow whatever the filters say, as older tenants are said to do."""
    filters_required: bool = False
    """Refuse a list without `dependency` or `triggerMethod`, as published; a live tenant took it."""
    only_active_by_default: bool = False
    """List active workflows alone where `fetchOnlyActiveWorkflows` is left out."""

    lists_required: bool = True
    """Refuse a start without `users` or `devices`, as published; else a missing list counts as empty."""
    accept_no_target: bool = False
    """Take two empty lists for a workflow whose dependency is NONE."""
    accept_unknown_targets: bool = False
    """Start executions for users and devices that nobody knows, with the identifiers that were given."""
    refuse_unneeded_targets: bool = False
    """Refuse users where the workflow has only a device, and the other way round."""
    pair_targets: bool = True
    """Make one execution of the n-th user with the n-th device; else one for each object."""

    wait_timeout: timedelta = timedelta(hours=24)
    """How long a run that starts now will wait for its event before it expires."""
    offline_timeout: timedelta = timedelta(hours=24)
    """How long a run that starts now will wait for a device that is offline before it expires."""
    trigger_as_object: bool = False
    """Answer `trigger` with one object, as one client models it, instead of the published array."""
    late_trigger_status: int = 400
    """What a trigger answers whose execution does not wait, has been resumed, has ended or is not known."""

    status_delay: timedelta = timedelta(0)
    """How long NQL lags behind what happens."""
    waiting_status: str = "in_progress"
    """What NQL says of a run that waits; the real word is not known."""
    status_words: Mapping[str, str] = field(default_factory=dict)
    """How NQL spells the states that are not spelled as in `execution`, such as `started`: `Queued`."""
    saved_queries: frozenset[str] | None = None
    """Ids of the NQL queries that exist; None means all that the simulation knows."""
    nql_interval: timedelta | None = None
    """The least time between two NQL queries; an earlier one answers 429. One second is what tenants report."""
    missing_columns: frozenset[str] = frozenset()
    """Columns that the tenant's saved queries do not list."""
    row_key: Callable[[str], str] = str
    """How a column's name in the query becomes the key of a row; `ROW_KEYS` names the usual ones."""
    time_zone: tzinfo = timezone(timedelta(hours=2))
    """The tenant's own zone, in which NQL writes times unless asked for UTC."""

    def __post_init__(self) -> None:
        if self.late_trigger_status not in LATE_TRIGGER_STATUSES:
            allowed = ", ".join(map(str, LATE_TRIGGER_STATUSES))
            raise ValueError(f"late_trigger_status is {self.late_trigger_status}; it must be one of {allowed}")


_FIXED = frozenset({"api_port", "login_port", "seed"})
SWITCHES = tuple(each.name for each in fields(Settings) if each.name not in _FIXED)
"""What can be changed while a simulation runs."""


class Switches:
    """The settings as they are now; every part reads them here at the moment it needs them."""

    def __init__(self, settings: Settings) -> None:
        self.now = settings

    def change(self, **switches: Any) -> None:
        """Replace some settings; a name that is none of `SWITCHES` raises TypeError."""
        wrong = sorted(set(switches) - set(SWITCHES))
        if wrong:
            raise TypeError(f"no switches of a running simulation: {', '.join(wrong)}; there are {', '.join(SWITCHES)}")
        self.now = replace(self.now, **switches)
