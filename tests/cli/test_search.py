"""`fixdesk search`: ranked matches from a file, as text or as JSON."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import cli
from bot.cli.search import read_catalog
from bot.domain.errors import ConfigurationError
from bot.domain.workflow import Catalog, Workflow
from bot.store.database import SqlStore
from tests.domain.values import NOON, a_workflow

CATALOG = """id\tname\tdescription
#clear_teams_cache\tClear Teams cache\tEmpties the folders of Microsoft Teams.
#restart_outlook\tRestart Outlook\tOpens the mail client again.
#restart_device\tRestart device\t
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A file with three workflows."""
    path = tmp_path / "catalog.tsv"
    path.write_text(CATALOG, encoding="utf-8")
    return path


def search(catalog: Path, *arguments: str, typed: str | None = None) -> Result:
    """Run the command over a file, with nothing in the environment."""
    return CliRunner(env={"SLACK_BOT_TOKEN": None}).invoke(
        cli, ["search", "--catalog", str(catalog), *arguments], input=typed
    )


def test_matches_are_listed_best_first(catalog: Path) -> None:
    """Score, name and id a line."""
    result = search(catalog, "restart", "outlook")

    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "1.00  Restart Outlook  #restart_outlook"


def test_nothing_fits_is_said(catalog: Path) -> None:
    """An empty answer would look like a fault."""
    assert search(catalog, "lasagne").output == "Nothing fits.\n"


def test_limit_cuts_the_list(catalog: Path) -> None:
    """The best stay; less than one is refused."""
    assert len(search(catalog, "restart").output.splitlines()) == 2
    assert len(search(catalog, "--limit", "1", "restart").output.splitlines()) == 1
    assert search(catalog, "--limit", "0", "restart").exit_code == 2


def test_limit_does_not_make_it_sure(catalog: Path) -> None:
    """It depends on the words alone: an act says nothing of what it is about."""
    read = json.loads(search(catalog, "--json", "--limit", "1", "restart").output)

    assert (read["confident"], len(read["matches"])) == (False, 1)


def test_json_says_everything_of_a_query(catalog: Path) -> None:
    """What was asked, how long it took, how sure it is, and what was found."""
    read = json.loads(search(catalog, "--json", "teams", "cache").output)

    assert list(read) == ["query", "ms", "confident", "matches"]
    assert (read["query"], read["confident"]) == ("teams cache", True)
    best = read["matches"][0]
    assert (best["id"], best["name"]) == ("#clear_teams_cache", "Clear Teams cache")
    assert 0.9 < best["score"] < 1
    assert 0 <= read["ms"] < 1000


def test_explain_says_why(catalog: Path) -> None:
    """A line for each word of the query below each match; in JSON, reasons."""
    lines = search(catalog, "--explain", "restart", "outlok").output.splitlines()
    assert lines[0].endswith("Restart Outlook  #restart_outlook")
    assert [line.split(":")[0].split()[-1] for line in lines[1:3]] == ["restart", "outlok"]
    assert lines[2].endswith('outlok: "outlook" in the name or an alias for "outlok"')

    read = json.loads(search(catalog, "--explain", "--json", "restart").output)
    assert read["matches"][0]["reasons"][0]["word"] == "restart"


def test_own_thesaurus_comes_on_top(catalog: Path, tmp_path: Path) -> None:
    """`FIXDESK_THESAURUS` names words of a company's own."""
    own = tmp_path / "own.tsv"
    own.write_text("outlook\ten\tgreen postbox\n", encoding="utf-8")

    result = CliRunner(env={"FIXDESK_THESAURUS": str(own)}).invoke(
        cli, ["search", "--catalog", str(catalog), "green", "postbox"]
    )

    assert "#restart_outlook" in result.output


def test_queries_are_read_a_line_each(catalog: Path) -> None:
    """One JSON line comes for each, in order, whatever the line holds."""
    result = search(catalog, "--json", "-", typed="restart outlook\n\nzürich \r\nlasagne")

    read = [json.loads(line) for line in result.output.splitlines()]
    assert [one["query"] for one in read] == ["restart outlook", "", "zürich ", "lasagne"]
    assert [bool(one["matches"]) for one in read] == [True, False, False, False]
    assert not any(one["confident"] for one in read[1:])


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    """In any order, with others beside them, and the description may be missing altogether."""
    path = tmp_path / "catalog.tsv"
    path.write_text(
        "name\tother\tid\nReset VPN\tx\t#reset_vpn\n\n# a remark\nShort\ty\t#short\textra\n", encoding="utf-8"
    )

    assert [(one.id, one.name, one.description) for one in read_catalog(path)] == [
        ("#reset_vpn", "Reset VPN", ""),
        ("#short", "Short", ""),
    ]


