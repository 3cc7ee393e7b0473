"""Fixtures: a simulated Nexthink with the seed of the playground, and a caller with a token."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.playground.nexthink.catalog import Catalog, load_catalog
from bot.playground.nexthink.server import start_simulated_nexthink
from bot.playground.nexthink.settings import Settings
from bot.playground.seed import EXAMPLE_CORP
from tests.playground.nexthink.bench import Bench, Clock, NewBench


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The catalog of the playground."""
    return load_catalog()


@pytest.fixture
async def new_bench(catalog: Catalog) -> AsyncIterator[NewBench]:
    """A maker of benches, whose keywords are settings."""
    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> Bench:
            clock = Clock()
            chosen = replace(Settings(), **settings)
            sim = await start_simulated_nexthink(EXAMPLE_CORP.people, catalog, clock=clock, settings=chosen)
            stack.push_async_callback(sim.stop)
            http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=5))
            bench = Bench(sim, clock, http)
            await bench.login()
            return bench

        yield make


@pytest.fixture
async def bench(new_bench: NewBench) -> Bench:
    """A bench with the default settings."""
    return await new_bench()
