"""A database that is locked, on a full disk, or gone: no ack, not ready, and back by itself."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest

from tests.scenarios.office import Office
from tests.scenarios.test_health import ready
from tests.scenarios.test_restart import ADMIN, heard, short_of_time


@contextmanager
def locked(office: Office) -> Iterator[None]:
    """Let another program hold the database's one right to write."""
    with closing(sqlite3.connect(office.folder / "fixdesk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(office: Office) -> Iterator[None]:
    """Let no file of this process grow beyond the database's log: a write there fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((office.folder / "fixdesk.db-wal").stat().st_size, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def gone(office: Office) -> Iterator[None]:
    """Let a careless hand move the database away for a while."""
    here = office.folder / "fixdesk.db"
    away = here.rename(office.folder / "away.db")
    yield
    away.rename(here)


Trouble = Callable[[Office], AbstractContextManager[None]]


@pytest.mark.parametrize("trouble", [locked, full, gone], ids=["locked", "full", "gone"])
async def test_press_waits_for_a_database_that_takes_it(office: Office, trouble: Trouble) -> None:
    """Slack warns the person, the log and the health say why; afterwards everything goes on, and starts once."""
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    message = await office.asked(office.grace, "waiting for approval")

    with heard("The database failed") as told, trouble(office):
        with short_of_time(office):
            lost = await office.grace.press(message, "Approve")
        await ready(office, 503, "database")
        await office.until(told.wait())
    await ready(office, 200)
    again = await office.grace.press(message, "Approve")
    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")

    assert (lost.ok, again.ok, len(office.starts())) == (False, True, 1)
