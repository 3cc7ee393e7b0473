"""What `fixdesk catalog` does once its arguments are read."""

import asyncio
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.cli.desk import cached_catalog, opened_nexthink, opened_store
from bot.cli.exit import ExitStatus
from bot.cli.show import Screen
from bot.clock import utc_now
from bot.domain.errors import NexthinkError
from bot.domain.workflow import Catalog, Parameter, Workflow, WorkflowId
from bot.nexthink.client import NexthinkClient
from bot.nexthink.wire import Dependency, TriggerMethod
from bot.policy.decide import rule_for
from bot.policy.rules import Rule
from bot.usecases.terminal.session import read_named

COLUMNS = ("id", "name", "needs", "status")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The endpoint's own filters, None where one is left out."""

    dependency: str | None = None
    trigger_method: str | None = None
    only_active: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether nothing is filtered that the catalog would not be filtered by."""
        return self == Filters()


async def show_list(filters: Filters, screen: Screen) -> ExitStatus:
    """Print the workflows: as fixdesk knows them, or as Nexthink lists them for these filters."""
    async with opened_nexthink() as (settings, _, nexthink):
        if filters.is_plain:
            workflows = await _known(nexthink, settings.fixdesk_database_url, screen)
        else:
            workflows = await _filtered(nexthink, filters)
    workflows.sort(key=lambda workflow: (workflow.name.casefold(), workflow.id))
    screen.table(COLUMNS, [_row(workflow) for workflow in workflows])
    screen.document({"workflows": [_document(workflow) for workflow in workflows]})
    return ExitStatus.DONE


async def _known(nexthink: NexthinkClient, url: str, screen: Screen) -> list[Workflow]:
    """Return the catalog, asked for anew; the kept copy, with its age said, where Nexthink is away."""
    try:
        return await nexthink.list_workflows()
    except NexthinkError as error:
        kept = await cached_catalog(url) if error.may_pass else None
        if kept is None:
            raise
        screen.say(f"{error} This is the copy of {kept.fetched_at:%Y-%m-%d %H:%M} UTC ({_age(kept)} old).")
        return list(kept.workflows.values())


def _age(kept: Catalog) -> str:
    hours, minutes = divmod(int((utc_now() - kept.fetched_at).total_seconds()) // 60, 60)
    return f"{hours} h" if hours else f"{minutes} min"


async def _filtered(nexthink: NexthinkClient, filters: Filters) -> list[Workflow]:
    """Ask with both filters, as the specification demands: without a dependency, once for each."""
    asked = [Dependency(filters.dependency)] if filters.dependency else list(Dependency)
    method = TriggerMethod(filters.trigger_method or TriggerMethod.API)
    lists = await asyncio.gather(
        *(
            nexthink.list_filtered(dependency=dependency, trigger_method=method, only_active=filters.only_active)
            for dependency in asked
        )
    )
    return _merged(lists)


def _merged(lists: Iterable[Sequence[Workflow]]) -> list[Workflow]:
    """Join lists by id; where a tenant that ignores the filter says different needs, none is believed."""
    found: dict[WorkflowId, Workflow] = {}
    for workflow in (workflow for listed in lists for workflow in listed):
        known = found.setdefault(workflow.id, workflow)
        if known.needs is not workflow.needs:
            found[workflow.id] = dataclasses.replace(known, needs=None)
    return list(found.values())


async def show_workflow(workflow_id: WorkflowId, screen: Screen) -> ExitStatus:
    """Print all that is known of one workflow, read afresh."""
    async with opened_nexthink() as (_, policy, nexthink):
        workflow = await read_named(workflow_id, nexthink)
    rule = rule_for(policy, workflow.id)
    facts = {
        "id": workflow.id,
        "uuid": workflow.uuid,
        "name": workflow.name,
        "description": workflow.description,
        "status": _status(workflow),
        "needs": _needs(workflow),
        "version": workflow.version,
        "rule": _said(rule),
    }
    parameters = [(f"parameter {one.id}", _asked(one)) for one in workflow.parameters]
    screen.table(("", workflow.name), [*facts.items(), *parameters])
    screen.document({**_document(workflow), "rule": _rule_document(rule)})
    return ExitStatus.DONE


async def refresh_catalog(screen: Screen) -> ExitStatus:
    """Fetch the workflows and keep them; print what is new, gone and changed."""
    async with opened_nexthink() as (settings, _, nexthink), opened_store(settings.fixdesk_database_url) as store:
        listed = {workflow.id: workflow for workflow in await nexthink.list_workflows()}
        kept = await store.load_catalog()
        await store.save_catalog(Catalog(workflows=listed, fetched_at=utc_now()))
    before: Mapping[WorkflowId, Workflow] = kept.workflows if kept else {}
    differences = {
        "new": sorted(listed.keys() - before.keys()),
        "gone": sorted(before.keys() - listed.keys()),
        "changed": sorted(one for one in listed.keys() & before.keys() if listed[one] != before[one]),
    }
    screen.line(f"workflows: {len(listed):,}")
    for word, ids in differences.items():
        screen.line(f"{word}: {len(ids):,}")
    for word, ids in differences.items():
        for workflow_id in ids if before else ():
            screen.line(word, workflow_id)
    screen.document({"workflows": len(listed), **differences})
    return ExitStatus.DONE


def _row(workflow: Workflow) -> tuple[str, str, str, str]:
    return workflow.id, workflow.name, _needs(workflow), _status(workflow)


def _needs(workflow: Workflow) -> str:
    return workflow.needs.value if workflow.needs else "not said"


def _status(workflow: Workflow) -> str:
    if not workflow.is_active:
        return "inactive"
    return "active" if workflow.is_api_enabled else "active, not open to the API"


def _asked(parameter: Parameter) -> str:
    """Say what a parameter takes."""
    if not parameter.options:
        return "any text"
    others = ", or any text" if parameter.allow_custom_value else ""
    return f"{' | '.join(parameter.options)}{others}"


def _said(rule: Rule | None) -> str:
    """Say which rule decides, and who may run it."""
    if rule is None:
        return "none: nobody may run it"
    asked = " after an approval" if rule.approval else ""
    return f"{rule.match}: {', '.join(rule.run_by) or 'nobody'}, for {rule.run_for}{asked}"


def _rule_document(rule: Rule | None) -> Mapping[str, Any] | None:
    return None if rule is None else rule.model_dump(mode="json", by_alias=True, exclude_none=True)


def _document(workflow: Workflow) -> Mapping[str, Any]:
    return {
        "id": workflow.id,
        "uuid": workflow.uuid,
        "name": workflow.name,
        "description": workflow.description,
        "is_active": workflow.is_active,
        "is_api_enabled": workflow.is_api_enabled,
        "needs": workflow.needs and workflow.needs.value,
        "version": workflow.version,
        "parameters": [dataclasses.asdict(parameter) for parameter in workflow.parameters],
    }
