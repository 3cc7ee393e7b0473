"""The command line itself: help, version, and how mistakes are told."""

import asyncio
from pathlib import Path

import pytest

from bot import __version__
from tests.cli.conftest import Command

HEAVY = ("slack_bolt", "slack_sdk", "sqlalchemy", "alembic", "aiohttp", "httpx")


@pytest.mark.parametrize("option", ["--help", "--version"])
async def test_help_and_version_need_nothing(fixdesk: Command, option: str) -> None:
    """They work without any environment, and import neither Bolt nor the database."""
    ended = await fixdesk.run(option, python=("-X", "importtime"))

    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.err.splitlines()}
    assert (ended.status, imported.intersection(HEAVY)) == (0, set())
    assert ("fixdesk" in ended.out, "bot" in imported) == (True, True)


async def test_version_is_the_package_s(fixdesk: Command) -> None:
    """`--version` prints the name and the version."""
    assert (await fixdesk.run("--version")).out == f"fixdesk {__version__}\n"


async def test_help_of_a_command_needs_nothing(fixdesk: Command) -> None:
    """Each command explains itself without any environment."""
    commands = ("serve", "playground", "search", "run", "resume", "catalog")

    helped = await asyncio.gather(*(fixdesk.run(command, "--help") for command in commands))

    for command, ended in zip(commands, helped, strict=True):
        assert (ended.status, command in ended.out, ended.err) == (0, True, "")


async def test_unknown_command_is_told(fixdesk: Command) -> None:
    """A command that does not exist ends with status 2 and a sentence, not a traceback."""
    ended = await fixdesk.run("sreve")

    assert (ended.status, "sreve" in ended.err, "Traceback" in ended.err) == (2, True, False)


async def test_search_needs_no_environment(fixdesk: Command, tmp_path: Path) -> None:
    """`fixdesk search` ranks a file without any account."""
    catalog = tmp_path / "catalog.tsv"
    catalog.write_text("id\tname\tdescription\n#a\tClear Teams cache\t\n#b\tReset VPN\t\n", encoding="utf-8")

    ended = await fixdesk.run("search", "--catalog", str(catalog), "teams", "slow")

    assert (ended.status, "Clear Teams cache" in ended.out, "Reset VPN" in ended.out) == (0, True, False)


async def test_missing_catalog_is_told(fixdesk: Command) -> None:
    """A file that is not there ends with status 2 and its name, not a traceback."""
    ended = await fixdesk.run("search", "--catalog", "nowhere.tsv", "teams")

    assert (ended.status, "nowhere.tsv" in ended.err, "Traceback" in ended.err) == (2, True, False)
