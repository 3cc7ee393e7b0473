"""The saved NQL queries of the simulated tenant, and the rows that they give.

See https://docs.nexthink.com/api/nql/execute-an-nql. What the rows' keys look like is not documented;
here they are the names in the query's own `list`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from math import ceil
from typing import Any

from bot.playground.nexthink.directory import Directory
from bot.playground.nexthink.execution import WAITING, Execution, State
from bot.playground.nexthink.executions import Executions
from bot.playground.nexthink.presence import Presence
from bot.playground.nexthink.refusal import INVALID_NQL_CODE, UNKNOWN_QUERY_CODE, NQLRefusalError
from bot.playground.nexthink.requests import NQLRequest
from bot.playground.nexthink.settings import Settings, Switches

MAX_ROWS = 1_000
"""Rows of one answer, as third parties report them; Nexthink publishes no number."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query as an administrator saves it."""

    text: str
    window: timedelta
    parameter: str | None = None

    @property
    def columns(self) -> list[str]:
        """The names that the query lists."""
        listed = next(part for part in self.text.split(" | ") if part.startswith("list "))
        return listed.removeprefix("list ").split(", ")

    def with_value(self, value: str) -> str:
        """Write the query as it was executed."""
        return self.text.replace(f"${self.parameter}", json.dumps(value))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave, whatever the form in which it is sent."""

    query_id: str
    executed_query: str
    at: datetime
    """In the zone in which times are written."""
    columns: list[str]
    rows: list[list[Any]]


USER_DEVICES = "#fixdesk_user_devices"
EXECUTION_STATUS = "#fixdesk_execution_status"
RECENT_EXECUTIONS = "#fixdesk_recent_executions"

QUERIES: Mapping[str, SavedQuery] = {
    USER_DEVICES: SavedQuery(
        "devices during past 30d | with session.events during past 30d | where user.upn == $upn"
        " | list device.collector.uid, device.name, device.operating_system.platform, device.last_seen"
        " | sort device.last_seen desc",
        timedelta(days=30),
        "upn",
    ),
    EXECUTION_STATUS: SavedQuery(
        "workflow.executions during past 7d | where request_id == $request_id"
        " | list execution_id, request_time, workflow.name, device.name, status, status_details, outcome,"
        " outcome_details",
        timedelta(days=7),
        "request_id",
    ),
    RECENT_EXECUTIONS: SavedQuery(
        "workflow.executions during past 1h"
        " | list request_id, execution_id, request_time, workflow.nql_id, device.name, device.collector.uid,"
        " user.upn, status, status_details, outcome, inputs"
        " | sort request_time desc",
        timedelta(hours=1),
    ),
}


class NQL:
    """The queries of a tenant."""

    def __init__(
        self,
        directory: Directory,
        presence: Presence,
        executions: Executions,
        clock: Callable[[], datetime],
        switches: Switches,
    ) -> None:
        self._directory = directory
        self._presence = presence
        self._executions = executions
        self._clock = clock
        self._switches = switches
        self._answered_at: datetime | None = None

    @property
    def _settings(self) -> Settings:
        return self._switches.now

    def seconds_to_wait(self) -> int:
        """Take a turn and return 0, or return how many seconds are left until the next one."""
        now, interval = self._clock(), self._settings.nql_interval
        if interval is not None and self._answered_at is not None and now < self._answered_at + interval:
            return ceil((self._answered_at + interval - now).total_seconds())
        self._answered_at = now
        return 0

    def execute(self, request: NQLRequest, *, utc: bool) -> Answer:
        """Answer a query, or refuse it."""
        query = self._query(request)
        value = request.parameters[query.parameter] if query.parameter else ""
        zone = UTC if utc else self._settings.time_zone
        names = [name for name in query.columns if name not in self._settings.missing_columns]
        rows = islice(self._rows(request.query_id, query, value), MAX_ROWS)
        return Answer(
            query_id=request.query_id,
            executed_query=query.with_value(value),
            at=self._clock().astimezone(zone),
            columns=[self._settings.row_key(name) for name in names],
            rows=[[_cell(row[name], zone) for name in names] for row in rows],
        )

    def _query(self, request: NQLRequest) -> SavedQuery:
        saved = self._settings.saved_queries
        query = QUERIES.get(request.query_id)
        if query is None or (saved is not None and request.query_id not in saved):
            raise NQLRefusalError(f"No query has the id {request.query_id}.", UNKNOWN_QUERY_CODE, status=404)
        wanted = {query.parameter} if query.parameter else set()
        if set(request.parameters) != wanted:
            names = ", ".join(sorted(wanted)) or "none"
            raise NQLRefusalError(f"The parameters of {request.query_id} are: {names}.", INVALID_NQL_CODE)
        return query

    def _rows(self, query_id: str, query: SavedQuery, value: str) -> Iterable[Row]:
        if query_id == USER_DEVICES:
            return self._devices(value, query.window)
        asked = self._executions if query_id == RECENT_EXECUTIONS else self._executions.of_request(value)
        return map(self._execution_row, self._visible(asked, self._clock() - query.window))

    def _devices(self, upn: str, window: timedelta) -> Iterator[Row]:
        user = self._directory.user({"upn": upn})
        for device in user.devices if user else ():
            last_seen = (self._presence.offline_since(device) or self._clock()) - device.seen_ago
            if last_seen >= self._clock() - window:
                yield {
                    "device.collector.uid": device.collector_uid,
                    "device.name": device.name,
                    "device.operating_system.platform": device.platform,
                    "device.last_seen": last_seen,
                }

    def _visible(self, asked: Iterable[Execution], since: datetime) -> list[Execution]:
        """List the executions that NQL shows by now, the newest first."""
        until = self._clock() - self._settings.status_delay
        shown = (execution for execution in asked if since <= execution.started_at <= until)
        return sorted(shown, key=lambda execution: execution.started_at, reverse=True)

    def _execution_row(self, execution: Execution) -> Row:
        state = execution.state_at(self._clock() - self._settings.status_delay)
        user, device, ending = execution.user, execution.device, state.ending
        return {
            "request_id": execution.request_uuid,
            "execution_id": execution.uuid,
            "request_time": execution.started_at,
            "workflow.name": execution.workflow.name,
            "workflow.nql_id": execution.workflow.id,
            "device.name": (device.name if device else "") or None,
            "device.collector.uid": (device.collector_uid if device else "") or None,
            "user.upn": (user.upn if user else "") or None,
            "status": self._word(state),
            "status_details": ending.details if ending else None,
            "outcome": ending.outcome if ending else None,
            "outcome_details": None,
            "inputs": json.dumps(execution.params),
        }

    def _word(self, state: State) -> str:
        words = self._settings.status_words
        word = self._settings.waiting_status if state.name == WAITING and WAITING not in words else state.name
        return words.get(word, word)


def _cell(value: Any, zone: tzinfo) -> Any:
    """Write times as NQL does: in one zone, without saying which."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value
