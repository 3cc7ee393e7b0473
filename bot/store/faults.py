"""The database's errors, translated at this folder's edge."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.domain.errors import ConfigurationError, StoreError

SETTING = "FIXDESK_DATABASE_URL"

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


def misconfigured(what: str) -> ConfigurationError:
    """Return the error that says what is wrong with the setting."""
    return ConfigurationError([f"{SETTING}: {what}."])


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise `StoreError` for whatever the database, or writing for it, fails with."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(f"The database failed: {_reason(error)}.") from error
    except UnicodeEncodeError as error:
        raise StoreError(f"The database failed: a text cannot be stored ({error.reason}).") from error


def _reason(error: SQLAlchemyError) -> str:
    """Return the first line of what was said: further ones may show values."""
    return (str(error.args[0]) if error.args else "").partition("\n")[0] or type(error).__name__


@contextlib.contextmanager
def translated_opening(path: str) -> Iterator[None]:
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