def test_quote_is_a_character_like_any_other(tmp_path: Path) -> None:
    """One that is never closed does not swallow the rest of the file."""
    path = tmp_path / "catalog.tsv"
    path.write_text('id\tname\tdescription\n#a\tA\t"Quoted" words\n#b\tB\t"open\n#c\tC\tlast\n', encoding="utf-8")

    assert [one.id for one in read_catalog(path)] == ["#a", "#b", "#c"]


def test_file_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """Its first bytes are a mark that nobody sees, and its lines end in two characters."""
    path = tmp_path / "catalog.tsv"
    path.write_bytes(CATALOG.replace("\n", "\r\n").encode("utf-8-sig"))

    assert len(read_catalog(path)) == 3


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the first line must name the columns id, name, description"),
        (b"#a\tA\tB\n", "the first line must name the columns id, name, description"),
        (b"id\tname\n#a\n", ", line 2: a workflow needs an id and a name, parted by a tab"),
        (b"id\tname\n#a\tA\n\tB\n", ", line 3: a workflow needs an id and a name, parted by a tab"),
        (b"# a remark\nid\tname\n\n#a\tA\n#b\t\n", ", line 5: a workflow needs an id and a name, parted by a tab"),
        (b"id\tname\n#a\t\xff\n", "this catalog cannot be read: "),
    ],
)
def test_file_that_is_wrong_is_told_with_its_line(tmp_path: Path, content: bytes, fault: str) -> None:
    """An operator finds the place, remarks and empty lines counted."""
    path = tmp_path / "catalog.tsv"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError) as caught:
        read_catalog(path)

    (said,) = caught.value.faults
    assert said.startswith(str(path))
    assert fault in said


def test_missing_file_is_told(tmp_path: Path) -> None:
    """By its path."""
    with pytest.raises(ConfigurationError, match=r"nowhere\.tsv: this catalog cannot be read"):
        read_catalog(tmp_path / "nowhere.tsv")


def search_cached(database: Path, *arguments: str, policy: str = "") -> Result:
    """Run the command over what a database holds."""
    environment = {"FIXDESK_DATABASE_URL": f"sqlite+aiosqlite:///{database}", "FIXDESK_POLICY": policy}
    return CliRunner(env=environment).invoke(cli, ["search", *arguments])


def test_cached_catalog_is_searched_with_the_operators_words(tmp_path: Path) -> None:
    """As `serve` kept it, with the aliases of the policy."""
    database, policy = tmp_path / "fixdesk.db", tmp_path / "policy.yaml"
    asyncio.run(_keep(database, a_workflow()))
    policy.write_text(
        "version: 1\npeople: {domains: [example.com]}\n"
        "workflows: [{match: '#reset_vpn', run_by: everyone, aliases: [quokka]}]",
        encoding="utf-8",
    )

    assert search_cached(database, "reset vpn").output == "1.00  Reset VPN  #reset_vpn\n"
    assert search_cached(database, "quokka").output == "Nothing fits.\n"
    assert search_cached(database, "quokka", policy=str(policy)).output == "1.00  Reset VPN  #reset_vpn\n"


async def _keep(database: Path, workflow: Workflow) -> None:
    store = await SqlStore.open(f"sqlite+aiosqlite:///{database}")
    await store.save_catalog(Catalog(workflows={workflow.id: workflow}, fetched_at=NOON))
    await store.close()


def test_search_without_a_catalog_says_where_to_get_one(tmp_path: Path) -> None:
    """And makes no database by the way."""
    result = search_cached(tmp_path / "fixdesk.db", "vpn")

    assert isinstance(result.exception, ConfigurationError)
    assert "run `fixdesk serve` once, or give --catalog FILE.tsv" in str(result.exception)
    assert list(tmp_path.iterdir()) == []
