"""Queries about runs, with their executions and decisions. A list costs three statements, however long it is."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.decision import Approval, DecisionState
from bot.domain.run import Execution, ExecutionId, Followed, Run, RunId, RunState
from bot.domain.usage import Use
from bot.domain.workflow import WorkflowId
from bot.store import codec
from bot.store.tables import decisions, executions, runs
from bot.store.upsert import insert_into

ROWS_AT_ONCE = 500

_Decisions = dict[tuple[str, str, int], Row[Any]]
"""By run, kind and ordinal."""


async def add(connection: AsyncConnection, run: Run) -> bool:
    """Insert a run; False where its id or its modal is there already."""
    statement = insert_into(connection, runs).values(codec.encode_run(run)).on_conflict_do_nothing()
    added = await connection.execute(statement)
    if added.rowcount != 1:
        return False
    await _add_children(connection, run)
    return True


async def replace(connection: AsyncConnection, old: Run, new: Run) -> bool:
    """Write `new` over a run that is still at the revision of `old`; False where it is not."""
    statement = update(runs).where(runs.c.id == old.id, runs.c.revision == old.revision).values(codec.encode_run(new))
    changed = await connection.execute(statement)
    if changed.rowcount != 1:
        return False
    await connection.execute(delete(decisions).where(decisions.c.run_id == new.id))
    await connection.execute(delete(executions).where(executions.c.run_id == new.id))
    await _add_children(connection, new)
    return True


async def _add_children(connection: AsyncConnection, run: Run) -> None:
    for table, rows in ((executions, codec.encode_executions(run)), (decisions, codec.encode_decisions(run))):
        if rows:
            await connection.execute(insert(table), rows)


async def find(connection: AsyncConnection, run_id: RunId) -> Run | None:
    """Return one run, None where there is none."""
    found = await _load(connection, select(runs).where(runs.c.id == run_id))
    return found[0] if found else None


async def followed(connection: AsyncConnection) -> list[Followed]:
    """Return what is needed to follow the runs that are running, oldest first."""
    is_answer = (decisions.c.run_id == runs.c.id) & (decisions.c.kind == codec.RESUME)
    query = select(
        runs.c.id,
        runs.c.request_id,
        runs.c.workflow_id,
        func.coalesce(runs.c.started_at, runs.c.created_at).label("begun_at"),
        select(func.max(decisions.c.verdict_at)).where(is_answer).scalar_subquery().label("answered_at"),
        select(func.count()).where(executions.c.run_id == runs.c.id).scalar_subquery().label("executions"),
    ).where(runs.c.state == RunState.RUNNING.value, runs.c.request_id != "")
    found: list[Followed] = []
    # There may be ten thousand of them: between two handfuls the event loop has its turn.
    async for rows in (await connection.stream(_oldest_first(query))).partitions(ROWS_AT_ONCE):
        found += [codec.decode_followed(row) for row in rows]
    return found


async def unanswered(connection: AsyncConnection, since: datetime) -> list[Run]:
    """Return the runs whose start went out without an answer, oldest first; of those left the recent ones."""
    is_open = runs.c.state.in_([RunState.STARTING.value, RunState.UNCERTAIN.value])
    is_left = (runs.c.state == RunState.UNTRACKED.value) & (runs.c.request_id == "") & (runs.c.sent_at >= since)
    return await _load(connection, _oldest_first(select(runs).where(is_open | is_left)))


async def requests_among(connection: AsyncConnection, request_ids: Collection[str]) -> set[str]:
    """Return which of some requests, in lower case, belong to a run."""
    request = func.lower(runs.c.request_id)
    return set((await connection.scalars(select(request).where(request.in_(request_ids)))).all())


async def of_person(connection: AsyncConnection, slack_id: str, limit: int) -> list[Run]:
    """Return a person's runs, newest first."""
    query = select(runs).where(runs.c.requester_slack_id == slack_id)
    return await _load(connection, query.order_by(runs.c.created_at.desc(), runs.c.id.desc()).limit(limit))


async def uses_since(connection: AsyncConnection, since: datetime) -> list[Use]:
    """Return how often each person ran each workflow, and when last."""
    query = (
        select(
            runs.c.requester_slack_id,
            runs.c.workflow_id,
            func.count().label("times"),
            func.max(runs.c.created_at).label("last_at"),
        )
        .where(runs.c.created_at >= since, runs.c.requester_slack_id != "")
        .group_by(runs.c.requester_slack_id, runs.c.workflow_id)
    )
    return [
        Use(
            slack_id=row.requester_slack_id,
            workflow_id=WorkflowId(row.workflow_id),
            times=row.times,
            last_at=row.last_at,
        )
        for row in await connection.execute(query)
    ]


async def of_execution(connection: AsyncConnection, execution_id: ExecutionId) -> Run | None:
    """Return the run that an execution belongs to; ids are compared without regard to case."""
    is_meant = exists().where(
        executions.c.run_id == runs.c.id, func.lower(executions.c.execution_id) == execution_id.lower()
    )
    found = await _load(connection, select(runs).where(is_meant))
    return found[0] if found else None


async def undecided(connection: AsyncConnection) -> list[Run]:
    """Return the runs with an open decision, oldest first."""
    is_open = exists().where(decisions.c.run_id == runs.c.id, decisions.c.state == DecisionState.OPEN.value)
    return await _load(connection, _oldest_first(select(runs).where(is_open)))


def _oldest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(runs.c.created_at, runs.c.id)


async def _load(connection: AsyncConnection, query: Select[Any]) -> list[Run]:
    """Return the runs that a query over the table of runs selects, in its order."""
    rows = (await connection.execute(query)).all()
    if not rows:
        return []
    ids = query.with_only_columns(runs.c.id)
    asked = await _decisions(connection, ids)
    parts = await _executions(connection, ids, asked)
    return [codec.decode_run(row, parts.get(row.id, ()), _approval(asked, row.id)) for row in rows]


def _approval(asked: _Decisions, run_id: str) -> Approval | None:
    row = asked.get((run_id, codec.APPROVAL, 0))
    return None if row is None else codec.decode_approval(row)


async def _decisions(connection: AsyncConnection, ids: Select[Any]) -> _Decisions:
    rows = await connection.execute(select(decisions).where(decisions.c.run_id.in_(ids)))
    return {(row.run_id, row.kind, row.ordinal): row for row in rows}


async def _executions(connection: AsyncConnection, ids: Select[Any], asked: _Decisions) -> dict[str, list[Execution]]:
    query = select(executions).where(executions.c.run_id.in_(ids)).order_by(executions.c.ordinal)
    found: dict[str, list[Execution]] = {}
    for row in await connection.execute(query):
        resume = asked.get((row.run_id, codec.RESUME, row.ordinal))
        execution = codec.decode_execution(row, resume and codec.decode_resume(resume))
        found.setdefault(row.run_id, []).append(execution)
    return found
