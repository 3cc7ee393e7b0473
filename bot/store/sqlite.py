"""SQLite: one file, one process; all that is peculiar to it is here.

One connection writes and others read: in WAL mode a reader never waits for the writer, and since every write begins
with `BEGIN IMMEDIATE`, no transaction has to turn from reader into writer half-way, which SQLite may refuse.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.errors import StoreError
from bot.store.faults import misconfigured, translated

DRIVER = "sqlite+aiosqlite"
READERS = 4

_PRAGMAS = (
    "PRAGMA busy_timeout=2000",  # first, for the next one may meet another's lock; Slack waits 3 s for an ack
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",  # a commit survives a loss of power
)
_NO_ACCESS = (
    "cannot be opened for writing; give this user write access to the file and its folder, or name another path"
)
_OPENING_FAULTS: Mapping[int, str] = {
    sqlite3.SQLITE_CANTOPEN: _NO_ACCESS,
    sqlite3.SQLITE_PERM: _NO_ACCESS,
    sqlite3.SQLITE_READONLY: _NO_ACCESS,
    sqlite3.SQLITE_NOTADB: "is no SQLite database; name another path, or move that file away",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup, or move it away to begin anew",
}
"""SQLite's primary result code → what is wrong and how to mend it.

See: https://www.sqlite.org/rescode.html
"""
_PRIMARY_CODE = 0xFF
"""The bits of a result code without its extension."""


def database_path(url: URL) -> Path:
    """Return the file that an address names; raise `ConfigurationError` where it cannot be one. Looks at the disk."""
    if url.database in {None, "", ":memory:"} or url.query:
        raise misconfigured(f"the address must be {DRIVER}:/// and the path of a file")
    path = Path(str(url.database))
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise misconfigured(f"{path} cannot be reached ({error.strerror}); mend that, or name another path") from error
    if is_folder:
        raise misconfigured(f"{path} is a folder; add a file name, such as {path / 'fixdesk.db'}")
    if not has_folder:
        raise misconfigured(f"the folder {path.parent.absolute()} does not exist; create it, or name another path")
    return path


def writing_engine(url: URL) -> AsyncEngine:
    """Return the engine whose single connection writes."""
    return _engine(url, connections=1, begin="BEGIN IMMEDIATE")


def reading_engine(url: URL) -> AsyncEngine:
    """Return the engine for queries; a transaction sees the database as it was at its first one."""
    return _engine(url, connections=READERS, begin="BEGIN")


def _engine(url: URL, *, connections: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # an error's text must not show what people wrote
        connect_args={"isolation_level": None},  # the driver begins nothing itself; the listener below does
    )
    file = _File(str(url.database))
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "connect", file.remember)

    def begin_transaction(connection: Connection) -> None:
        file.require()
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "begin", begin_transaction)
    return engine


class _File:
    """The file that is open: SQLite goes on writing to one that was moved or deleted, where nobody will look for it."""

    def __init__(self, name: str) -> None:
        self._path = Path(name)
        self._opened: tuple[int, int] | None = None

    def remember(self, _connection: object, _record: object) -> None:
        """Note which file was opened."""
        found = self._path.stat()
        self._opened = (found.st_dev, found.st_ino)

    def require(self) -> None:
        """Raise `FileNotFoundError` where another file, or none, has its name by now."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != self._opened:
            raise FileNotFoundError(f"{self._path} was moved or deleted; put it back, or restart fixdesk")


def _set_pragmas(connection: Any, _record: object) -> None:
    """Set up a new connection of the driver."""
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


@contextlib.contextmanager
def opening(path: Path) -> Iterator[None]:
    """Raise `ConfigurationError` where the path is at fault, otherwise as `translated`."""
    try:
        with translated():
            yield
    except StoreError as error:
        fault = _OPENING_FAULTS.get(_code(error.__cause__))
        if fault is None:
            raise
        raise misconfigured(f"{path} {fault}") from error


def _code(error: BaseException | None) -> int:
    """Return SQLite's primary result code, 0 where there is none."""
    driver_error = error.orig if isinstance(error, DBAPIError) else None
    return getattr(driver_error, "sqlite_errorcode", 0) & _PRIMARY_CODE
