"""The catalog's files, and the two endpoints that show it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.playground.nexthink.catalog import BEHAVIOUR_YAML, CATALOG_TSV, Catalog, load_catalog
from bot.playground.nexthink.workflow import Parameter
from tests.playground.nexthink.bench import Bench, NewBench

ONLY_ACTIVE = "fetchOnlyActiveWorkflows"


def parameters(catalog: Catalog) -> list[Parameter]:
    """Collect the parameters of all workflows."""
    return [parameter for workflow in catalog for parameter in workflow.parameters]


def test_the_catalog_holds_every_kind_of_parameter(catalog: Catalog) -> None:
    """Forms can be tried with each kind, and with options beyond Slack's limits."""
    kinds = {(bool(p.options), p.allow_custom_value) for p in parameters(catalog)}
    lengths = [len(option) for p in parameters(catalog) for option in p.options]

    assert kinds == {(True, False), (True, True), (False, True)}
    assert any(len(p.options) > 100 for p in parameters(catalog))
    assert any(75 < length <= 150 for length in lengths)
    assert any(length > 150 for length in lengths)


def test_the_catalog_has_the_workflows_of_the_tour(catalog: Catalog) -> None:
    """The names that documentation and tests use exist."""
    teams = catalog.find("#clear_teams_cache")
    migration = catalog.find("#windows_11_migration")

    assert teams is not None
    assert (teams.name, teams.script.before_wait.total_seconds()) == ("Clear Teams cache", 6)
    assert migration is not None
    assert migration.script.wait is not None
    assert catalog.find("#manage_local_admin_permission") is not None


def test_ids_are_the_same_each_time(catalog: Catalog) -> None:
    """UUIDs follow from the NQL id, and no two are equal."""
    again = load_catalog()

    assert [workflow.uuid for workflow in again] == [workflow.uuid for workflow in catalog]
    assert len({workflow.uuid for workflow in catalog}) == len(list(catalog))


@pytest.mark.parametrize(
    ("row", "behaviour", "message"),
    [
        ("A\t#a\tDoes a.\tDEVICE", "'#b': {}", "#b"),
        ("A\t#a\tDoes a.\tANY", "", "#a: dependency 'ANY'"),
        ("A\t#a\tDoes a.\tDEVICE", "'#a': {wait: {after: 2}}", "#a: it waits after step 2"),
    ],
)
def test_a_mistake_in_the_files_is_named(tmp_path: Path, row: str, behaviour: str, message: str) -> None:
    """The error says which workflow is wrong."""
    table, plan = tmp_path / "c.tsv", tmp_path / "c.yaml"
    table.write_text(f"# comment\nname\tnql_id\tdescription\tdependency\n{row}\n")
    plan.write_text(f"default_steps: {{Run: 1}}\nworkflows: {{{behaviour}}}\n")

    with pytest.raises(ValueError, match=message):
        load_catalog(table, plan)


def test_the_files_are_part_of_the_package() -> None:
    """The playground finds its catalog beside itself."""
    assert CATALOG_TSV.exists()
    assert BEHAVIOUR_YAML.exists()


async def test_a_listed_workflow_has_the_recorded_shape(bench: Bench) -> None:
    """Every member of the recorded shape is there, with its type."""
    (found,) = (await bench.get("/api/v1/workflows/details", nqlId="#add_network_printer")).json()

    assert set(found) == {
        "id", "uuid", "name", "description", "status", "lastUpdateTime", "triggerMethods", "versions",
    }  # fmt: skip
    version = found["versions"][0]
    assert set(version) == {
        "version", "uuid", "status", "definition", "parameters", "valid", "hasDevice", "hasUser",
    }  # fmt: skip
    assert (version["status"], version["hasDevice"], version["hasUser"]) == ("ACTIVE", True, True)
    assert version["parameters"][1] == {
        "id": "make_default", "description": None, "allowCustomValue": False, "options": ["yes", "no"],
    }  # fmt: skip


async def test_only_the_newest_version_of_an_active_workflow_is_active(bench: Bench) -> None:
    """Some workflows show an older version, which is inactive; an inactive workflow has no active one."""
    listed = (await bench.get("/api/v1/workflows")).json()
    statuses = {(w["status"], *(v["status"] for v in w["versions"])) for w in listed}

    assert {("ACTIVE", "ACTIVE"), ("ACTIVE", "ACTIVE", "INACTIVE")} <= statuses
    assert all("ACTIVE" not in shown for shown in statuses if shown[0] == "INACTIVE")


