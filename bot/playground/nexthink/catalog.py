"""The workflows of the simulated tenant, read from a table of names and a file of behaviour."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.playground.nexthink.workflow import Ending, Parameter, Script, Step, Wait, Workflow, uuid_of

CATALOG_TSV = Path(__file__).parent.parent / "catalog.tsv"
"""Names, ids, descriptions and dependencies."""
BEHAVIOUR_YAML = CATALOG_TSV.with_suffix(".yaml")
"""Parameters, steps, waits and ends of the workflows that are not plain."""

DEPENDENCIES = frozenset({"USER", "DEVICE", "USER_AND_DEVICE", "NONE"})
"""See https://docs.nexthink.com/api/workflows/models."""


class Catalog:
    """The workflows by their NQL id."""

    def __init__(self, workflows: Iterable[Workflow]) -> None:
        self._by_id = {workflow.id: workflow for workflow in workflows}

    def __iter__(self) -> Iterator[Workflow]:
        return iter(self._by_id.values())

    def find(self, workflow_id: str) -> Workflow | None:
        """Find a workflow by its NQL id."""
        return self._by_id.get(workflow_id)

    def put(self, workflow: Workflow) -> None:
        """Add a workflow, or replace the one with its id."""
        self._by_id[workflow.id] = workflow

    def copy(self) -> "Catalog":
        """Copy the catalog, so that one simulation's changes stay its own."""
        return Catalog(self)


def load_catalog(table: Path = CATALOG_TSV, behaviour: Path = BEHAVIOUR_YAML) -> Catalog:
    """Read the catalog; a mistake in the files raises ValueError with the workflow's id."""
    plan = yaml.safe_load(behaviour.read_text(encoding="utf-8"))
    plans: dict[str, dict[str, Any]] = plan["workflows"]
    rows = list(_rows(table))
    strangers = sorted(set(plans) - {row["nql_id"] for row in rows})
    if strangers:
        raise ValueError(f"{behaviour.name} describes workflows that {table.name} does not have: {strangers}")
    steps = plan["default_steps"]
    return Catalog(_workflow(row, {"steps": steps, **plans.get(row["nql_id"], {})}) for row in rows)


def _rows(table: Path) -> Iterator[dict[str, str]]:
    lines = table.read_text(encoding="utf-8").splitlines()
    return csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")


def _workflow(row: Mapping[str, str], plan: Mapping[str, Any]) -> Workflow:
    workflow_id, dependency = row["nql_id"], row["dependency"]
    if dependency not in DEPENDENCIES:
        raise ValueError(f"{workflow_id}: dependency {dependency!r} is none of {sorted(DEPENDENCIES)}")
    return Workflow(
        id=workflow_id,
        name=row["name"],
        description=row["description"],
        dependency=dependency,
        script=_script(workflow_id, plan),
        parameters=tuple(_parameter(entry) for entry in plan.get("parameters", ())),
        is_active=plan.get("active", True),
        is_api_enabled=plan.get("api", True),
        version=1 + uuid_of("version", workflow_id).int % 3,
    )


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    options = tuple(entry.get("options", ()))
    return Parameter(entry["id"], options, not options or entry.get("custom", False), entry.get("description"))


def _script(workflow_id: str, plan: Mapping[str, Any]) -> Script:
    steps = tuple(Step(name, timedelta(seconds=seconds)) for name, seconds in plan["steps"].items())
    wait = _wait(plan["wait"]) if "wait" in plan else None
    if wait is not None and not 0 < wait.after <= len(steps):
        raise ValueError(f"{workflow_id}: it waits after step {wait.after}, but has {len(steps)} steps")
    return Script(steps, wait, Ending(**plan.get("end", {})))


def _wait(plan: Mapping[str, Any]) -> Wait:
    stop = {
        value: Ending(status, f"Stopped by the decision: {value}", "no_action_taken")
        for value, status in plan.get("stop", {}).items()
    }
    return Wait(plan["after"], plan.get("parameter"), frozenset(plan.get("go_on", ())), stop)
