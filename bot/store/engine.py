"""Engines for a database address. All that is peculiar to SQLite is here.

One connection writes and others read: in WAL mode a reader never waits for the writer, and since every write begins
with `BEGIN IMMEDIATE`, no transaction has to turn from reader into writer half-way, which SQLite may refuse.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.faults import misconfigured

DRIVER = "sqlite+aiosqlite"
READERS = 4

_PRAGMAS = (
    "PRAGMA busy_timeout=2000",  # first, for the next one may meet another's lock; Slack waits 3 s for an ack
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",  # a commit survives a loss of power
)


def database_path(url: str) -> Path:
    """Return the file that an address names; raise `ConfigurationError` where it cannot be one. Looks at the disk."""
    path = _named_path(url)
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise misconfigured(f"{path} cannot be reached ({error.strerror}); mend that, or name another path") from error
    if is_folder:
        raise misconfigured(f"{path} is a folder; add a file name, such as {path / 'fixdesk.db'}")
    if not has_folder:
        raise misconfigured(f"the folder {path.parent.absolute()} does not exist; create it, or name another path")
    return path


def _named_path(url: str) -> Path:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername != DRIVER or parsed.database in {None, "", ":memory:"} or parsed.query:
        raise misconfigured(f"the address must be {DRIVER}:/// and the path of a file; PostgreSQL is not built yet")
    return Path(str(parsed.database))


def writing_engine(url: str) -> AsyncEngine:
    """Return the engine whose single connection writes."""
    return _engine(url, connections=1, begin="BEGIN IMMEDIATE")


def reading_engine(url: str) -> AsyncEngine:
    """Return the engine for queries; a transaction sees the database as it was at its first one."""
    return _engine(url, connections=READERS, begin="BEGIN")


def _engine(url: str, *, connections: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # an error's text must not show what people wrote
        connect_args={"isolation_level": None},  # the driver begins nothing itself; the listener below does
    )
    event.listen(engine.sync_engine, "connect", _set_pragmas)

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "begin", begin_transaction)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    """Set up a new connection of the driver."""
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
