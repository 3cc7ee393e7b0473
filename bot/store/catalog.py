"""Queries about the last good catalog: one row, replaced as a whole."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.workflow import Catalog, Needs, Parameter, Workflow
from bot.store.tables import catalog
from bot.store.upsert import insert_into


async def load(connection: AsyncConnection) -> Catalog | None:
    """Return the last good copy, None where none was ever saved."""
    row = (await connection.execute(select(catalog))).first()
    if row is None:
        return None
    workflows = [_decode(written) for written in row.workflows]
    return Catalog(workflows={workflow.id: workflow for workflow in workflows}, fetched_at=row.fetched_at)


async def save(connection: AsyncConnection, copy: Catalog) -> None:
    """Replace the last good copy."""
    columns = {
        "workflows": [_encode(workflow) for workflow in copy.workflows.values()],
        "fetched_at": copy.fetched_at,
    }
    statement = insert_into(connection, catalog).values(id=1, **columns)
    await connection.execute(statement.on_conflict_do_update(index_elements=[catalog.c.id], set_=columns))


def _encode(workflow: Workflow) -> dict[str, Any]:
    return {
        "id": workflow.id,
        "uuid": workflow.uuid,
        "name": workflow.name,
        "description": workflow.description,
        "needs": workflow.needs and workflow.needs.value,
        "version": workflow.version,
        "parameters": [_encode_parameter(parameter) for parameter in workflow.parameters],
        "is_active": workflow.is_active,
        "is_api_enabled": workflow.is_api_enabled,
    }


def _decode(written: Mapping[str, Any]) -> Workflow:
    own = {
        "needs": written["needs"] and Needs(written["needs"]),
        "parameters": tuple(_decode_parameter(parameter) for parameter in written["parameters"]),
    }
    return Workflow(**{**written, **own})


def _encode_parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "id": parameter.id,
        "options": list(parameter.options),
        "allow_custom_value": parameter.allow_custom_value,
        "description": parameter.description,
    }


def _decode_parameter(written: Mapping[str, Any]) -> Parameter:
    return Parameter(**{**written, "options": tuple(written["options"])})
