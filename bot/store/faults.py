"""The database's errors, translated at this folder's edge."""

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import ConfigurationError, StoreError

SETTING = "FIXDESK_DATABASE_URL"
_SHOWS_VALUE = "invalid input for query argument"
"""With this asyncpg begins to repeat what could not be sent."""
_CONNECTION_ERRORS = (OSError, TimeoutError)
"""What a driver raises by itself where a server cannot be reached."""


def misconfigured(what: str) -> ConfigurationError:
    """Return the error that says what is wrong with the setting."""
    return ConfigurationError([f"{SETTING}: {what}."])


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise `StoreError` for whatever the database, or writing for it, fails with."""
    try:
        yield
    except (SQLAlchemyError, *_CONNECTION_ERRORS) as error:
        raise StoreError(f"The database failed: {_reason(error)}.") from error
    except UnicodeEncodeError as error:
        raise StoreError(f"The database failed: a text cannot be stored ({error.reason}).") from error


def _reason(error: BaseException) -> str:
    """Return the first line of what was said: further ones may show values."""
    said = (str(error.args[0]) if error.args else "").partition("\n")[0] or type(error).__name__
    return said.partition(_SHOWS_VALUE)[0] + "a value cannot be stored" if _SHOWS_VALUE in said else said
