"""What only PostgreSQL has: other processes on the same rows, a server that goes and comes, its own refusals."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.audit import GENESIS, AuditEntry
from bot.domain.errors import ConfigurationError, StoreError
from bot.domain.run import Run, RunId
from bot.domain.work import NewWork
from bot.store import postgres
from bot.store.database import SqlStore

MINUTE = timedelta(minutes=1)


@pytest.fixture
def url(postgres_url: str) -> str:
    """The address of an empty database."""
    return postgres_url


@pytest.fixture
async def other(url: str, store: SqlStore) -> AsyncIterator[SqlStore]:
    """Another process's store on the same database."""
    assert store.is_shared
    other = await SqlStore.open(url)
    yield other
    await other.close()


async def test_row_is_claimed_by_one_process(
    store: SqlStore, other: SqlStore, make_work: Callable[..., NewWork], noon: datetime
) -> None:
    """However many claim at the same time, each row goes to one of them."""
    await asyncio.gather(*(store.add_work(make_work(str(number))) for number in range(60)))

    claims = await asyncio.gather(*(each.claim_work(noon, MINUTE, 7) for each in (store, other) for _ in range(12)))

    claimed = [work.identity for claim in claims for work in claim]
    assert len(claimed) == len(set(claimed))
    left = await store.claim_work(noon, MINUTE, 100)
    assert len(claimed) + len(left) == 60


async def test_press_delivered_to_two_processes_is_stored_once(
    store: SqlStore, other: SqlStore, make_work: Callable[..., NewWork]
) -> None:
    """In whatever order they come, none waits for the other for ever."""
    names = [str(number) for number in range(20)]
    there = [store.add_work(make_work(name)) for name in names]
    back = [other.add_work(make_work(name)) for name in reversed(names)]

    answers = await asyncio.gather(*there, *back)

    assert [first != second for first, second in zip(answers[:20], reversed(answers[20:]), strict=True)] == [True] * 20


async def test_chain_has_no_gap_whoever_writes(store: SqlStore, other: SqlStore, noon: datetime) -> None:
    """Each record follows the one before, though two processes write fifty at the same time."""
    entries = [AuditEntry(at=noon, actor="ada", action="a", subject={"number": number}) for number in range(50)]

    await asyncio.gather(*((store, other)[number % 2].add_audit(entry) for number, entry in enumerate(entries)))

    rows = await store.audit_rows()
    assert [row.seq for row in rows] == list(range(1, 51))
    assert [row.previous_hash for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert all(row.is_intact for row in rows)


async def test_change_and_its_record_are_kept_together(
    store: SqlStore, other: SqlStore, make_run: Callable[..., Run], noon: datetime
) -> None:
    """Of two that change one run, one is stored, with its record; the other leaves nothing."""
    old = make_run()
    await store.add_run(old)

    answers = await asyncio.gather(
        *(
            each.replace_run(old, old.changed(note=name), [], [AuditEntry(at=noon, actor=name, action="a", subject={})])
            for each, name in ((store, "one"), (other, "two")) * 4
        )
    )

    (row,) = await store.audit_rows()
    run = await store.run(RunId("one"))
    assert answers.count(True) == 1
    assert run is not None
    assert row.entry.actor == run.note


async def test_lost_connections_are_made_anew(store: SqlStore, other: SqlStore, make_run: Callable[..., Run]) -> None:
    """PostgreSQL was started anew: what asks next is answered."""
    await store.add_run(make_run())
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with other._writer.connect() as connection:
        await connection.execute(text(end))

    assert await store.run(RunId("one")) == make_run()
    await store.check_writable()


async def test_statement_that_fails_is_a_store_error(store: SqlStore) -> None:
    """Whatever the driver raises."""
    async with store._writer.begin() as connection:
        await connection.execute(text("DROP TABLE probes"))

    with pytest.raises(StoreError, match="probes"):
        await store.check_writable()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"database": "not_there"}, "this database does not exist; create it"),
        ({"username": "nobody", "password": "hunter22"}, "PostgreSQL refuses this user"),
        ({"host": "127.0.0.1", "port": 1, "query": {}, "password": "hunter22"}, "does not answer; start that server"),
        ({"database": ""}, "the address must name a database"),
    ],
    ids=["database", "user", "server", "nameless"],
)
async def test_address_at_fault_is_refused_with_the_mend(
    url: str, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], why: str
) -> None:
    """It names the setting and says what to do, and never repeats a password."""
    monkeypatch.setattr(postgres, "PAUSE", 0.0)
    address = make_url(url).set(**changes).render_as_string(hide_password=False)

    with pytest.raises(ConfigurationError) as refused:
        await SqlStore.open(address)

    (fault,) = refused.value.faults
    assert fault.startswith("FIXDESK_DATABASE_URL: ")
    assert why in fault
    assert "hunter22" not in fault


async def test_server_that_is_only_starting_is_waited_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a reboot both start at the same time."""
    monkeypatch.setattr(postgres, "PAUSE", 0.0)
    connect, tries = AsyncEngine.connect, []

    def hesitant(engine: AsyncEngine) -> object:
        tries.append(engine)
        if len(tries) < postgres.TRIES:
            raise ConnectionRefusedError
        return connect(engine)

    monkeypatch.setattr(AsyncEngine, "connect", hesitant)

    await (await SqlStore.open(url)).close()

    assert len(tries) == postgres.TRIES
