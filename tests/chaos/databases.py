"""A fresh database for each schedule: a file, or one of a PostgreSQL that replicas share."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgres import address_of, start_server

SQLITE, POSTGRES = "sqlite", "postgres"


class Databases:
    """Makes databases."""

    def __init__(self, admin: str = "") -> None:
        self._admin = admin
        """The address of a PostgreSQL server; empty for files."""

    @contextlib.asynccontextmanager
    async def fresh(self, folder: Path) -> AsyncIterator[str]:
        """Make a database, and give its address."""
        if not self._admin:
            yield f"sqlite+aiosqlite:///{folder / 'fixdesk.db'}"
            return
        name = f"chaos_{secrets.token_hex(6)}"
        await self._execute(f'CREATE DATABASE "{name}"')
        try:
            yield make_url(self._admin).set(database=name).render_as_string(hide_password=False)
        finally:
            await self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        engine = create_async_engine(self._admin, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()


@contextlib.contextmanager
def databases(kind: str) -> Iterator[Databases]:
    """Give databases of a kind: `sqlite` or `postgres`."""
    if kind == SQLITE:
        yield Databases()
        return
    server = start_server()
    try:
        yield Databases(address_of(server))
    finally:
        server.cleanup()
