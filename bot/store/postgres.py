"""PostgreSQL: a server that several processes share; all that is peculiar to it is here.

Writes run at READ COMMITTED, each made safe by the row that it changes or by a lock of its own (`locks.py`); reads see
one moment of the database, for a run and its executions are read by several statements.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.domain.errors import StoreError
from bot.store.faults import misconfigured, translated

DRIVER = "postgresql+asyncpg"
CONNECTIONS = 8
"""For writing, and as many for reading: PostgreSQL takes a hundred by default."""
CONNECT_PATIENCE = 3
"""Seconds for a new connection."""
COMMAND_PATIENCE = 10
"""Seconds for one statement: a server that hangs must not hold a press for ever."""
TRIES = 5
"""How often a server that is only starting, as after a reboot, is asked at our own start."""
PAUSE = 2.0

_FAULTS: Mapping[str, str] = {
    "28P01": "PostgreSQL refuses the password; correct it",
    "28000": "PostgreSQL refuses this user; correct the name, or let it in in pg_hba.conf",
    "3D000": "this database does not exist; create it, or name another",
    "42501": "this user may not create tables; grant it the right to the schema",
}
"""SQLSTATE → what is wrong and how to mend it.

See: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

log = logging.getLogger(__name__)


def writing_engine(url: URL) -> AsyncEngine:
    """Return the engine that writes."""
    return _engine(url, "READ COMMITTED")


def reading_engine(url: URL) -> AsyncEngine:
    """Return the engine for queries; a transaction sees the database as it was at its first one."""
    return _engine(url, "REPEATABLE READ")


def _engine(url: URL, isolation: str) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=COMMAND_PATIENCE,
        pool_pre_ping=True,  # a server that was started anew closed what the pool still holds
        isolation_level=isolation,
        hide_parameters=True,  # an error's text must not show what people wrote
        connect_args={
            "timeout": CONNECT_PATIENCE,
            "command_timeout": COMMAND_PATIENCE,
            "server_settings": {"application_name": "fixdesk"},
        },
    )


def named_place(url: URL) -> str:
    """Return what an address names, without its password; raise `ConfigurationError` where it names no database."""
    if not url.database:
        raise misconfigured(f"the address must name a database: {DRIVER}://user@host/database")
    return f"{url.host or url.query.get('host', 'the local server')}/{url.database}"


@contextlib.asynccontextmanager
async def opening(engine: AsyncEngine, place: str) -> AsyncIterator[AsyncConnection]:
    """Begin the first transaction; a server that does not answer yet is waited for a moment.

    Raises `ConfigurationError` where the address is at fault, `StoreError` for whatever fails afterwards.
    """
    connection = await _connected(engine, place)
    try:
        with translated():
            async with connection.begin():
                yield connection
    except StoreError as error:
        fault = _FAULTS.get(_sqlstate(error.__cause__))
        if fault is None:
            raise
        raise misconfigured(f"{place}: {fault}") from error
    finally:
        await connection.close()


async def _connected(engine: AsyncEngine, place: str) -> AsyncConnection:
    for left in range(TRIES - 1, -1, -1):
        try:
            with translated():
                return await engine.connect()
        except StoreError as error:
            fault = _FAULTS.get(_sqlstate(error.__cause__))
            if fault is not None:
                raise misconfigured(f"{place}: {fault}") from error
            if not left:
                why = f"{place} does not answer; start that server, or name another. {error}"
                raise misconfigured(why) from error
            log.warning("The database at %s does not answer yet; trying again", place)
        await asyncio.sleep(PAUSE)
    raise AssertionError


def _sqlstate(error: BaseException | None) -> str:
    """Return PostgreSQL's code of an error, "" where there is none."""
    driver_error = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(driver_error, "sqlstate", "") or "")
