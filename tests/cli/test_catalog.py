"""`fixdesk catalog`: the list with and without filters, one workflow, and a fresh copy."""

import json
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.catalog import DependencyFilter, TriggerFilter
from bot.cli.exit import ExitStatus
from bot.cli.listing import Filters, refresh_catalog, show_list, show_workflow
from bot.cli.main import cli
from bot.cli.show import Screen
from bot.clock import utc_now
from bot.domain.errors import NexthinkError, NotFoundError
from bot.domain.workflow import Catalog, WorkflowId
from bot.nexthink.wire import Dependency, TriggerMethod
from bot.playground.nexthink.fault import Endpoint, answer
from bot.playground.nexthink.server import SimulatedNexthink
from bot.store.database import SqlStore
from tests.cli.conftest import Command
from tests.cli.tenant import a_workflow
from tests.domain import values

PLAIN = Filters()

pytestmark = pytest.mark.usefixtures("here")


async def shown(
    work: Callable[[Screen], Coroutine[Any, Any, ExitStatus]], capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """Return the document of some work."""
    assert await work(Screen(as_json=True)) is ExitStatus.DONE
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


async def ids(filters: Filters, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Return the ids that a list has."""
    document = await shown(lambda screen: show_list(filters, screen), capsys)
    return {workflow["id"] for workflow in document["workflows"]}


def queries(tenant: SimulatedNexthink) -> list[Mapping[str, str]]:
    """Return how the list was asked for."""
    return [request.query for request in tenant.log.to("/workflows")]


async def test_list_is_the_catalog_as_fixdesk_knows_it(
    tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the API may start, sorted by name, a line each."""
    assert await show_list(PLAIN, Screen(as_json=False)) is ExitStatus.DONE
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]

    assert ["#quick", "The quick fix", "user", "active"] in rows
    assert "#idle" not in {row[0] for row in rows}
    assert [row[1].casefold() for row in rows] == sorted(row[1].casefold() for row in rows)
    assert len(queries(tenant)) == 4


@pytest.mark.parametrize(
    ("filters", "calls", "has_idle"),
    [
        (Filters(only_active=False), 4, True),
        (Filters(trigger_method="MANUAL"), 4, False),
        (Filters(dependency="USER"), 1, False),
        (Filters(dependency="USER", trigger_method="API", only_active=False), 1, True),
    ],
)
async def test_filters_are_nexthinks_own(
    tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str], filters: Filters, calls: int, *, has_idle: bool
) -> None:
    """Both are always sent, as published, and the flag with them."""
    found = await ids(filters, capsys)

    asked = queries(tenant)
    assert ("#idle" in found) is has_idle
    assert len(asked) == calls
    assert {query["triggerMethod"] for query in asked} == {filters.trigger_method or "API"}
    assert {query["fetchOnlyActiveWorkflows"] for query in asked} == {str(filters.only_active).lower()}
    assert len({query["dependency"] for query in asked}) == calls


async def test_needs_are_not_guessed(tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a tenant ignores the filter and its versions say nothing, the filter says nothing either."""
    tenant.change(ignore_list_filters=True, left_out=frozenset({"hasUser", "hasDevice"}))

    document = await shown(lambda screen: show_list(Filters(only_active=False), screen), capsys)

    assert {workflow["needs"] for workflow in document["workflows"]} == {None}
    assert len({workflow["id"] for workflow in document["workflows"]}) == len(document["workflows"])


async def test_kept_copy_is_shown_while_nexthink_is_away(
    tenant: SimulatedNexthink, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its age; without a copy the trouble is the answer, and no database is made."""
    tenant.faults.add(Endpoint.LIST, answer(429, "3600"), times=2)
    with pytest.raises(NexthinkError):
        await show_list(PLAIN, Screen(as_json=False))
    assert not (here / "fixdesk.db").exists()
    store = await SqlStore.open(f"sqlite+aiosqlite:///{here / 'fixdesk.db'}")
    workflow = values.a_workflow("#kept")
    await store.save_catalog(
        Catalog(workflows={workflow.id: workflow}, fetched_at=utc_now() - timedelta(hours=3, minutes=1))
    )
    await store.close()
    capsys.readouterr()

    assert await show_list(PLAIN, Screen(as_json=False)) is ExitStatus.DONE

    told = capsys.readouterr()
    assert told.out == "#kept\tReset VPN\tuser\tactive\n"
    assert "(3 h old)" in told.err


async def test_workflow_is_shown_with_its_parameters_and_its_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """As Nexthink has it now."""
    document = await shown(lambda screen: show_workflow(WorkflowId("#asking"), screen), capsys)
    await show_workflow(WorkflowId("#asking"), Screen(as_json=False))
    facts = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())

    assert (document["name"], document["needs"], document["rule"]["match"]) == ("The asking fix", "user", "#asking")
    assert [parameter["id"] for parameter in document["parameters"]] == ["colour", "ticket"]
    assert facts["uuid"] == document["uuid"]
    assert facts["rule"] == "#asking: everyone, for anyone"
    assert (facts["parameter colour"], facts["parameter ticket"]) == ("red | green", "any text")
    with pytest.raises(NotFoundError, match="knows no workflow #nope"):
        await show_workflow(WorkflowId("#nope"), Screen(as_json=False))


async def test_workflow_without_a_rule_says_so(tenant: SimulatedNexthink, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody may run it."""
    tenant.put_workflow(a_workflow("unruled"))

    assert (await shown(lambda screen: show_workflow(WorkflowId("#unruled"), screen), capsys))["rule"] is None


async def test_refresh_says_what_has_changed(
    tenant: SimulatedNexthink, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And keeps the copy that `serve` and `search` read."""
    first = await shown(refresh_catalog, capsys)
    tenant.put_workflow(a_workflow("brand_new"))
    tenant.put_workflow(a_workflow("quick", name="The quicker fix"))
    tenant.put_workflow(a_workflow("own", is_active=False))

    second = await shown(refresh_catalog, capsys)

    assert len(first["new"]) == first["workflows"] == second["workflows"]
    assert (second["new"], second["gone"], second["changed"]) == (["#brand_new"], ["#own"], ["#quick"])
    store = await SqlStore.open(f"sqlite+aiosqlite:///{here / 'fixdesk.db'}")
    kept = await store.load_catalog()
    await store.close()
    assert kept is not None
    assert kept.workflows[WorkflowId("#quick")].name == "The quicker fix"


def test_filters_of_the_command_are_the_clients() -> None:
    """The command has them apart, so that its help imports no HTTP library."""
    assert [one.value for one in DependencyFilter] == [one.value for one in Dependency]
    assert [one.value for one in TriggerFilter] == [one.value for one in TriggerMethod]


def test_id_that_is_none_is_told() -> None:
    """Before anything is asked."""
    result = CliRunner().invoke(cli, ["catalog", "show", "quick"])

    assert (result.exit_code, "begins with #; in quotes" in result.stderr) == (2, True)


async def test_command_lists_by_default(fixdesk: Command, variables: Mapping[str, str]) -> None:
    """Options may follow at once, and values of filters are written in any case."""
    plain = await fixdesk.run("catalog", "--dependency", "none", "--json", environment=variables)
    wrong = await fixdesk.run("catalog", "list", "--dependency", "pigeon", environment=variables)

    needs = {workflow["needs"] for workflow in json.loads(plain.out)["workflows"]}
    assert (plain.status, plain.err, needs) == (0, "", {"neither"})
    assert (wrong.status, "pigeon" in wrong.err) == (2, True)
