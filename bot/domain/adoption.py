"""Which of Nexthink's recorded requests is a run whose start was never answered, if any can be told to be."""

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.domain.run import Run, Send, Sighting, Started, Target

_SHORTEST_MARK = 8
"""Letters of a correlation id: a shorter one may stand in any text."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the records say of one run."""

    adopted: Started | None = None
    is_named: bool = False
    """Whether it carries the run's correlation id: then it is nobody else's, whatever else was started."""
    candidates: int = 0
    """How many requests may be it; where it is not adopted, more than one of them may."""


def find_request(run: Run, recorded: Iterable[Sighting], *, taken: Collection[str], rivals: Iterable[Run]) -> Finding:
    """Look for the request of a run among recorded executions.

    A request is adopted if it carries the run's correlation id, or if it is the only one for that workflow and target
    since the start went out, and no other start could be meant. `taken` are the requests, in lower case, that belong to
    other runs; `rivals` are the other starts without an answer.
    """
    requests = _by_request(row for row in recorded if row.request_id.casefold() not in taken)
    named = [rows for rows in requests.values() if _carries(run, rows)]
    if len(named) == 1:
        return Finding(adopted=_started(named[0]), is_named=True, candidates=1)
    others = [rival for rival in rivals if rival.id != run.id]
    foreign = {request for request, rows in requests.items() if any(_carries(other, rows) for other in others)}
    possible = [rows for request, rows in requests.items() if request not in foreign and _may_be(run, rows)]
    is_contested = any(_could_be_alike(run, other) for other in others)
    if len(possible) == 1 and not named and not is_contested:
        return Finding(adopted=_started(possible[0]), candidates=1)
    return Finding(candidates=len(named) or len(possible))


def _by_request(recorded: Iterable[Sighting]) -> Mapping[str, list[Sighting]]:
    requests: dict[str, list[Sighting]] = defaultdict(list)
    for row in recorded:
        if row.request_id:
            requests[row.request_id.casefold()].append(row)
    return requests


def _carries(run: Run, rows: Sequence[Sighting]) -> bool:
    return len(run.id) >= _SHORTEST_MARK and any(run.id in row.inputs for row in rows)


def _may_be(run: Run, rows: Sequence[Sighting]) -> bool:
    """Tell whether a request is of the run's workflow and target, and not from before its start."""
    return all(_is_of_workflow(run, row) and _is_since(run, row) for row in rows) and any(
        _is_for(run.target, row) for row in rows
    )


def _is_of_workflow(run: Run, row: Sighting) -> bool:
    return row.workflow_id.casefold() == run.workflow.id.casefold()


def _is_since(run: Run, row: Sighting) -> bool:
    """Compare whole seconds, for that is how times are recorded."""
    if run.sent_at is None or row.requested_at is None:
        return False
    return row.requested_at >= run.sent_at.replace(microsecond=0)


def _is_for(target: Target, row: Sighting) -> bool:
    """Compare what is recorded with what was sent; a device's user, or a user's device, is Nexthink's own choice."""
    told: list[bool] = []
    if target.send is not Send.DEVICE and row.upn:
        told.append(row.upn.casefold() == target.upn.casefold())
    if target.send is not Send.USER and target.device is not None:
        if row.collector_uid:
            told.append(row.collector_uid.casefold() == target.device.collector_uid.casefold())
        elif row.device_name and target.device.name:
            told.append(row.device_name.casefold() == target.device.name.casefold())
    return bool(told) and all(told)


def _could_be_alike(run: Run, other: Run) -> bool:
    """Tell whether a request of the one could be taken for one of the other."""
    same_person = run.target.upn.casefold() == other.target.upn.casefold()
    devices = {one.target.device.collector_uid.casefold() for one in (run, other) if one.target.device}
    return run.workflow.id == other.workflow.id and (same_person or len(devices) == 1)


def _started(rows: Sequence[Sighting]) -> Started:
    ids = tuple(dict.fromkeys(row.execution_id for row in rows))
    return Started(request_id=rows[0].request_id, execution_ids=ids)
