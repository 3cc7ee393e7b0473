"""Which database an address names, and the two engines for it: one that writes and one that reads."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import postgres, sqlite
from bot.store.faults import misconfigured


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The engines of a database."""

    writer: AsyncEngine
    reader: AsyncEngine
    place: str
    """The database, as it may be named in a message."""
    is_shared: bool
    """Whether other processes may work on it too."""

    @contextlib.asynccontextmanager
    async def opening(self) -> AsyncIterator[AsyncConnection]:
        """Begin the first transaction; raise `ConfigurationError` where the address is at fault."""
        if self.is_shared:
            async with postgres.opening(self.writer, self.place) as connection:
                yield connection
        else:
            with sqlite.opening(Path(self.place)):
                async with self.writer.begin() as connection:
                    yield connection

    async def dispose(self) -> None:
        """Close every connection."""
        await self.reader.dispose()
        await self.writer.dispose()


def check_address(address: str) -> None:
    """Raise `ConfigurationError` for an address that names no database. Looks at the disk."""
    url = _parsed(address)
    if url.drivername == postgres.DRIVER:
        postgres.named_place(url)
    else:
        sqlite.database_path(url)


def may_exist(address: str) -> bool:
    """Tell whether a database may be there; a file that is not there yet would be made by opening it."""
    url = _parsed(address)
    return url.drivername == postgres.DRIVER or sqlite.database_path(url).exists()


async def engines_for(address: str) -> Engines:
    """Return the engines for an address; raise `ConfigurationError` where it names no database."""
    url = _parsed(address)
    if url.drivername == postgres.DRIVER:
        writer, reader = postgres.writing_engine(url), postgres.reading_engine(url)
        return Engines(writer=writer, reader=reader, place=postgres.named_place(url), is_shared=True)
    path = await asyncio.to_thread(sqlite.database_path, url)
    writer, reader = sqlite.writing_engine(url), sqlite.reading_engine(url)
    return Engines(writer=writer, reader=reader, place=str(path), is_shared=False)


def _parsed(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in {sqlite.DRIVER, postgres.DRIVER}:
        raise misconfigured(
            f"the address must be {sqlite.DRIVER}:/// and the path of a file, or {postgres.DRIVER}://user@host/database"
        )
    return url