async def test_four_calls_give_what_the_api_may_start(bench: Bench, catalog: Catalog) -> None:
    """The filters split the catalog without a gap or an overlap."""
    filters = {"triggerMethod": "API", "fetchOnlyActiveWorkflows": "true"}
    ids: list[str] = []
    for dependency in ("USER", "DEVICE", "USER_AND_DEVICE", "NONE"):
        ids += [w["id"] for w in (await bench.get("/api/v1/workflows", dependency=dependency, **filters)).json()]

    assert sorted(ids) == sorted(w.id for w in catalog if w.is_active and w.is_api_enabled)


async def test_without_filters_all_are_listed(bench: Bench, new_bench: NewBench, catalog: Catalog) -> None:
    """A call without filters lists inactive ones too, and so does a tenant that ignores them."""
    old = await new_bench(ignore_list_filters=True)

    assert len((await bench.get("/api/v1/workflows")).json()) == len(list(catalog))
    assert len((await old.get("/api/v1/workflows", dependency="USER")).json()) == len(list(catalog))


@pytest.mark.parametrize(
    "query",
    [
        "dependency=ALL",
        "dependency=user",
        "triggerMethod=EVENT",
        "fetchOnlyActiveWorkflows=1",
        "dependency=USER&dependency=DEVICE",
        "page=2",
    ],
)
async def test_a_wrong_filter_is_refused(bench: Bench, query: str) -> None:
    """Unknown values and names, and two values of one name, answer 400 with a code."""
    answer = await bench.get(f"/api/v1/workflows?{query}")

    assert (answer.status_code, set(answer.json())) == (400, {"code", "details"})


async def test_details_answer_an_array_or_an_object(bench: Bench, new_bench: NewBench) -> None:
    """Both recorded forms exist, and an unknown id is an empty array in both."""
    live = await new_bench(details_as_object=True)

    assert (await bench.get("/api/v1/workflows/details", nqlId="#unlock_account")).json()[0]["id"] == "#unlock_account"
    assert (await live.get("/api/v1/workflows/details", nqlId="#unlock_account")).json()["id"] == "#unlock_account"
    for one in (bench, live):
        assert (await one.get("/api/v1/workflows/details", nqlId="#nothing")).json() == []


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("", "Missing: nqlId"),
        ("?nql-id=%23unlock_account", "unknown members: nql-id"),
        ("?nqlId=%23unlock_account&page=2", "unknown members: page"),
        ("?nqlId=#unlock_account", "nqlId: must begin with a number sign, which an address writes as %23"),
        ("?nqlId=unlock_account", "nqlId: must begin with a number sign"),
    ],
)
async def test_details_need_the_id(bench: Bench, query: str, details: str) -> None:
    """The parameter is called nqlId, and its number sign must be encoded."""
    answer = await bench.get(f"/api/v1/workflows/details{query}")

    assert answer.status_code == 400
    assert details in answer.json()["details"]


async def test_a_tenant_may_require_the_filters(bench: Bench) -> None:
    """They are published as required, though a live tenant did without."""
    bench.sim.change(filters_required=True)
    refused = [await bench.get("/api/v1/workflows", **query) for query in ({}, {"dependency": "USER"})]
    both = await bench.get("/api/v1/workflows", dependency="USER", triggerMethod="API")

    assert [answer.json()["details"] for answer in refused] == [
        "Missing: dependency, triggerMethod.", "Missing: triggerMethod.",
    ]  # fmt: skip
    assert both.status_code == 200


async def test_a_tenant_may_list_active_workflows_by_default(bench: Bench, catalog: Catalog) -> None:
    """Inactive ones are listed on demand."""
    bench.sim.change(only_active_by_default=True)

    listed = [len((await bench.get("/api/v1/workflows", **query)).json()) for query in ({}, {ONLY_ACTIVE: "false"})]

    assert listed == [sum(workflow.is_active for workflow in catalog), len(list(catalog))]


async def test_members_can_be_left_out(new_bench: NewBench) -> None:
    """A tenant may lack members that are not published."""
    bench = await new_bench(left_out=frozenset({"description", "hasUser"}))
    (found,) = (await bench.get("/api/v1/workflows/details", nqlId="#unlock_account")).json()

    assert "description" not in found
    assert "hasUser" not in found["versions"][0]


async def test_a_workflow_can_change(bench: Bench, catalog: Catalog) -> None:
    """A new version shows at once, in this simulation alone."""
    before = bench.sim.workflow("#unlock_account")
    bench.sim.put_workflow(replace(before, version=before.version + 1))
    shown: dict[str, Any] = (await bench.get("/api/v1/workflows/details", nqlId="#unlock_account")).json()[0]

    assert shown["versions"][0]["version"] == before.version + 1
    assert catalog.find("#unlock_account") == before
    with pytest.raises(KeyError):
        bench.sim.workflow("#nothing")
