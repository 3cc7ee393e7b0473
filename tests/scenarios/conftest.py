"""Fixtures: an office with a running bot, and a maker of offices that differ."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.clock import utc_now
from bot.playground.clock import Clock
from bot.playground.nexthink.catalog import Catalog, load_catalog
from bot.playground.nexthink.server import start_simulated_nexthink
from bot.playground.nexthink.settings import Settings as NexthinkSettings
from bot.playground.plugin import PROXIES
from bot.playground.seed import EXAMPLE_CORP
from bot.playground.slack.installation import Settings as SlackSettings
from bot.playground.slack.server import start_local_slack
from bot.playground.stand import Stand, read_app_manifest, workspace_of
from tests.scenarios.office import NewOffice, Office

SLACK = SlackSettings(messages_per_second=0)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.setenv(name, "")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The workflows of the playground."""
    return load_catalog()


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    """The way from Slack to the bot; every journey goes over both."""
    return str(request.param)


@pytest.fixture
async def new_office(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str
) -> AsyncIterator[NewOffice]:
    """A maker of an office without a bot, whose keywords are settings of the simulated Nexthink."""
    async with AsyncExitStack() as closing:

        async def make(**settings: Any) -> Office:
            clock, seed = Clock(utc_now), EXAMPLE_CORP
            slack = await start_local_slack(read_app_manifest(), workspace_of(seed), clock=clock, settings=SLACK)
            closing.push_async_callback(slack.stop)
            chosen = replace(NexthinkSettings(), **settings)
            nexthink = await start_simulated_nexthink(seed.people, catalog, clock=clock, settings=chosen)
            closing.push_async_callback(nexthink.stop)
            stand = Stand(slack=slack, nexthink=nexthink, seed=seed)
            office = Office(stand, clock, tmp_path, monkeypatch, transport)
            closing.push_async_callback(office.stop_bot)
            return office

        yield make


@pytest.fixture
async def office(new_office: NewOffice) -> Office:
    """An office whose bot runs with the usual policy."""
    office = await new_office()
    await office.start_bot()
    return office
