"""A desk over stand-ins, with a real store on a file."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Callable

import pytest

from tests.usecases.fakes import Bench, HeldStore, make_bench


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Gives the address of another empty database: a copy of a migrated one opens sooner than a new one."""
    folder = tmp_path_factory.mktemp("stores")
    numbers = itertools.count(1)

    async def migrate() -> None:
        store = await HeldStore.open(f"sqlite+aiosqlite:///{folder / 'migrated.db'}")
        await store.close()

    def copy() -> str:
        return f"sqlite+aiosqlite:///{shutil.copy(folder / 'migrated.db', folder / f'{next(numbers)}.db')}"

    asyncio.run(migrate())
    return copy


@pytest.fixture
async def store(new_database: Callable[[], str]) -> AsyncIterator[HeldStore]:
    """An open, empty store."""
    store = await HeldStore.open(new_database())
    yield store
    await store.close()


@pytest.fixture
async def bench(store: HeldStore) -> Bench:
    """A desk with a hold on everything around it."""
    return await make_bench(store)
