"""The store as a whole: opening, refusing, pragmas, migrations, failures."""

import asyncio
import logging
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from bot.domain.card import Card, CardRole
from bot.domain.errors import ConfigurationError, StoreError
from bot.domain.run import Run, RunId
from bot.domain.work import NewWork
from bot.store.database import SqlStore
from bot.store.tables import metadata
from bot.usecases.ports import Store

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def _refusal(url: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        await SqlStore.open(url)
    (fault,) = refused.value.faults
    return fault


async def test_store_fills_the_port(store: SqlStore) -> None:
    """The store is what the use cases ask for; mypy reads this line."""
    port: Store = store

    await port.check_writable()


async def test_reopened_file_still_holds_what_was_stored(url: str, make_run: Callable[..., Run]) -> None:
    """Closing and opening again loses nothing and migrates nothing twice."""
    first = await SqlStore.open(url)
    await first.add_run(make_run())
    await first.close()

    second = await SqlStore.open(url)
    run = await second.run(RunId("one"))
    await second.close()

    assert run == make_run()


async def test_two_processes_may_open_a_new_file_at_once(url: str) -> None:
    """One makes the tables, the other waits for them."""
    stores = await asyncio.gather(SqlStore.open(url), SqlStore.open(url))

    for store in stores:
        await store.check_writable()
        await store.close()


async def test_opening_leaves_logging_alone(url: str) -> None:
    """Migrations bring no handlers, and switch no logger off."""
    logger = logging.getLogger("fixdesk.test")
    before = list(logging.getLogger().handlers)

    await (await SqlStore.open(url)).close()

    assert logging.getLogger().handlers == before
    assert not logger.disabled


async def test_relative_path_counts_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes mean the folder that the program runs in."""
    monkeypatch.chdir(tmp_path)

    await (await SqlStore.open("sqlite+aiosqlite:///here.db")).close()

    assert (tmp_path / "here.db").is_file()


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 2000)],
)
@only_sqlite
async def test_every_connection_has_the_pragmas(store: SqlStore, pragma: str, expected: object) -> None:
    """Reader and writer alike are durable, patient and strict."""
    async with store._reader.begin() as reader, store._writer.begin() as writer:
        values = [(await each.exec_driver_sql(f"PRAGMA {pragma}")).scalar() for each in (reader, writer)]

    assert values == [expected, expected]


async def test_migrations_make_exactly_the_tables(store: SqlStore) -> None:
    """What the migrations build and what the queries expect are the same."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with store._reader.begin() as connection:
        found = await connection.run_sync(differences)

    assert found == []


async def test_newer_schema_is_refused(url: str, store: SqlStore) -> None:
    """An older program keeps its hands off a newer database."""
    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    assert "made by a newer fixdesk (its revision 9999 is not known here)" in await _refusal(url)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing/fixdesk.db", "/missing does not exist; create it, or name another path."),
        ("folder", "/folder is a folder; add a file name, such as "),
        (f"{'long' * 100}/fixdesk.db", "/fixdesk.db cannot be reached (File name too long); mend that, or "),
        ("letter.txt", "/letter.txt is no SQLite database; name another path, or move that file away."),
    ],
)
async def test_bad_path_is_refused_with_the_mend(tmp_path: Path, name: str, sentence: str) -> None:
    """A path that cannot be a database gets one sentence that names the setting and the mend."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "letter.txt").write_text("Dear database, " * 100)

    fault = await _refusal(f"sqlite+aiosqlite:///{tmp_path / name}")

    assert fault.startswith("FIXDESK_DATABASE_URL: ")
    assert sentence in fault


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that refuses even root")
async def test_path_without_write_access_is_refused() -> None:
    """Where no file can be made, the sentence speaks of access."""
    assert "/proc/fixdesk.db cannot be opened for writing" in await _refusal("sqlite+aiosqlite:////proc/fixdesk.db")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "fixdesk.db",
        "sqlite:///fixdesk.db",
        "sqlite+aiosqlite://",
        "sqlite://host:port/x",
        "postgresql://user:secret@host/name",
    ],
)
async def test_other_address_is_refused_without_repeating_it(address: str) -> None:
    """An address of another kind is refused, and a password in it is not shown."""
    fault = await _refusal(address)

    assert "the address must be sqlite+aiosqlite:/// and the path of a file" in fault
    assert "secret" not in fault


async def test_failure_of_the_database_is_a_store_error_without_values(store: SqlStore) -> None:
    """A broken rule of the schema reaches the caller as a sentence that shows no value."""
    with pytest.raises(StoreError, match=r"(?i)foreign key constraint") as failed:
        await store.add_card(Card(run_id=RunId("secret-run"), role=CardRole.REQUESTER))

    assert "secret-run" not in f"{failed.value} {failed.value.__cause__}"


async def test_lost_table_is_a_store_error(store: SqlStore) -> None:
    """A database that lost its tables is not writable, and says so."""
    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE probes")

    with pytest.raises(StoreError, match=r'no such table: probes|"probes" does not exist'):
        await store.check_writable()


async def test_text_that_is_no_unicode_is_a_store_error(store: SqlStore, make_run: Callable[..., Run]) -> None:
    """Half a character cannot be stored, and nothing of its run is."""
    with pytest.raises(StoreError, match=r"a (text|value) cannot be stored"):
        await store.add_run(make_run(note="\ud800"))

    assert await store.run(RunId("one")) is None


async def test_character_that_postgresql_does_not_take_is_put_right(
    store: SqlStore, make_run: Callable[..., Run]
) -> None:
    """A NUL in a text is shown as what cannot be shown; the rest stays."""
    await store.add_run(make_run(note="a\x00b", parameters={"reason": "a\x00b"}))

    run = await store.run(RunId("one"))

    assert run is not None
    assert (run.note, run.parameters) == ("a\ufffdb", {"reason": "a\x00b"})


async def test_naive_time_is_refused(store: SqlStore, make_run: Callable[..., Run]) -> None:
    """A time without a zone does not get in."""
    with pytest.raises(StoreError, match="a time without a zone cannot be stored"):
        await store.add_run(make_run(created_at=datetime(2026, 3, 2)))  # noqa: DTZ001 - naive on purpose


async def test_reader_does_not_wait_for_the_writer(store: SqlStore, make_run: Callable[..., Run]) -> None:
    """While a write is under way, readers see what was committed before it."""
    await store.add_run(make_run())
    async with store._writer.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM runs")
        seen = await store.run(RunId("one"))

    assert seen is not None
    assert await store.run(RunId("one")) is None


async def test_cancelled_writer_takes_nobody_with_it(store: SqlStore, make_work: Callable[..., NewWork]) -> None:
    """Who gives up while writing for the others too leaves them to the next."""
    writers = [asyncio.create_task(store.add_work(make_work(str(number)))) for number in range(8)]
    await writers[0]
    await asyncio.sleep(0)  # The second has the turn now, and writes for all that wait.
    writers[1].cancel()

    outcomes = await asyncio.gather(*writers, return_exceptions=True)

    assert isinstance(outcomes[1], asyncio.CancelledError)
    assert outcomes[2:] == [True] * 6
    await store.check_writable()


async def test_burst_of_work_is_stored_together(store: SqlStore, make_work: Callable[..., NewWork]) -> None:
    """Rows that arrive at once are all kept, and of two alike one is told that it came second."""
    identities = [str(number % 50) for number in range(100)]

    answers = await asyncio.gather(*(store.add_work(make_work(identity)) for identity in identities))
    claimed = await store.claim_work(make_work().due_at, timedelta(minutes=1), 1000)

    assert sum(answers) == 50
    assert sorted(row.identity for row in claimed) == sorted(set(identities))


async def test_row_that_cannot_be_stored_takes_no_other_with_it(
    store: SqlStore, make_work: Callable[..., NewWork]
) -> None:
    """In a burst, each row is answered for itself."""
    bad = make_work("bad", subject={"what": object()})

    answers = await asyncio.gather(
        *(store.add_work(row) for row in (make_work("a"), make_work("b"), bad, make_work("c"))), return_exceptions=True
    )

    assert isinstance(answers[2], StoreError)
    assert [answers[0], answers[1], answers[3]] == [True, True, True]
